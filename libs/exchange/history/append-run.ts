import { backOffMs, DEFAULT_BACK_OFF } from '@ledgerdesk/engine';
import type { EventStore } from '@ledgerdesk/event-store';
import { hasErrorCode, mayPass } from '@ledgerdesk/kernel';
import { nameOf, otherHistory } from './history-copy.errors';
import type { StreamRun } from './stream-runs';

/** Of one append; the waits between them add up to about half a minute. */
const TRIES_MAX = 8;
const BACK_OFF = { ...DEFAULT_BACK_OFF, maxMs: 10_000 };

/**
 * Appends the run exactly where it stands in the source. The very same append is sent again where
 * its answer was lost or the store is away for a while: it cannot be stored twice.
 *
 * @throws LedgerdeskError `conflict.copy-target` where the stream has something else there; what
 * the store gives after {@link TRIES_MAX} tries.
 */
export async function appendRun(
  to: EventStore,
  run: StreamRun,
  signal?: AbortSignal,
): Promise<void> {
  const [first] = run;
  const request = {
    stream: first.stream,
    expectedRevision: first.revision === 0n ? ('no-stream' as const) : first.revision - 1n,
    events: run.map(({ id, type, body, hash }) => ({ id, type, body, hash })),
  };
  for (let tries = 1; ; tries += 1) {
    signal?.throwIfAborted();
    try {
      await to.append(request);
      return;
    } catch (error) {
      if (hasErrorCode(error, 'conflict.revision')) {
        throw otherHistory(undefined, `${nameOf(first)} cannot be appended there`, error);
      }
      if (tries >= TRIES_MAX || !mayPass(error)) throw error;
      await BACK_OFF.delay(backOffMs(tries, BACK_OFF), signal);
    }
  }
}
