import {
  GENESIS_HASH,
  LedgerdeskError,
  ticketStream,
  type ProcessDefinition,
  type ProcessState,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import type { LoadedTicket } from '../command-request';

/** Where the events of one command stand in its stream. */
export interface RecordedCommand {
  readonly digest: string;
  readonly firstRevision: number;
  readonly lastRevision: number;
}

/**
 * A ticket with what the command pipeline must know of its stream. Revision -1: not there (yet).
 */
export interface Ticket extends LoadedTicket {
  /**
   * By command id. Shared by all foldings of one stream, and only ever added to from the log: it
   * may know more than this folding, never something else.
   */
  readonly commands: Map<string, RecordedCommand>;
  /** One for each event and one for each 2,048 UTF-16 units of its body: what the cache counts. */
  readonly weight: number;
  /** Business time of the first event; absent where there is none. */
  readonly beganAt?: string | undefined;
  /** The latest business time at which an event changed the state. */
  readonly movedAt?: string | undefined;
}

export const ABSENT_REVISION = -1n;

const BODY_UNITS_PER_WEIGHT = 2048;

/** A ticket of which nothing is recorded. */
export function absentTicket(process: ProcessDefinition, id: string): Ticket {
  return {
    process: process.name,
    id,
    stream: streamOf(process.name, id),
    state: process.initial,
    revision: ABSENT_REVISION,
    position: 0n,
    hash: GENESIS_HASH,
    commands: new Map(),
    weight: 1,
  };
}

/** The name of a ticket's stream: `incident-<uuid>`, `problemTask-<uuid>`. */
export function streamOf(process: string, id: string): string {
  return ticketStream(process, id);
}

/** The number for people, where the process's state keeps one under `number`. */
export function numberOf(state: ProcessState): string {
  const { number } = state as ProcessState & { readonly number?: unknown };
  return typeof number === 'string' ? number : '';
}

/** One event and the length of its body in UTF-16 units. */
export interface WeighedEvent {
  readonly event: RecordedEvent;
  readonly bodyLength: number;
}

/**
 * The ticket with further events of its stream.
 *
 * @throws LedgerdeskError `corrupt.stream` where an event does not follow the one before it.
 */
export function extendTicket(
  process: ProcessDefinition,
  ticket: Ticket,
  events: readonly WeighedEvent[],
): Ticket {
  let { state, revision, position, hash, weight, beganAt, movedAt } = ticket;
  for (const { event, bodyLength } of events) {
    if (event.revision !== revision + 1n || event.previousHash !== hash) {
      throw brokenStream(ticket.stream, event, revision + 1n);
    }
    const before = state.state;
    state = process.evolve(state, event);
    beganAt ??= event.occurredAt;
    if (state.state !== before) movedAt = laterOf(movedAt, event.occurredAt);
    ({ revision, position, hash } = event);
    weight += 1 + Math.floor(bodyLength / BODY_UNITS_PER_WEIGHT);
    rememberCommand(ticket.commands, event);
  }
  // Each field by name: V8 writes behind a spread by the slow way, which costs more than the fold.
  return {
    process: ticket.process,
    id: ticket.id,
    stream: ticket.stream,
    state,
    revision,
    position,
    hash,
    commands: ticket.commands,
    weight,
    beganAt,
    movedAt,
  };
}

function laterOf(one: string | undefined, other: string): string {
  return one === undefined || one < other ? other : one;
}

function rememberCommand(commands: Map<string, RecordedCommand>, event: RecordedEvent): void {
  const revision = Number(event.revision);
  const known = commands.get(event.commandId);
  if (known === undefined) {
    commands.set(event.commandId, {
      digest: event.commandDigest,
      firstRevision: revision,
      lastRevision: revision,
    });
  } else if (revision > known.lastRevision) {
    commands.set(event.commandId, { ...known, lastRevision: revision });
  }
}

function brokenStream(stream: string, event: RecordedEvent, expected: bigint): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.stream',
    `event ${event.id} does not follow the one before it in ${stream}: revision ${expected} with ` +
      'the hash of its predecessor was expected; run `ledgerdesk verify` and restore from a backup',
    { details: { stream, eventId: event.id, revision: String(event.revision) } },
  );
}
