import type { StoredEvent } from '@ledgerdesk/event-store';
import { LedgerdeskError } from '@ledgerdesk/kernel';

/** An event in words, such as `IncidentResolved at revision 5 of incident-…`. */
export function nameOf({ type, stream, revision }: StoredEvent): string {
  return `${type} at revision ${revision} of ${stream}`;
}

/** `conflict.copy-target`: what is in the target is no beginning of the source. */
export function otherHistory(
  there: StoredEvent | undefined,
  what: string,
  cause?: unknown,
): LedgerdeskError {
  const place = there === undefined ? '' : `${nameOf(there)} is in the target, but `;
  return new LedgerdeskError(
    'conflict.copy-target',
    `the target holds another history than the source: ${place}${what}. ` +
      'Give an empty store, or the one that an earlier copy of this source has begun.',
    {
      details: there === undefined ? {} : { stream: there.stream, revision: there.revision },
      ...(cause !== undefined && { cause }),
    },
  );
}

/** `corrupt.copied-event`: the body does not have the hash that is recorded beside it. */
export function alteredEvent(event: StoredEvent, where: string): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.copied-event',
    `${nameOf(event)} does not have its recorded hash in ${where}; run \`ledgerdesk verify\` ` +
      'there, and keep both stores as evidence.',
    { details: { stream: event.stream, revision: event.revision } },
  );
}
