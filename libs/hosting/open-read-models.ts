import type { HttpLog } from '@ledgerdesk/http';
import { hasErrorCode } from '@ledgerdesk/kernel';
import { openReadStore, setAsideReadStore, type ReadStore } from '@ledgerdesk/read-store';

/**
 * Opens the read models. A damaged file does not stop the start: it is renamed to
 * `read-models.sqlite.damaged-<time>`, logged, and built anew from the log. Call it with the
 * writer's lock of the log in hand, so that nobody else has the file open.
 *
 * @throws LedgerdeskError what opening the store gives, but for `corrupt.read-store`.
 */
export async function openReadModels(url: string, log: HttpLog): Promise<ReadStore> {
  try {
    return await openWhole(url);
  } catch (error) {
    if (!hasErrorCode(error, 'corrupt.read-store')) throw error;
    const kept = await setAsideReadStore(url, `damaged-${timeForFileName(new Date())}`);
    log.error({ err: error, kept }, 'the read models are damaged: set aside, they are built anew');
    return openReadStore(url);
  }
}

/** Damage of the catalogue shows when it is read; that of a document only when that one is. */
async function openWhole(url: string): Promise<ReadStore> {
  const readStore = await openReadStore(url);
  try {
    await readStore.generations();
    return readStore;
  } catch (error) {
    await readStore.close();
    throw error;
  }
}

/** Such as `20260302T081500Z`. */
function timeForFileName(time: Date): string {
  return time.toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
