import type { CollectionDefinition, ReadDocument } from './collection';
import type { NewEvent, RecordedEvent } from './event';
import type { EventDefinitions } from './event-definition';
import type { Lifecycle } from './lifecycle';
import type { PolicySet } from './policy';

/** A command class: its name is the command's name, its fields are validated by class-validator. */
export type CommandClass<Command extends object = object> = new () => Command;

/** What every state of every process has; null until the ticket is there. */
export interface ProcessState {
  readonly state: string | null;
}

/** Other things that a decision has to look at, asked for before it is made. */
export interface DecisionNeeds {
  /** Tickets of the same process, by id or number. */
  readonly tickets?: readonly string[];
  /** Tickets of other processes. */
  readonly related?: readonly TicketAddress[];
  /** Blobs that must be there, by digest. */
  readonly blobs?: readonly string[];
  /** Tickets that a list finds, by what the decision calls them. */
  readonly listed?: Readonly<Record<string, TicketSearch>>;
}

/** Which tickets of a process a decision has to look at, where nobody can name them. */
export interface TicketSearch {
  /** Name of the process: `change`. */
  readonly process: string;
  /** A filter of the list's query language. */
  readonly filter: Readonly<Record<string, unknown>>;
  /** More are not looked at, and the listing says so. */
  readonly max: number;
}

/** What a list found. */
export interface TicketListing {
  /** Each as it is now; the list itself may be a moment behind. */
  readonly tickets: readonly RelatedTicket[];
  /** Position of the log up to which the list held every event, as decimal text. */
  readonly position: string;
  /** There are more than was asked for. */
  readonly isCut: boolean;
}

/** A ticket of any process. */
export interface TicketAddress {
  /** Name of the process: `change`. */
  readonly process: string;
  /** Id or number. */
  readonly ticket: string;
}

/** A ticket that a field of a command names. */
export interface NamedTicket extends TicketAddress {
  /** The field of the command. */
  readonly field: string;
  /** It may also name a thing of another system, in a form that no ticket of this one has. */
  readonly mayBeElsewhere: boolean;
}

/** Under which {@link DecisionContext.related} finds a ticket of another process. */
export function ticketKey({ process, ticket }: TicketAddress): string {
  return `${process}/${ticket}`;
}

/**
 * All that a decision may know beside the command and the state. Values only: nothing here does
 * I/O.
 */
export interface DecisionContext<State extends ProcessState = ProcessState> {
  /** The ticket's id: the UUID behind the first dash of its stream's name. */
  readonly id: string;
  /** The number for people, set when the command creates the ticket. */
  readonly number: string;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  /** Business time of the command: what `occurredAt` of its events will be. */
  readonly now: string;
  readonly policies: PolicySet;
  /**
   * The tickets that {@link CommandDefinition.needs} asked for, by what it called them; a missing
   * one is absent.
   */
  readonly tickets: ReadonlyMap<string, RelatedTicket<State>>;
  /**
   * The tickets of other processes that it asked for, by {@link ticketKey}; a missing one is
   * absent.
   */
  readonly related: ReadonlyMap<string, RelatedTicket>;
  /** Sizes in bytes of the blobs that it asked for, by digest; a missing one is absent. */
  readonly blobs: ReadonlyMap<string, number>;
  /** What it asked lists for, by the name it gave them; absent where it asked for none. */
  readonly listed?: Readonly<Record<string, TicketListing>>;
}

export interface RelatedTicket<State extends ProcessState = ProcessState> {
  readonly id: string;
  readonly state: State;
  /** Of its last event when it was looked at; the engine always says it. */
  readonly revision?: bigint;
}

