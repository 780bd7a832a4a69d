import type { CliIo } from './cli-io';

/** Which stores a verb works on. */
export interface StoreLocation {
  /** Where attachments are, and the stores unless a variable says otherwise. */
  readonly dataDir: string;
  readonly eventStoreUrl: string;
  readonly readStoreUrl: string;
}

/** `--data` names a folder for both; else the same variables as the engine's, in the same order. */
export function locationOf(dataOption: string | undefined, { env }: CliIo): StoreLocation {
  const read = (name: string): string | undefined => env[name]?.trim() || undefined;
  const dataDir = dataOption ?? read('DATA_DIR') ?? './.ledgerdesk';
  const inFolder = `sqlite:${dataDir}`;
  if (dataOption !== undefined) return { dataDir, eventStoreUrl: inFolder, readStoreUrl: inFolder };
  return {
    dataDir,
    eventStoreUrl: read('EVENT_STORE_URL') ?? inFolder,
    readStoreUrl: read('READ_STORE_URL') ?? inFolder,
  };
}
