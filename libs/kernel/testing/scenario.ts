import { decide } from '../decide';
import type { NewEvent } from '../event';
import {
  isRefusal,
  type Decision,
  type DecisionContext,
  type ProcessDefinition,
  type ProcessState,
} from '../process-definition';
import { ticketStream } from '../ticket-stream';
import { deepFreeze, recordEvent } from './recording';

/** What a step of a scenario may set of the decision's context; the rest has fixed values. */
export type ScenarioContext<State extends ProcessState> = Partial<DecisionContext<State>>;

type Body = Readonly<Record<string, unknown>>;

/** A command that must have been accepted, or an event that is in the log however it came there. */
export type GivenStep<State extends ProcessState> =
  readonly [command: string, body?: Body, context?: ScenarioContext<State>] | NewEvent;

const START_MS = Date.parse('2026-03-02T08:00:00.000Z');
const MINUTE_MS = 60_000;
const TICKET_ID = '0195c1d0-0000-7000-8000-000000000001';

/** What became of the command under test. */
export interface Outcome<State extends ProcessState> {
  /** The decided events, in order; each matches in type and in the named fields of its data. */
  thenEvents(
    ...events: readonly (readonly [type: string, data?: Body])[]
  ): Pick<Outcome<State>, 'thenState'>;
  /** The state after the events, in the named fields. */
  thenState(fields: Partial<State>): void;
  /** An expected «no» with this reason, and these details where they matter. */
  thenRefused(refused: string, details?: Body): void;
  readonly decision: Decision;
  /** After the events; where the command was refused, as before. */
  readonly state: State;
}

/**
 * Given what happened to a ticket, when a command comes, then events or a refusal: a decider's
 * specification in three steps. Step n happens n minutes after 08:00 on 2 March 2026.
 */
export function given<State extends ProcessState>(
  process: ProcessDefinition<State>,
  ...steps: readonly GivenStep<State>[]
): {
  when: (command: string, body?: Body, context?: ScenarioContext<State>) => Outcome<State>;
  readonly state: State;
} {
  let past: Past<State> = { state: deepFreeze(process.initial), revision: 0 };
  steps.forEach((step, index) => {
    if ('type' in step) {
      past = follow(process, past, [step], contextAt(process, index));
      return;
    }
    const [name, body = {}, overrides] = step;
    const context = contextAt(process, index, overrides);
    const decision = decideOn(process, name, body, past.state, context);
    if (isRefusal(decision)) throw new Error(`given ${name} was refused: ${decision.message}`);
    past = follow(process, past, decision, context);
  });
  return {
    state: past.state,
    when: (name, body = {}, overrides = {}) => {
      const context = contextAt(process, steps.length, overrides);
      const decision = decideOn(process, name, body, past.state, context);
      const spawns = process.commands[name]?.spawns === true;
      const isFollowed = !isRefusal(decision) && !spawns;
      return outcomeOf(
        decision,
        isFollowed ? follow(process, past, decision, context).state : past.state,
      );
    },
  };
}

interface Past<State> {
  readonly state: State;
  readonly revision: number;
}

function follow<State extends ProcessState>(
  process: ProcessDefinition<State>,
  past: Past<State>,
  events: readonly NewEvent[],
  { now: occurredAt, actor, id }: DecisionContext<State>,
): Past<State> {
  const stream = ticketStream(process.name, id);
  return events.reduce(({ state, revision }, event) => {
    const recorded = recordEvent(event, { stream, revision, occurredAt, actor });
    return { state: deepFreeze(process.evolve(state, recorded)), revision: revision + 1 };
  }, past);
}

function outcomeOf<State extends ProcessState>(decision: Decision, state: State): Outcome<State> {
  const outcome: Outcome<State> = {
    decision,
    state,
    thenEvents: (...events) => {
      expect(decision).toEqual(
        events.map(([type, data = {}]): unknown =>
          expect.objectContaining({ type, data: expect.objectContaining(data) }),
        ),
      );
      return outcome;
    },
    thenState: (fields) => {
      expect(state).toMatchObject(fields);
    },
    thenRefused: (refused, details = {}) => {
      expect(decision).toMatchObject({ refused, details });
    },
  };
  return outcome;
}

function decideOn<State extends ProcessState>(
  process: ProcessDefinition<State>,
  name: string,
  body: Body,
  state: State,
  context: DecisionContext<State>,
): Decision {
  const type = process.commands[name]?.type;
  if (type === undefined) throw new Error(`${process.name} has no command ${name}`);
  return decide(process, name, Object.assign(new type(), body), state, context);
}

function contextAt<State extends ProcessState>(
  process: ProcessDefinition<State>,
  step: number,
  overrides: ScenarioContext<State> = {},
): DecisionContext<State> {
  return {
    id: TICKET_ID,
    number: `${process.numberPrefix}-000001`,
    actor: 'ada',
    onBehalfOf: null,
    now: new Date(START_MS + step * MINUTE_MS).toISOString(),
    policies: process.policies,
    tickets: new Map(),
    related: new Map(),
    blobs: new Map(),
    ...overrides,
  };
}
