import type { RecordedEvent } from '../event';
import type { FlowDefinition } from '../flow';
import type { FlowOrder } from '../flow-events';
import type { FlowInstance } from '../flow-instance';
import { FlowRehearsal, type RehearsedOutcome } from '../flow-rehearsal';
import { deepFreeze, recordEvent } from './recording';

type Body = Readonly<Record<string, unknown>>;

/** What a step of a scenario may set of an event's envelope. */
export type FlowStepEnvelope = Partial<
  Pick<RecordedEvent, 'actor' | 'origin' | 'occurredAt' | 'commandId'>
>;

/** An event on a stream. */
export type FlowEventStep = readonly [
  stream: string,
  type: string,
  body?: Body | undefined,
  envelope?: FlowStepEnvelope,
];

/** An event, or a time until which nothing happens but timers. */
export type FlowStep = FlowEventStep | { readonly until: string };

/** A command as a scenario expects it: fields that are not named do not matter. */
export type ExpectedFlowCommand = readonly [command: string, ticket: string | null, body?: Body];

/** What the flow decided because of the last step. */
export interface FlowOutcome<State> {
  /** In order; none where the list is empty. */
  thenCommands(...commands: readonly ExpectedFlowCommand[]): FlowOutcome<State>;
  /** The timers that run behind the step: name and due time. */
  thenTimers(...timers: readonly (readonly [name: string, dueAt: string])[]): FlowOutcome<State>;
  /** How the instance stands behind the step. */
  thenInstance(fields: Partial<FlowInstance<State>>): FlowOutcome<State>;
  /** The types of the events recorded because of the step, in order. */
  thenRecorded(...types: readonly string[]): FlowOutcome<State>;
  /** The instance cannot go on by itself. */
  thenParked(code: string): FlowOutcome<State>;
}

/** What happened so far, ready for the step under test. */
export interface FlowScenario<State> {
  /** An event comes. */
  when(...step: FlowEventStep): FlowOutcome<State>;
  /** Time goes by until then. */
  whenUntil(until: string): FlowOutcome<State>;
}

const START_MS = Date.parse('2026-03-02T08:00:00.000Z');
const MINUTE_MS = 60_000;

/**
 * Given what happened, when an event comes or time goes by, then commands and timers: a flow's
 * specification in three steps. Step n happens n minutes after 08:00 on 2 March 2026. Commands
 * are accepted unless `answers` says otherwise, by command name.
 *
 * @throws whatever the flow throws, and `defect.flow-undeclared` for what it does not declare.
 */
export function givenFlow<State>(
  flow: FlowDefinition<State>,
  key: string,
  steps: readonly FlowStep[] = [],
  answers: Readonly<Record<string, RehearsedOutcome>> = {},
): FlowScenario<State> {
  const rehearsal = new FlowRehearsal<State>(
    { ...flow, initial: deepFreeze(flow.initial) },
    ({ command }) => answers[command] ?? { accepted: true },
  );
  const revisions = new Map<string, number>();
  let count = 0;
  const take = (step: FlowStep): FlowOutcome<State> => {
    const before = rehearsal.recorded.length;
    count += 1;
    if ('until' in step) rehearsal.elapse(step.until);
    else rehearsal.see(eventOf(step, count, revisions));
    const [fault] = rehearsal.faults;
    if (fault !== undefined) throw fault.error;
    const recorded = rehearsal.recorded.slice(before).map(({ event }) => event);
    return outcomeOf(recorded, rehearsal.instance(key));
  };
  for (const step of steps) take(step);
  return { when: (...step) => take(step), whenUntil: (until) => take({ until }) };
}

function eventOf(
  [stream, type, body = {}, envelope = {}]: FlowEventStep,
  count: number,
  revisions: Map<string, number>,
): RecordedEvent {
  const revision = revisions.get(stream) ?? 0;
  revisions.set(stream, revision + 1);
  const occurredAt = envelope.occurredAt ?? new Date(START_MS + count * MINUTE_MS).toISOString();
  const event = recordEvent({ type, data: body }, { stream, revision, occurredAt, actor: 'ada' });
  return deepFreeze({ ...event, ...envelope });
}

function outcomeOf<State>(
  recorded: readonly RecordedEvent[],
  instance: FlowInstance<State>,
): FlowOutcome<State> {
  const outcome: FlowOutcome<State> = {
    thenCommands: (...commands) => {
      const orders = recorded
        .filter(({ type }) => type === 'FlowDecided' || type === 'FlowCompensated')
        .flatMap(({ data }) => data['commands'] as readonly FlowOrder[]);
      expect(orders).toEqual(
        commands.map(([command, ticket, body = {}]): unknown =>
          expect.objectContaining({ command, ticket, body: expect.objectContaining(body) }),
        ),
      );
      return outcome;
    },
    thenTimers: (...timers) => {
      const running = instance.timers.filter(({ elapsedBy }) => elapsedBy === null);
      expect(running.map(({ name, dueAt }) => [name, dueAt])).toEqual(timers);
      return outcome;
    },
    thenInstance: (fields) => {
      expect(instance).toMatchObject(fields);
      return outcome;
    },
    thenRecorded: (...types) => {
      expect(recorded.map(({ type }) => type)).toEqual(types);
      return outcome;
    },
    thenParked: (code) => {
      const parkings = recorded.filter(({ type }) => type === 'FlowParked');
      expect(parkings.map(({ data }) => data['code'])).toEqual([code]);
      return outcome;
    },
  };
  return outcome;
}
