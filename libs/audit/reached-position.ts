import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { Instant } from './instant';
import type { TicketLog } from './ticket-log';

/**
 * A position that the log has not reached names no instant yet: what an answer would show now is
 * not what the same question shows later.
 *
 * @throws LedgerdeskError `invalid.instant`
 */
export async function assertPositionReached(
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
