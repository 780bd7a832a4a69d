import fc from 'fast-check';
import { canonicalJson } from '../canonical-json';
import { commandNameOf, decide } from '../decide';
import type { NewEvent, RecordedEvent } from '../event';
import { targetsOf } from '../lifecycle';
import {
  isRefusal,
  type DecisionContext,
  type ProcessDefinition,
  type ProcessState,
} from '../process-definition';
import { eventFaults } from './event-faults';
import { ticketStream } from '../ticket-stream';
import { deepFreeze, recordEvent } from './recording';

type Body = Readonly<Record<string, unknown>>;

/** A process, and how to fill its commands so that their guards are satisfied. */
export interface ProcessModel<State extends ProcessState> {
  readonly process: ProcessDefinition<State>;
  /** The processes to which its companion commands may go, beside itself. */
  readonly others?: readonly ProcessDefinition[];
  /** By command name; undefined where nothing would satisfy the guards. Absent: the example. */
  readonly bodies: Readonly<Record<string, (state: State) => Body | undefined>>;
  /**
   * Commands with which lives may begin, each to be accepted, so that states at the end of a long
   * way are come by. Which one a life begins with, or none, is drawn with the life.
   */
  readonly openings?: readonly (readonly (readonly [
    command: string,
    body: Body,
    actor?: string,
  ])[])[];
  /** The other tickets and blobs that a command finds when it looks for them. */
  readonly surroundings?: (
    body: Body,
  ) => Partial<Pick<DecisionContext<State>, 'tickets' | 'related' | 'blobs' | 'listed'>>;
}

/** What a check of a model came by. */
export interface ModelCoverage {
  readonly states: ReadonlySet<string>;
  /** States out of which an accepted command led. */
  readonly left: ReadonlySet<string>;
  readonly accepted: ReadonlySet<string>;
  readonly emitted: ReadonlySet<string>;
}

export interface ModelOptions {
  readonly seed: number;
  /** Lives of a ticket. Default 200. */
  readonly runs?: number;
  /** Commands in each life, at the most. Default 60. */
  readonly steps?: number;
  /** Default true: looks for the shortest life that fails, which takes a while. */
  readonly shrink?: boolean;
}

interface CommandPick {
  readonly index: number;
  readonly isLegal: boolean;
  readonly actor: string;
}

const START_MS = Date.parse('2026-03-02T08:00:00.000Z');
const MINUTE_MS = 60_000;

/**
 * Lives random lives of a ticket by the lifecycle table and checks after each command: what the
 * table forbids is refused and changes nothing; what it allows, with guards satisfied, is accepted,
 * leaves at least one declared and well-formed event and leads where the table says; folds are
 * pure; facts agree with the whole state; and the history folds to the very state that was seen.
 */
export function checkProcessModel<State extends ProcessState>(
  model: ProcessModel<State>,
  { seed, runs = 200, steps = 60, shrink = true }: ModelOptions,
): ModelCoverage {
  const coverage = {
    states: new Set<string>(),
    left: new Set<string>(),
    accepted: new Set<string>(),
    emitted: new Set<string>(),
  };
  const pick: fc.Arbitrary<CommandPick> = fc.record({
    index: fc.nat(10_000),
    isLegal: fc.boolean(),
    actor: fc.constantFrom('ada', 'ben'),
  });
  fc.assert(
    fc.property(fc.array(pick, { minLength: 1, maxLength: steps, size: 'max' }), (picks) => {
      const life = new Life(model, coverage);
      life.open(picks.length);
      for (const each of picks) life.step(each);
      life.replay();
    }),
    { seed, numRuns: runs, includeErrorInReport: true, endOnFailure: !shrink },
  );
  return coverage;
}

class Life<State extends ProcessState> {
  private state: State;
  private facts: State;
  private readonly history: RecordedEvent[] = [];
  private clock = 0;

  constructor(
    private readonly model: ProcessModel<State>,
    private readonly coverage: { [Name in keyof ModelCoverage]: Set<string> },
  ) {
    this.state = deepFreeze(model.process.initial);
    this.facts = this.state;
  }

  open(turn: number): void {
    const openings = [[], ...(this.model.openings ?? [])];
    for (const [name, body, actor = 'ada'] of openings[turn % openings.length] ?? []) {
      this.clock += 1;
      this.send(name, body, actor, true);
    }
  }

  step({ index, isLegal, actor }: CommandPick): void {
    const { process } = this.model;
    const names = Object.keys(process.commands).filter((each) => !isLegal || this.allows(each));
    const name = names[index % names.length];
    if (name === undefined) return;
    this.clock += 1;
    const build = this.model.bodies[name];
    const body = build === undefined ? process.commands[name]?.example : build(this.state);
    this.send(name, body ?? process.commands[name]?.example ?? {}, actor, body !== undefined);
  }

  replay(): void {
    const { process } = this.model;
    const again = this.history.reduce(
      (state, event) => process.evolve(state, event),
      process.initial,
    );
    same(again, this.state, 'the history folds to another state than was seen');
  }

