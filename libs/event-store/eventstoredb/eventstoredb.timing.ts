import { setTimeout as delay } from 'node:timers/promises';

/** Work that did not answer in time: whether it will be done nobody knows. */
class TookTooLong extends Error {
  constructor(doing: string, timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms while ${doing}`);
  }
}

/** Rejects after the time. A late failure of the work is not unhandled. */
export function withinTime<T>(work: Promise<T>, timeoutMs: number, doing: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TookTooLong(doing, timeoutMs)), timeoutMs);
    work.then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error: unknown) => {
        clearTimeout(timer);
        // What the client gives is passed on as it is.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as given
        reject(error);
      },
    );
  });
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
