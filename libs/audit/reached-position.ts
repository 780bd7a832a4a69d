import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { Instant } from './instant';
import { streamOf, type TicketAddress, type TicketLog } from './ticket-log';

/**
 * A position that the log has not reached names no instant yet: what an answer would show now is
 * not what the same question shows later.
 *
 * @throws LedgerdeskError `invalid.instant`
 */
async function assertPositionReached(
  { eventStore }: Pick<TicketLog, 'eventStore'>,
  { position }: Instant,
): Promise<void> {
  if (position === undefined) return;
  const head = await eventStore.head();
  if (position <= head) return;
  throw new LedgerdeskError(
    'invalid.instant',
    `position ${position} is not there yet: the log ends at ${head}; name one up to that`,
    { details: { position: String(position), head: String(head) } },
  );
}

/**
 * As {@link assertPositionReached}, also for a revision that the ticket has not reached. Where
 * there is no such ticket at all, that is for the reading to say. Cost: the last event of the
 * stream, where the instant names a revision.
 *
 * @throws LedgerdeskError `invalid.instant`
 */
export async function assertInstantReached(
  log: TicketLog,
  ticket: TicketAddress,
  instant: Instant,
): Promise<void> {
  await assertPositionReached(log, instant);
  const { revision } = instant;
  if (revision === undefined) return;
  const ends = log.eventStore.readStream(streamOf(ticket), { direction: 'backwards', limit: 1 });
  for await (const { revision: last } of ends) {
    if (revision <= last) return;
    throw new LedgerdeskError(
      'invalid.instant',
      `revision ${revision} is not there yet: the ticket stands at ${last}; name one up to that`,
      { details: { revision: String(revision), last: String(last) } },
    );
  }
}
