import { LedgerdeskError } from './errors';
import type { RecordedEvent } from './event';
import {
  FLOW_COMMANDS_MAX,
  FLOW_KEY_LENGTH_MAX,
  FLOW_NOTES_MAX,
  FLOW_TIMERS_MAX,
  type FlowCommand,
  type FlowContext,
  type FlowDecision,
  type FlowDefinition,
  type IssuedFlowCommand,
} from './flow';
import { compensationOf } from './flow-compensation';
import { assertDeclared } from './flow-consequences';
import type { FlowEvent, FlowOrder } from './flow-events';
import { openCommands, type FlowInstance, type IssuedCommand } from './flow-instance';

/** The id of the n-th command that follows from an event: the same each time it is derived. */
export type FlowCommandIds = (causeId: string, index: number) => string;

const NOTE_LENGTH_MAX = 1_000;

/** What a person can do about a command that was refused. */
const WAY_OUT_OF_REFUSAL =
  'put the ticket into a state that allows the command and retry, skip it with a reason, ' +
  'or compensate';

const NOTHING: readonly FlowEvent[] = [];

/**
 * The events that an instance records because of one event; none for what it has decided already,
 * cannot take while it is parked, or does not care about. Where the flow counts, the event is
 * counted before ({@link countedWith}). Pure: the same instance and event give the same answer.
 *
 * @throws LedgerdeskError `limit.flow-decision`, `defect.flow-undeclared`, and whatever the flow
 * itself throws.
 */
export function reactTo<State>(
  flow: FlowDefinition<State>,
  instance: FlowInstance<State>,
  cause: RecordedEvent,
  idOf: FlowCommandIds,
): readonly FlowEvent[] {
  if (!isToBeDecided(flow, instance, cause)) return NOTHING;
  const begins = instance.status !== 'open';
  const before = begins ? flow.initial : instance.state;
  const isOwn = cause.stream === instance.stream;
  const state = isOwn ? before : flow.evolve(before, cause);
  const decision = flow.decide(state, cause, contextOf(flow, instance, cause));
  if (decision === undefined && cause.type === 'FlowCommandRefused') return unbranched(flow, cause);
  const isUneventful = isEmpty(decision) && state === before && !isSettling(cause);
  if (isUneventful) return NOTHING;
  assertDeclared(flow, cause, decision ?? {});
  assertWithinLimits(flow, instance, decision ?? {});
  return [
    ...(begins ? [started(flow, instance)] : []),
    ...decided(flow, begins ? restarted(flow, instance) : instance, cause, {
      state,
      decision: decision ?? {},
      idOf,
    }),
  ];
}

/**
 * The outcome of a command, and the end of the instance where nothing else keeps it open. None
 * where the command has its outcome already.
 */
export function settleCommand<State>(
  flow: Pick<FlowDefinition<State>, 'version'>,
  instance: FlowInstance<State>,
  commandId: string,
  outcome: FlowEvent,
): readonly FlowEvent[] {
  const command = instance.commands.find(({ id }) => id === commandId);
  if (command?.status !== 'pending') return NOTHING;
  if (outcome.type === 'FlowCommandRefused' && outcome.data.handling !== 'tolerated') {
    return outcome.data.handling === 'branch'
      ? [outcome]
      : [outcome, parkedByCommand(flow, outcome.data)];
  }
  const others = openCommands(instance).filter(({ id }) => id !== commandId);
  const isOver = instance.isCompleting && others.length === 0;
  return isOver ? [outcome, completed(flow, instance.wasCompensated)] : [outcome];
}

/** `FlowCompleted` */
export function completed(
  { version }: Pick<FlowDefinition, 'version'>,
  wasCompensated: boolean,
): FlowEvent {
  const outcome = wasCompensated ? 'compensated' : 'completed';
  return { type: 'FlowCompleted', data: { flowVersion: version, outcome } };
}

/** Why a command cannot be brought through. */
export interface CommandFailure {
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  readonly commandId: string;
}

/** `FlowParked` because of a command. */
export function parkedByCommand(
  { version }: Pick<FlowDefinition, 'version'>,
  { code, message, attempts, commandId }: CommandFailure,
): FlowEvent {
  return {
    type: 'FlowParked',
    data: {
      flowVersion: version,
      code,
      message,
      attempts,
      commandId,
      cause: null,
      causePosition: null,
      wayOut: WAY_OUT_OF_REFUSAL,
    },
  };
}

