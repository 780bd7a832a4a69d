import { extname, join } from 'node:path';
import {
  ENGINE_ROLE,
  startService,
  type EngineConfiguration,
  type StartedService,
  type StartOptions,
} from '@ledgerdesk/hosting';

/** Where the background thread finds what it folds and runs. */
export const CATALOGUE = join(__dirname, `background-catalogue${extname(__filename)}`);

/**
 * Starts the whole engine in this process: stores, projections, flows, HTTP. Resolves once it
 * listens.
 *
 * @throws LedgerdeskError as `startService`.
 */
export function startEngine(
  configuration: EngineConfiguration,
  options: StartOptions = {},
): Promise<StartedService> {
  return startService(ENGINE_ROLE, configuration, { catalogue: CATALOGUE, ...options });
}
