import { LedgerdeskError } from './errors';
import type { RecordedEvent } from './event';
import type { FlowComparison } from './flow-comparison';
import { consequenceFaults, type FlowConsequences } from './flow-consequences';
import type { PolicyReference, PolicySet } from './policy';

/** A command that a flow sends: by name and body, so that it can be recorded before it is sent. */
export interface FlowCommand {
  readonly process: string;
  /** Id or number of the addressed ticket; absent for a command that creates one. */
  readonly ticket?: string;
  /** Name of the command: `CloseIncident`. */
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What a compensation calls it by. Default: the command's name. */
  readonly step?: string;
  /** Codes of refusals that are as good as a yes: the ticket was closed already. */
  readonly tolerates?: readonly string[];
  /**
   * The flow has a branch of its own for a refusal: it is asked with `FlowCommandRefused` as the
   * event, which must then be among its events. Default: the instance is parked.
   */
  readonly branchesOnRefusal?: boolean;
}

/**
 * What becomes of a timer of the instance. Setting one that runs moves it. Times: ISO 8601, UTC.
 */
export type FlowTimerAction =
  { readonly set: string; readonly dueAt: string } | { readonly cancel: string };

/** What a flow wants done because of one event. All of it is recorded before any of it is done. */
export interface FlowDecision {
  /** Sent one after the other, in this order; at most {@link FLOW_COMMANDS_MAX}. */
  readonly commands?: readonly FlowCommand[];
  /** At most {@link FLOW_TIMERS_MAX}. */
  readonly timers?: readonly FlowTimerAction[];
  /** For the auditor: why. At most {@link FLOW_NOTES_MAX}. */
  readonly notes?: readonly string[];
  /** The policies that the decision used, with their versions. */
  readonly policies?: readonly PolicyReference[];
  /** The instance is over once its commands are through; its timers are cancelled. */
  readonly complete?: boolean;
  /** Undoes this step and all that came after it, last first. */
  readonly compensate?: string;
}

/** All that a flow may know beside its state and the event. Values only. */
export interface FlowContext {
  readonly key: string;
  /** When the event came into the log: the same whenever the decision is made again. */
  readonly now: string;
  readonly policies: PolicySet;
  /**
   * The commands that this run of the instance decided before, save those that were refused, in the
   * order in which they are sent. What is still open tells that something has been set going.
   */
  readonly issued: readonly IssuedFlowCommand[];
  /** What `counting` made of the key's events, this one included; undefined where it is absent. */
  readonly count: unknown;
}

/** A command that a flow decided earlier, and how it stands. */
export interface IssuedFlowCommand {
  readonly step: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** No answer has come yet. */
  readonly isOpen: boolean;
  /** Once accepted: id of the ticket that was addressed or created. */
  readonly acceptedBy: string | null;
}