/** `TimerMoved`; `reason` where a person did it. */
export function timerMoved(
  { version }: Pick<FlowDefinition, 'version'>,
  move: Omit<Extract<FlowEvent, { type: 'TimerMoved' }>['data'], 'flowVersion'>,
): FlowEvent {
  return { type: 'TimerMoved', data: { flowVersion: version, ...move } };
}

/** `TimerCancelled` for each timer of the instance. */
export function cancelTimers(
  { version }: Pick<FlowDefinition, 'version'>,
  timers: readonly { readonly name: string; readonly dueAt: string }[],
): readonly FlowEvent[] {
  return timers.map(({ name, dueAt }) => ({
    type: 'TimerCancelled',
    data: { flowVersion: version, name, dueAt },
  }));
}

/** A command as it is recorded, with the defaults filled in. */
function orderOf(command: FlowCommand, id: string, undoes: string | null): FlowOrder {
  return {
    id,
    process: command.process,
    ticket: command.ticket ?? null,
    command: command.command,
    body: command.body,
    step: command.step ?? command.command,
    tolerates: command.tolerates ?? [],
    branchesOnRefusal: command.branchesOnRefusal ?? false,
    undoes,
  };
}

function isToBeDecided<State>(
  flow: FlowDefinition<State>,
  instance: FlowInstance<State>,
  cause: RecordedEvent,
): boolean {
  if (cause.position <= instance.seenPosition || instance.status === 'parked') return false;
  const reaction = flow.events[cause.type];
  if (reaction === undefined) return false;
  if (instance.status !== 'open' && reaction !== 'starts') return false;
  // A timer that was cancelled or moved after it had elapsed counts as not elapsed.
  if (cause.stream !== instance.stream) return true;
  if (cause.type === 'TimerElapsed') {
    return instance.timers.some(({ elapsedBy }) => elapsedBy === cause.id);
  }
  if (cause.type !== 'FlowCommandRefused') return true;
  return instance.commands.some(
    ({ refusedBy, status }) => refusedBy === cause.id && status === 'refused',
  );
}

function contextOf<State>(
  { policies, counting }: FlowDefinition<State>,
  { key, status, commands, counted }: FlowInstance<State>,
  { recordedAt }: RecordedEvent,
): FlowContext {
  return {
    key,
    now: recordedAt,
    policies,
    issued: status === 'open' ? commands.map(issuedOf) : [],
    count: counting && (counted?.value ?? counting.initial),
  };
}

function issuedOf({ step, body, status, acceptedBy }: IssuedCommand): IssuedFlowCommand {
  return { step, body, isOpen: status !== 'accepted', acceptedBy };
}

function isSettling({ type }: RecordedEvent): boolean {
  return type === 'TimerElapsed' || type === 'FlowCommandRefused';
}

function isEmpty(decision: FlowDecision | undefined): boolean {
  if (decision === undefined) return true;
  const { commands = [], timers = [], notes = [], complete = false, compensate } = decision;
  const length = commands.length + timers.length + notes.length;
  return length === 0 && !complete && compensate === undefined;
}

interface Decided<State> {
  readonly state: State;
  readonly decision: FlowDecision;
  readonly idOf: FlowCommandIds;
}

function decided<State>(
  flow: FlowDefinition<State>,
  instance: FlowInstance<State>,
  cause: RecordedEvent,
  { state, decision, idOf }: Decided<State>,
): readonly FlowEvent[] {
  const { commands = [], timers = [], notes = [], policies = [], compensate } = decision;
  const completes = decision.complete === true;
  const orders = commands.map((command, index) => orderOf(command, idOf(cause.id, index), null));
  const fact: FlowEvent = {
    type: 'FlowDecided',
    policies,
    data: {
      flowVersion: flow.version,
      cause: cause.id,
      causeType: cause.type,
      causeStream: cause.stream,
      causeRevision: Number(cause.revision),
      causePosition: cause.position.toString(),
      commands: orders as unknown as readonly Readonly<Record<string, unknown>>[],
      notes,
      completes,
    },
  };
  const undoing =
    compensate === undefined
      ? []
      : [
          compensationOf(
            flow,
            { ...instance, state },
            {
              fromStep: compensate,
              reason: null,
              completes,
              idOf: (index) => idOf(cause.id, commands.length + index),
            },
          ),
        ];
  const withdrawn = undoing.flatMap(({ data }) => data.withdrawn);
  const isLeftOpen =
    orders.length > 0 ||
    undoing.some(({ data }) => data.commands.length > 0) ||
    openCommands(instance).some(
      ({ id, refusedBy }) => refusedBy !== cause.id && !withdrawn.includes(id),
    );
  const running = instance.timers.filter(({ elapsedBy }) => elapsedBy !== cause.id);
  return [
    fact,
    ...(completes ? cancelTimers(flow, running) : timerEvents(flow, instance, timers)),
    ...undoing,
    ...(completes && !isLeftOpen
      ? [completed(flow, instance.wasCompensated || undoing.length > 0)]
      : []),
  ];
}