  private allows(name: string): boolean {
    const { transitions } = this.model.process.lifecycle;
    return transitions[name]?.from.includes(this.state.state) === true;
  }

  private send(name: string, body: Body, actor: string, mustPass: boolean): void {
    const { process, surroundings } = this.model;
    const definition = process.commands[name];
    if (definition === undefined) return;
    const command = Object.assign(new definition.type(), body);
    const context: DecisionContext<State> = {
      id: `model${definition.spawns === true ? '-spawned' : ''}`,
      number: `${process.numberPrefix}-000001`,
      actor,
      onBehalfOf: null,
      now: new Date(START_MS + this.clock * MINUTE_MS).toISOString(),
      policies: process.policies,
      tickets: new Map(),
      related: new Map(),
      blobs: new Map(),
      ...surroundings?.(body),
    };
    const before = canonicalJson(this.state);
    const decision = decide(process, name, command, this.state, context);
    hold(canonicalJson(this.state) === before, `${name} wrote to the state that it was shown`);
    if (isRefusal(decision)) {
      const where = String(this.state.state);
      if (this.allows(name)) {
        hold(!mustPass, `${name} was refused in ${where}: ${decision.message}`);
        hold(decision.refused !== 'refused.state', `the table lets ${name} through in ${where}`);
      } else {
        hold(decision.refused === 'refused.state', `${name} in ${where}: ${decision.refused}`);
      }
      return;
    }
    hold(this.allows(name), `${name} was accepted in ${String(this.state.state)}`);
    for (const companion of definition.companions?.(body, this.state, context) ?? []) {
      const target = [process, ...(this.model.others ?? [])].find(
        (each) => each.name === (companion.process ?? process.name),
      );
      const other = target?.commands[commandNameOf(companion.command)];
      hold(other !== undefined, `${name} has an unknown companion`);
    }
    this.accept(name, decision, context);
  }

  private accept(name: string, events: readonly NewEvent[], context: DecisionContext<State>): void {
    const { process } = this.model;
    hold(events.length > 0, `${name} was accepted but left no event`);
    for (const event of events) {
      const isDeclared = process.commands[name]?.emits.includes(event.type) === true;
      hold(isDeclared, `${name} does not declare ${event.type}`);
      const faults = eventFaults(event, process.events);
      hold(faults.length === 0, faults.join('; '));
      this.coverage.emitted.add(event.type);
    }
    this.coverage.accepted.add(name);
    if (process.commands[name]?.spawns === true) this.bear(name, events, context);
    else this.follow(name, events, context);
  }

  private bear(name: string, events: readonly NewEvent[], context: DecisionContext<State>): void {
    const { process } = this.model;
    const stream = ticketStream(process.name, context.id);
    const { actor, now: occurredAt } = context;
    const born = events.reduce(
      (state, event, revision) =>
        process.evolve(state, recordEvent(event, { stream, revision, occurredAt, actor })),
      process.initial,
    );
    const isInState = born.state !== null && process.lifecycle.states[born.state] !== undefined;
    hold(isInState, `${name} left a new ticket in ${String(born.state)}`);
  }

  private follow(name: string, events: readonly NewEvent[], context: DecisionContext<State>): void {
    const { process } = this.model;
    const from = this.state.state;
    for (const event of events) {
      const recorded = deepFreeze(
        recordEvent(event, {
          stream: ticketStream(process.name, 'model'),
          revision: this.history.length,
          occurredAt: context.now,
          actor: context.actor,
        }),
      );
      this.state = deepFreeze(process.evolve(this.state, recorded));
      this.facts = deepFreeze(process.evolveFacts(this.facts, recorded));
      this.history.push(recorded);
    }
    const transition = process.lifecycle.transitions[name];
    const targets = transition === undefined ? [] : targetsOf(transition, from);
    const to: readonly (string | null)[] = targets.length === 0 ? [from] : targets;
    const reached = this.state.state;
    hold(to.includes(reached), `${name} led from ${String(from)} to ${String(reached)}`);
    if (reached !== null) this.coverage.states.add(reached);
    if (from !== null && reached !== from) this.coverage.left.add(from);
    this.compareFacts(name);
  }

  /** Each field of the facts is that of the whole state, or one that facts leave out. */
  private compareFacts(name: string): void {
    const { listing, initial } = this.model.process;
    for (const [field, value] of Object.entries(this.facts)) {
      const fact = canonicalJson(value);
      const agrees = fact === canonicalJson(Reflect.get(this.state, field));
      const isLeftOut = fact === canonicalJson(Reflect.get(initial, field));
      hold(agrees || isLeftOut, `the fact ${field} differs after ${name}`);
    }
    const whole = listing.summarise(this.state);
    same(listing.summarise(this.facts), whole, `the list differs after ${name}`);
  }
}

function hold(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

function same(found: unknown, expected: unknown, message: string): void {
  hold(canonicalJson(found) === canonicalJson(expected), message);
}
