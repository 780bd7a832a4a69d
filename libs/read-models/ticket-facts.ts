import {
  stateCategory,
  ticketStreamPrefix,
  type JsonValue,
  type ProcessDefinition,
  type ProcessState,
  type ReadDocument,
  type RecordedEvent,
  type StateCategory,
} from '@ledgerdesk/kernel';
import { Recent } from './recent';

/** What read models may look for in the facts of any process; a process without it has null. */
export interface TicketView {
  readonly state: string | null;
  readonly category: StateCategory | null;
  readonly assignmentGroup: string | null;
  readonly assignee: string | null;
  readonly priority: number | null;
  readonly reopenCount: number;
  readonly reassignmentCount: number;
}

/** At least one batch of a projection runner, so that the next projection finds it all. */
const REMEMBERED = 2_048;

/**
 * Folds the facts of the tickets of one process for all its projections, which share the work on
 * each event.
 */
export interface FactsKeeper<State extends ProcessState = ProcessState> {
  readonly process: ProcessDefinition<State>;
  /** Gives the very same object for an event that does not concern the facts. */
  evolve(facts: State, event: RecordedEvent): State;
  /** For one projection. */
  openMemory(): FactsMemory<State>;
}

/**
 * Carries the facts in the documents of one projection, under the key `facts`: what differs from
 * the facts of a ticket before its first event, so that documents stay slim.
 */
export interface FactsMemory<State extends ProcessState = ProcessState> {
  /** The facts that a document holds; the initial ones without a document. */
  of(id: string, document: ReadDocument | undefined): State;
  /** The document that `build` makes, which puts what it is given under the key `facts`. */
  keep<Document extends ReadDocument>(
    id: string,
    facts: State,
    build: (kept: KeptFacts) => Document,
  ): Document;
  view(document: ReadDocument): TicketView;
}

type KeptFacts = Readonly<Record<string, JsonValue>>;

/**
 * Cost of an event: one `evolveFacts`, and one pass over the keys of the facts. What is remembered
 * only saves work: a fold that remembers nothing gives the same.
 */
export function factsKeeper<State extends ProcessState>(
  process: ProcessDefinition<State>,
): FactsKeeper<State> {
  const differences = differencesFrom(process.initial);
  const steps = new Recent<RecordedEvent, { readonly before: State; readonly after: State }>(
    REMEMBERED,
  );
  const keptFacts = new Recent<State, KeptFacts>(REMEMBERED);
  const keptOf = (facts: State): KeptFacts => {
    let kept = keptFacts.get(facts);
    if (kept === undefined) {
      kept = differences(facts);
      keptFacts.set(facts, kept);
    }
    return kept;
  };
  return {
    process,
    evolve: (before, event) => {
      // The next projection that folds this event from the same facts need not do it again.
      const step = steps.get(event);
      if (step?.before === before) return step.after;
      const after = process.evolveFacts(before, event);
      steps.set(event, { before, after });
      return after;
    },
    openMemory: () => openMemory(process, keptOf),
  };
}

/** Id of the ticket whose stream it is: what stands behind the category and its dash. */
export function ticketIdOf(process: Pick<ProcessDefinition, 'name'>, stream: string): string {
  return stream.slice(ticketStreamPrefix(process.name).length);
}

function openMemory<State extends ProcessState>(
  process: ProcessDefinition<State>,
  keptOf: (facts: State) => KeptFacts,
): FactsMemory<State> {
  const { initial } = process;
  const memory = new Recent<string, { readonly document: ReadDocument; readonly facts: State }>(
    REMEMBERED,
  );
  return {
    of: (id, document) => {
      if (document === undefined) return initial;
      const known = memory.get(id);
      // Documents never change: the same one holds the same facts.
      if (known?.document === document) return known.facts;
      return { ...initial, ...(document['facts'] as Partial<State>) };
    },
    keep: (id, facts, build) => {
      const document = build(keptOf(facts));
      memory.set(id, { document, facts });
      return document;
    },
    view: (document) => viewOf(process, document['facts'] as KeptFacts),
  };
}

function differencesFrom(initial: object): (facts: object) => KeptFacts {
  const keys = Object.keys(initial);
  const values: readonly unknown[] = Object.values(initial);
  return (facts) => {
    const known = facts as Readonly<Record<string, unknown>>;
    const kept: Record<string, JsonValue> = {};
    let index = 0;
    for (const key in known) {
      const value = known[key];
      // States keep the order of their keys, which saves a look-up by name for each of them.
      const before = keys[index] === key ? values[index] : initial[key as keyof typeof initial];
      index += 1;
      if (value !== before && value !== undefined) kept[key] = value as JsonValue;
    }
    return kept;
  };
}

function viewOf<State extends ProcessState>(
  process: ProcessDefinition<State>,
  kept: KeptFacts,
): TicketView {
  const initial = process.initial as object as Readonly<Record<string, unknown>>;
  const fact = (name: string): unknown => kept[name] ?? initial[name];
  const state = text(fact('state'));
  return {
    state,
    category: state === null ? null : stateCategory(process, state),
    assignmentGroup: text(fact('assignmentGroup')),
    assignee: text(fact('assignee')),
    priority: number(fact('priority')),
    reopenCount: number(fact('reopenCount')) ?? 0,
    reassignmentCount: number(fact('reassignmentCount')) ?? 0,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
