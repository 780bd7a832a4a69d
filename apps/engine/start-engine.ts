import type { AddressInfo } from 'node:net';
import type { Engine } from '@ledgerdesk/engine';
import type { HttpLimits, HttpLog } from '@ledgerdesk/http';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { EngineConfiguration } from './configuration';
import { assertSafeHost } from './loopback';
import { openEngine, type EngineOverrides, type OpenedEngine } from './open-engine';
import { version } from './version';

/** An engine that takes requests. */
export interface StartedEngine {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** For whoever runs it in their own process; closed by {@link StartedEngine.close}. */
  readonly engine: Engine;
  /**
   * Stops listening, ends the live feed, waits for what is under way, stores the checkpoints and
   * closes the stores. Idempotent.
   */
  close(): Promise<void>;
}

export interface StartOptions extends EngineOverrides {
  /** Default: nothing is logged. */
  readonly log?: HttpLog;
  readonly limits?: Partial<HttpLimits>;
}

const ACCEPTED_HOSTS = { none: 'loopback' } as const;

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
  { log = SILENT, limits = {}, ...overrides }: StartOptions = {},
): Promise<StartedEngine> {
  await assertSafeHost(configuration);
  const opened = await openEngine(configuration, log, overrides);
  try {
    return await serve(opened, configuration, { log, limits });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function serve(
  opened: OpenedEngine,
  { auth, host, port, projectionLagMax }: EngineConfiguration,
  { log, limits }: Required<Pick<StartOptions, 'log' | 'limits'>>,
): Promise<StartedEngine> {
  const { createHttpApplication } = await import('@ledgerdesk/http');
  const application = await createHttpApplication({
    engine: opened.engine,
    log,
    version,
    acceptedHosts: ACCEPTED_HOSTS[auth],
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
  return { url: urlOf(address), engine: opened.engine, close: () => (closing ??= close()) };
}

function portError(error: unknown, port: number, host: string): unknown {
  const isNamed = typeof error === 'object' && error !== null && 'code' in error;
  const code = isNamed ? error.code : undefined;
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
