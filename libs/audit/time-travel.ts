import { LedgerdeskError, type ProcessState } from '@ledgerdesk/kernel';
import { formatInstant, isSeenAt, type Instant } from './instant';
import { assertInstantReached } from './reached-position';
import { firstEvent, foldSteps, streamOf, type TicketAddress, type TicketLog } from './ticket-log';

/** A ticket as it was. */
export interface TicketAt<State extends ProcessState = ProcessState> {
  readonly process: string;
  readonly id: string;
  readonly stream: string;
  readonly state: State;
  /** Of the last event that the instant sees. */
  readonly revision: bigint;
  readonly position: bigint;
  readonly hash: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
}

/**
 * The ticket as it was at an instant, folded from the events that the instant sees in stream order.
 * A late entry (recorded behind an event that happened after it) belongs to its business time.
 * Cost: one read of the ticket's stream.
 *
 * @throws LedgerdeskError `missing.ticket` where there is no such ticket at all, `missing.ticket-
 * at` where it was not there yet, `invalid.instant` for a position or revision that is not there
 * yet.
 */
export async function ticketAt(
  log: TicketLog,
  ticket: TicketAddress,
  instant: Instant,
): Promise<TicketAt> {
  await assertInstantReached(log, ticket, instant);
  let found: TicketAt | undefined;
  for await (const { event, after } of foldSteps(log, ticket, isSeenAt(instant))) {
    found = {
      process: ticket.process.name,
      id: ticket.id,
      stream: streamOf(ticket),
      state: after,
      revision: event.revision,
      position: event.position,
      hash: event.hash,
      occurredAt: event.occurredAt,
      recordedAt: event.recordedAt,
    };
  }
  if (found === undefined || found.state.state === null) {
    throw await missingThen(log, ticket, instant);
  }
  return found;
}

/**
 * `missing.ticket-at`, with since when the ticket is there. Cost: one read of one event.
 *
 * @throws LedgerdeskError `missing.ticket` where it is not there at all.
 */
export async function missingThen(
  log: TicketLog,
  ticket: TicketAddress,
  instant: Instant,
): Promise<LedgerdeskError> {
  const at = formatInstant(instant);
  const { name } = ticket.process;
  const { occurredAt, recordedAt, position } = await firstEvent(log, ticket);
  const since =
    instant.recordedAt === undefined
      ? `since ${occurredAt}`
      : `since ${occurredAt}, known since ${recordedAt}`;
  return new LedgerdeskError(
    'missing.ticket-at',
    `${name} ${ticket.id} was not there yet at ${at}; it is there ${since} (position:${position})`,
    {
      details: {
        ...{ process: name, ticket: ticket.id, at },
        ...{ since: occurredAt, recordedAt, position: position.toString() },
      },
    },
  );
}
