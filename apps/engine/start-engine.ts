import type { AddressInfo } from 'node:net';
import { createHttpApplication, type HttpLimits, type HttpLog } from '@ledgerdesk/http';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { EngineConfiguration } from './configuration';
import { assertSafeHost } from './loopback';
import { openEngine, type OpenedEngine } from './open-engine';
import { version } from './version';

/** An engine that takes requests. */
export interface StartedEngine {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /**
   * Stops listening, ends the live feed, waits for what is under way, stores the checkpoints and
   * closes the stores. Idempotent.
   */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Default: nothing is logged. */
  readonly log?: HttpLog;
  readonly limits?: Partial<HttpLimits>;
}

const SILENT: HttpLog = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
};

/**
 * Starts the whole engine in this process: stores, projections, HTTP. Resolves once it listens.
 *
 * @throws LedgerdeskError `invalid.configuration`, what opening the stores gives, and
 * `unavailable.port` where the port is taken.
 */
export async function startEngine(
  configuration: EngineConfiguration,
  { log = SILENT, limits = {} }: StartOptions = {},
): Promise<StartedEngine> {
  await assertSafeHost(configuration);
  const opened = await openEngine(configuration, log);
  try {
    return await serve(opened, configuration, { log, limits });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function serve(
  opened: OpenedEngine,
  { host, port, projectionLagMax }: EngineConfiguration,
  { log, limits }: Required<StartOptions>,
): Promise<StartedEngine> {
  const application = await createHttpApplication({
    engine: opened.engine,
    log,
    version,
    limits: { projectionLagMax, ...limits },
  });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    try {
      await application.close();
    } finally {
      await opened.close();
    }
  };
  try {
    await application.listen(port, host);
  } catch (error) {
    await application.close();
    throw portError(error, port, host);
  }
  const address = application.getHttpServer().address() as AddressInfo;
  return { url: urlOf(address), close: () => (closing ??= close()) };
}

function portError(error: unknown, port: number, host: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return error;
  const why = code === 'EADDRINUSE' ? 'is taken by another process' : 'may not be used';
  return new LedgerdeskError(
    'unavailable.port',
    `port ${port} of ${host} ${why}; give another one in PORT`,
    { details: { port, host } },
  );
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
