import { setTimeout as delay } from 'node:timers/promises';

/** Work that did not answer in time: whether it will be done nobody knows. */
class TookTooLong extends Error {
  constructor(doing: string, timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms while ${doing}`);
  }
}

/** Rejects after the time. A late failure of the work is not unhandled. */
export async function withinTime<T>(
  work: Promise<T>,
  timeoutMs: number,
  doing: string,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TookTooLong(doing, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
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