/** An expected «no»: a value, not an exception. Becomes a 409 problem document at the edge. */
export interface Refusal {
  readonly refused: `refused.${string}`;
  /** What was wrong and what would be right. */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export type Decision<Event extends NewEvent = NewEvent> = readonly Event[] | Refusal;

/** Tells a «no» from the events of a «yes». */
export function isRefusal(decision: Decision): decision is Refusal {
  return 'refused' in decision;
}

/** A «no» with the code `refused.<reason>`; the message says what would be right. */
export function refuse(
  reason: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Refusal {
  return { refused: `refused.${reason}`, message, ...(details && { details }) };
}

/** A question in the positive (`hasAssignee`), and what to say when the answer is no. */
export interface Guard<State extends ProcessState = ProcessState> {
  /** Completes «refused unless …» in the documentation. */
  readonly unless: string;
  /**
   * True when only the state is looked at, so that `allowed-commands` can ask without a command.
   */
  readonly stateOnly?: boolean;
  readonly check: (
    state: State,
    command: Readonly<Record<string, unknown>>,
    context: DecisionContext<State>,
  ) => true | Refusal;
}

/**
 * A second command that must be recorded first on another ticket (the parent notes its child before
 * the child names its parent). Its id derives from the first one's.
 */
export interface CompanionCommand {
  /** Default: the same process. */
  readonly process?: string;
  readonly ticket: string;
  readonly command: object;
}

export interface CommandDefinition<State extends ProcessState = ProcessState> {
  readonly type: CommandClass;
  readonly summary: string;
  /**
   * Last segment of the route: `POST /incidents/{id}/resolve`; null for the command behind
   * `POST /incidents`.
   */
  readonly route: string | null;
  /** What the actor must be allowed to do, once access control exists: `incident:resolve`. */
  readonly permission: string;
  /** The event types that it may lead to. */
  readonly emits: readonly string[];
  /** A body that is valid, for the documentation and the tests. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Only other code sends it (a companion, later a flow): it has no route. */
  readonly internal?: boolean;
  /**
   * It makes a new ticket out of the addressed one: lifecycle, guards and rule look at the
   * addressed ticket, the events begin a stream of their own, whose id and number stand in the
   * context.
   */
  readonly spawns?: boolean;
  /**
   * For a command that begins a ticket: a key of the outside world that names the ticket once for
   * all. The stream's id derives from (tenant, process, key) instead of the command id, and a
   * second creation with the same key is refused `refused.exists`, naming the first ticket.
   * Undefined where the command carries no such key.
   */
  readonly naturalKey?: (command: Readonly<Record<string, unknown>>) => string | undefined;
  readonly needs?: (command: Readonly<Record<string, unknown>>, state: State) => DecisionNeeds;
  /**
   * The tickets that the command names without looking at them: that they are there is asked of
   * whoever sends it from outside, once lifecycle, guards and rule said yes.
   */
  readonly names?: (command: Readonly<Record<string, unknown>>) => readonly NamedTicket[];
  readonly companions?: (
    command: Readonly<Record<string, unknown>>,
    state: State,
    context: DecisionContext<State>,
  ) => readonly CompanionCommand[];
  /** Asked only after the lifecycle and the guards said yes. */
  readonly decide: (command: never, state: State, context: DecisionContext<State>) => Decision;
}

/** A fact that names another thing: an edge of the graph of relations. */
export interface ReferenceDefinition<State> {
  /** Holds the id or the number of the other, or a bounded list of them, or null. */
  readonly fact: keyof State & string;
  /** How the ticket stands to the other (`child-of`), and the other to it (`parent-of`). */
  readonly type: string;
  readonly inverse: string;
  /** What the other is, as links call it: the name of a process, `vendor`, `other`. */
  readonly targetKind: string;
}

/** How the tickets of a process stand in its list. */
export interface ListingDefinition<State extends ProcessState> {
  readonly collection: Omit<CollectionDefinition, 'name'>;
  /**
   * Bump it when `summarise`, `evolveFacts` or the collection changes: the list is then rebuilt.
   */
  readonly version: number;
  /**
   * The facts by which its tickets stand to others. Bump the version when they change: the graph
   * of relations is then rebuilt.
   */
  readonly references?: readonly ReferenceDefinition<State>[];
  /** The document's own fields; the projection adds `id`, times, revision and position. */
  readonly summarise: (facts: State) => ReadDocument;
}

/**
 * One ITSM process. The REST routes, the OpenAPI schema, the documentation page with its state
 * diagram and the model-based test are derived from this declaration.
 */
export interface ProcessDefinition<State extends ProcessState = ProcessState> {
  /** Singular, also the stream category: `incident`. */
  readonly name: string;
  /** In routes: `incidents`. */
  readonly plural: string;
  readonly title: string;
  /** `INC`, for numbers such as INC-000123. */
  readonly numberPrefix: string;
  readonly summary: string;
  readonly lifecycle: Lifecycle;
  readonly guards: Readonly<Record<string, Guard<State>>>;
  /** By command name; the keys are the lifecycle's. */
  readonly commands: Readonly<Record<string, CommandDefinition<State>>>;
  readonly events: EventDefinitions;
  /** The state before anything happened. */
  readonly initial: State;
  readonly evolve: (state: State, event: RecordedEvent) => State;
  /**
   * `evolve` without what grows (notes, logs, watchers): enough for lists and counters. Gives the
   * very same object for an event that does not concern it.
   */
  readonly evolveFacts: (facts: State, event: RecordedEvent) => State;
  readonly listing: ListingDefinition<State>;
  readonly policies: PolicySet;
}
