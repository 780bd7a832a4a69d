import type { EventStore } from '@ledgerdesk/event-store';

/** About how many events lie behind one position up to another; positions may count bytes. */
export function eventsBetween(
  { positionsPerEvent = 1n }: Pick<EventStore, 'positionsPerEvent'>,
  after: bigint,
  until: bigint,
): bigint {
  if (until <= after) return 0n;
  return (until - after + positionsPerEvent - 1n) / positionsPerEvent;
}