function timerEvents<State>(
  flow: FlowDefinition<State>,
  instance: FlowInstance<State>,
  actions: NonNullable<FlowDecision['timers']>,
): readonly FlowEvent[] {
  const flowVersion = flow.version;
  const running = new Map(
    instance.timers.map(({ name, dueAt, elapsedBy }) => [
      name,
      { dueAt, isOn: elapsedBy === null },
    ]),
  );
  return actions.flatMap((action): readonly FlowEvent[] => {
    const name = 'set' in action ? action.set : action.cancel;
    const timer = running.get(name);
    if ('cancel' in action) {
      running.delete(name);
      return timer === undefined ? [] : cancelTimers(flow, [{ name, dueAt: timer.dueAt }]);
    }
    const { dueAt } = action;
    running.set(name, { dueAt, isOn: true });
    if (timer?.isOn === true && timer.dueAt === dueAt) return [];
    return timer?.isOn === true
      ? [timerMoved(flow, { name, dueAt, previousDueAt: timer.dueAt, reason: null })]
      : [
          {
            type: 'TimerSet',
            data: { flow: flow.name, key: instance.key, flowVersion, name, dueAt },
          },
        ];
  });
}

function started<State>(flow: FlowDefinition<State>, { key, run }: FlowInstance<State>): FlowEvent {
  return {
    type: 'FlowStarted',
    data: { flow: flow.name, key, flowVersion: flow.version, run: run + 1 },
  };
}

function restarted<State>(
  flow: FlowDefinition<State>,
  instance: FlowInstance<State>,
): FlowInstance<State> {
  return { ...instance, state: flow.initial, commands: [], timers: [], wasCompensated: false };
}

function unbranched(
  flow: Pick<FlowDefinition, 'version'>,
  { data }: RecordedEvent,
): readonly FlowEvent[] {
  return [
    parkedByCommand(flow, {
      code: String(data['code']),
      message: String(data['message']),
      attempts: Number(data['attempts']),
      commandId: String(data['commandId']),
    }),
  ];
}

function assertWithinLimits(
  flow: Pick<FlowDefinition, 'name'>,
  instance: Pick<FlowInstance, 'key' | 'timers'>,
  { commands = [], timers = [], notes = [] }: FlowDecision,
): void {
  const faults = [
    ...(commands.length > FLOW_COMMANDS_MAX ? [`${commands.length} commands`] : []),
    ...(timers.length + instance.timers.length > FLOW_TIMERS_MAX
      ? [`${timers.length} timers`]
      : []),
    ...(notes.length > FLOW_NOTES_MAX ? [`${notes.length} notes`] : []),
    ...(notes.some((note) => note.length > NOTE_LENGTH_MAX) ? ['a note that is too long'] : []),
    ...(instance.key.length > FLOW_KEY_LENGTH_MAX ? ['a key that is too long'] : []),
  ];
  if (faults.length === 0) return;
  throw new LedgerdeskError(
    'limit.flow-decision',
    `the flow ${flow.name} decided ${faults.join(', ')}; it may have ` +
      `${FLOW_COMMANDS_MAX} commands, ${FLOW_TIMERS_MAX} timers, ${FLOW_NOTES_MAX} notes ` +
      `of ${NOTE_LENGTH_MAX} characters`,
    { details: { flow: flow.name, key: instance.key.slice(0, FLOW_KEY_LENGTH_MAX), faults } },
  );
}
