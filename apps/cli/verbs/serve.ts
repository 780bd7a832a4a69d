import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerdeskError } from '@ledgerdesk/kernel';

export interface ServeOptions {
  readonly port?: string;
  readonly host?: string;
}

/**
 * `ledgerdesk serve`: what `npm start` does, with options for its commonest variables. The engine's
 * own main takes over this process with its signals and exit codes; it is entered as a program, by
 * its file, because apps do not import each other.
 */
export async function serve(dataDir: string | undefined, options: ServeOptions): Promise<void> {
  const main = join(__dirname, '../../engine/main.js');
  if (!existsSync(main)) {
    throw new LedgerdeskError(
      'unavailable.engine-not-built',
      'the engine is not built; run `npm run build`, then try again',
    );
  }
  const variables = { DATA_DIR: dataDir, PORT: options.port, HOST: options.host };
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined) process.env[name] = value;
  }
  await import(main);
}