/** A command that was accepted, as its compensation sees it. */
export interface AcceptedFlowCommand {
  readonly step: string;
  readonly process: string;
  /** Id of the ticket that was addressed or created. */
  readonly ticket: string;
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * What undoes an accepted command; undefined for what needs no undoing. Declared as a method, so
 * that a list of flows may forget the types of their states.
 */
export type FlowCompensation<State> = {
  undo(accepted: AcceptedFlowCommand, state: State): FlowCommand | undefined;
}['undo'];

/**
 * What a flow counts for each key, whether an instance is there or not: a fold over all events that
 * it sees. For what decides nothing by itself, like one incident more. It is not recorded: the log
 * alone determines it, and the runner keeps it so that it need not read the log again.
 */
export interface FlowCounting<Count = unknown> {
  /** Counts from 1. Bump it when it folds otherwise: the runner then counts the log anew. */
  readonly version: number;
  /** JSON, as all that is folded from it. */
  readonly initial: Count;
  /** Bounded: it forgets what no decision can ask for. */
  fold(count: Count, event: RecordedEvent): Count;
}

/** What an event is to a flow: it may begin an instance, or is told to one that is there. */
export type FlowReaction = 'starts' | 'continues';

/**
 * A durable process manager: reacts to events with commands and timers. Pure: its progress is the
 * stream `flow-<name>-<key>`, from which its state is folded.
 *
 * Beside events of processes it may react to its own: `TimerElapsed`, `FlowCommandAccepted` and
 * `FlowCommandRefused`. Each instance sees events in the order of the log.
 */
export interface FlowDefinition<State = unknown> {
  /** Kebab text: `incident-auto-close`. */
  readonly name: string;
  /** Counts from 1. Bump it when it decides otherwise than before. */
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  /** By event type. */
  readonly events: Readonly<Record<string, FlowReaction>>;
  /** What may follow from which event: drawn in the flow's page, and it can do nothing else. */
  readonly follows: FlowConsequences;
  /** What an import tells of the past is not acted upon, unless the flow says `seen`. */
  readonly imports?: 'ignored' | 'seen';
  /** Of the instance that the event concerns; never asked for the flow's own events. */
  correlate(event: RecordedEvent): string | undefined;
  /** What decisions look at beside the state, as `context.count`. */
  readonly counting?: FlowCounting;
  readonly initial: State;
  /**
   * Folds the events it saw and its own. Gives the very same object for one that changes nothing.
   */
  evolve(state: State, event: RecordedEvent): State;
  /**
   * `state` has the event folded in. Undefined: nothing follows; for `FlowCommandRefused`: there is
   * no branch, park it.
   */
  decide(state: State, event: RecordedEvent, context: FlowContext): FlowDecision | undefined;
  /** By step. */
  readonly compensations: Readonly<Record<string, FlowCompensation<State>>>;
  readonly policies: PolicySet;
  /** What it is measured by in a back-test. */
  readonly comparison?: FlowComparison;
}

/** Commands of one decision at the most. */
export const FLOW_COMMANDS_MAX = 200;
/** Timers that one decision may set or cancel, and that one instance may have. */
export const FLOW_TIMERS_MAX = 50;
/** Notes of one decision at the most, of 1,000 characters each. */
export const FLOW_NOTES_MAX = 20;
/** Longest key of an instance. */
export const FLOW_KEY_LENGTH_MAX = 200;

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Checks a flow and types it by its state.
 *
 * @throws LedgerdeskError `defect.flow` for a name that is no kebab text, a version below 1, a flow
 * that nothing starts, or consequences of events that it does not see.
 */
export function defineFlow<State>(flow: FlowDefinition<State>): FlowDefinition<State> {
  const faults = [
    ...(NAME.test(flow.name) ? [] : ['its name is no kebab text']),
    ...(Number.isSafeInteger(flow.version) && flow.version >= 1 ? [] : ['versions count from 1']),
    ...(Object.values(flow.events).includes('starts') ? [] : ['no event starts it']),
    ...consequenceFaults(flow),
  ];
  if (faults.length === 0) return flow;
  throw new LedgerdeskError(
    'defect.flow',
    `the flow ${flow.name} is unsound: ${faults.join('; ')}`,
    { details: { flow: flow.name, faults } },
  );
}

/** What the streams of all flows begin with. */
export const FLOW_STREAM_PREFIX = 'flow-';

/** The stream of an instance: `flow-incident-auto-close-<key>`. */
export function flowStream(flow: string, key: string): string {
  return `${FLOW_STREAM_PREFIX}${flow}-${key}`;
}

/** The key of an instance of this flow by its stream; undefined for a stream of another. */
export function flowKeyOfStream(flow: string, stream: string): string | undefined {
  const prefix = flowStream(flow, '');
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : undefined;
}

/**
 * @throws LedgerdeskError `defect.flow` where two flows share a name, or one's name begins like
 * another's with a dash behind it, so that their streams could not be told apart.
 */
export function assertFlowsDiffer(flows: readonly Pick<FlowDefinition, 'name'>[]): void {
  flows.forEach(({ name }, index) => {
    const clash = flows.find(
      (other, place) => place !== index && `${other.name}-`.startsWith(`${name}-`),
    );
    if (clash === undefined) return;
    throw new LedgerdeskError(
      'defect.flow',
      `the streams of the flows ${name} and ${clash.name} cannot be told apart; rename one`,
      { details: { flows: [name, clash.name] } },
    );
  });
}
