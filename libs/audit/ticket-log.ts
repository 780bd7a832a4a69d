import type { EventStore } from '@ledgerdesk/event-store';
import {
  LedgerdeskError,
  ticketStream,
  type EventRegistry,
  type ProcessDefinition,
  type ProcessState,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

/** Where the history of one ticket is read: an `Engine` has all of it. */
export interface TicketLog {
  readonly eventStore: Pick<EventStore, 'readStream' | 'head'>;
  readonly registry: EventRegistry;
}

/** A ticket by its process and its id (a UUID, not a number). */
export interface TicketAddress {
  readonly process: ProcessDefinition;
  readonly id: string;
}

/** One event with the state of the ticket right before and right behind it. */
export interface TicketStep {
  readonly event: RecordedEvent;
  readonly before: ProcessState;
  readonly after: ProcessState;
}

/** The stream that holds the ticket's events. */
export function streamOf({ process, id }: TicketAddress): string {
  return ticketStream(process.name, id);
}

/**
 * Folds the ticket's events one by one, in stream order; `selects` passes over the others. Cost:
 * one read of the stream, constant memory.
 *
 * @throws LedgerdeskError `missing.ticket` where the stream holds no event, `incompatible.*`,
 * `corrupt.event-body`.
 */
export async function* foldSteps(
  log: TicketLog,
  ticket: TicketAddress,
  selects: (event: RecordedEvent) => boolean = () => true,
): AsyncGenerator<TicketStep, void, undefined> {
  let state: ProcessState = ticket.process.initial;
  for await (const event of ticketEvents(log, ticket)) {
    if (!selects(event)) continue;
    const before = state;
    state = ticket.process.evolve(state, event);
    yield { event, before, after: state };
  }
}

/**
 * The ticket's events in stream order, in the newest version of their types.
 *
 * @throws LedgerdeskError as {@link foldSteps}.
 */
export async function* ticketEvents(
  log: TicketLog,
  ticket: TicketAddress,
): AsyncGenerator<RecordedEvent, void, undefined> {
  let isEmpty = true;
  for await (const stored of log.eventStore.readStream(streamOf(ticket))) {
    isEmpty = false;
    yield log.registry.decode(stored);
  }
  if (isEmpty) throw missingTicket(ticket);
}

/**
 * The event that the ticket began with. Cost: one read of one event.
 *
 * @throws LedgerdeskError as {@link foldSteps}.
 */
export async function firstEvent(log: TicketLog, ticket: TicketAddress): Promise<RecordedEvent> {
  const first = log.eventStore.readStream(streamOf(ticket), { limit: 1 });
  for await (const stored of first) return log.registry.decode(stored);
  throw missingTicket(ticket);
}

function missingTicket({ process, id }: TicketAddress): LedgerdeskError {
  return new LedgerdeskError(
    'missing.ticket',
    `there is no ${process.name} ${id}; check the id, or look it up by its number`,
    { details: { process: process.name, ticket: id } },
  );
}
