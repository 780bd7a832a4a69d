import { ticketAt } from '@ledgerdesk/audit';
import type { Engine } from '@ledgerdesk/engine';
import type { GraphInstant } from '@ledgerdesk/read-models';
import { invalidQuery, type QueryParameters } from '../request/query-parameters';
import { instantOf } from '../tickets/ticket-reads';

/**
 * As of when a query asks for the graph of configuration items; undefined for now. Items are many
 * streams, so that a revision names no instant of theirs. That a position is there is for
 * {@link assertThereAt} to say.
 *
 * @throws LedgerdeskError `invalid.query`, `malformed.instant`
 */
export function graphInstantOf(query: QueryParameters): GraphInstant | undefined {
  const instant = instantOf(query, 'at');
  if (instant === undefined) return undefined;
  const { position, occurredAt, recordedAt } = instant;
  if (position !== undefined) return { position };
  if (recordedAt !== undefined) return { recordedAt };
  if (occurredAt !== undefined) return { occurredAt };
  throw invalidQuery('at', 'at is a time with its offset, a date, or position:N');
}

/**
 * Refuses an instant at which the item was not there yet, and says since when it is.
 *
 * @throws LedgerdeskError `missing.ticket-at`; `invalid.instant` for a position that is not there yet.
 */
export async function assertThereAt(
  engine: Engine,
  ticket: Parameters<typeof ticketAt>[1],
  instant: GraphInstant | undefined,
): Promise<void> {
  if (instant !== undefined) await ticketAt(engine, ticket, instant);
}

/** The position that an instant is; undefined for a time, which no position is known of. */
export function positionOf(instant: GraphInstant | undefined): bigint | undefined {
  return instant !== undefined && 'position' in instant ? instant.position : undefined;
}
