import { constants, existsSync } from 'node:fs';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  copyReadStore,
  openReadStore,
  READ_MODELS_FILE,
  type ReadStore,
} from '@ledgerdesk/read-store';

/** Read models that a verb has opened. */
export interface OpenedReadModels {
  readonly readStore: ReadStore;
  /** They are a copy, thrown away on closing: the caller may not write those of the engine. */
  readonly isPrivate: boolean;
  close(): Promise<void>;
}

/**
 * Opens the read models. Whoever may only read their folder, as an auditor, gets a copy in the
 * system's folder for temporary files, which this process brings up to date by itself.
 *
 * @throws LedgerdeskError what opening the store gives.
 */
export async function openReadModels(url: string): Promise<OpenedReadModels> {
  if (await isWritable(url)) {
    const readStore = await openReadStore(url);
    return { readStore, isPrivate: false, close: () => readStore.close() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-read-models-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await copyReadStore(url, folder);
    const readStore = await openReadStore(`sqlite:${folder}`);
    const close = async (): Promise<void> => {
      await readStore.close();
      await remove();
    };
    return { readStore, isPrivate: true, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The file of the read models that a URL names; undefined where it names none. */
export function readModelsFile(url: string): string | undefined {
  const scheme = 'sqlite:';
  return url.startsWith(scheme) ? join(url.slice(scheme.length), READ_MODELS_FILE) : undefined;
}

async function isWritable(url: string): Promise<boolean> {
  const file = readModelsFile(url);
  if (file === undefined) return true;
  for (const path of [join(file, '..'), file]) {
    if (!existsSync(path)) continue;
    const isAllowed = await access(path, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (!isAllowed) return false;
  }
  return true;
}
