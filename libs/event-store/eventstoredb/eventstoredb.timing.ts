import { setTimeout as delay } from 'node:timers/promises';

/** For a {@link TimeLimit}: whether work that did not answer in time will be done nobody knows. */
export function tookTooLong(doing: string): (timeoutMs: number) => Error {
  return (timeoutMs) => new Error(`no answer within ${timeoutMs} ms while ${doing}`);
}

/**
 * The wait before try `tries + 1`: doubled with each, with jitter, up to twenty times the first.
 */
export function waitMs(tries: number, initialMs: number): number {
  const ceiling = Math.min(initialMs * 2 ** Math.min(tries - 1, 10), initialMs * 20);
  return Math.round(ceiling * (0.5 + Math.random() / 2));
}

/** Waits; an abort ends the wait early and is no error. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
