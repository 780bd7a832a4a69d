import type { AddressInfo } from 'node:net';
import { noTracing, type Engine } from '@ledgerdesk/engine';
import type { HttpLimits, HttpLog } from '@ledgerdesk/http';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { EngineConfiguration } from './configuration';
import { assertSafeHost } from './loopback';
import { openEngine, type EngineOverrides, type OpenedEngine } from './open-engine';
import { isShared } from './open-stores';
import { Resources } from './resources';
import type { ServiceRole } from './service-role';
import type { OpenTelemetryTracing } from './tracing/open-telemetry';
import { version } from './version';

/** A process of the system that takes requests. */
export interface StartedService {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** For whoever runs it in their own process; closed by {@link StartedService.close}. */
  readonly engine: Engine;
  /**
   * Stops listening, ends the live feed, waits for what is under way, stores the checkpoints, gives
   * back its leases and closes the stores. Idempotent.
   */
  close(): Promise<void>;
}

/** What may differ from one start to the next. */
export interface StartOptions extends EngineOverrides {
  /** Default: nothing is logged. */
  readonly log?: HttpLog;
  readonly limits?: Partial<HttpLimits>;
  /** Module with a `BackgroundCatalogue`, for a thread that folds and runs flows. Default: the main one. */
  readonly catalogue?: string;
}

const ACCEPTED_HOSTS = { none: 'loopback' } as const;

/** How often a process looks how far the read models are that others fold. */
const SHARED_LOOK_MS = 1_000;

const SILENT: HttpLog = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
};

/**
 * Starts that part of the system that the role names in this process: stores, engine, HTTP.
 * Resolves once it listens.
 *
 * @throws LedgerdeskError `invalid.configuration`, what opening the stores gives, and
 * `unavailable.port` where the port is taken.
 */
export async function startService(
  role: ServiceRole,
  configuration: EngineConfiguration,
  { log = SILENT, limits = {}, catalogue, ...overrides }: StartOptions = {},
): Promise<StartedService> {
  await assertSafeHost(configuration);
  const resources = new Resources();
  try {
    const tracing = await openTracing(role, configuration);
    if (tracing !== undefined) resources.own(tracing);
    const opened = resources.own(
      await openEngine({
        ...{ configuration, role, log, overrides },
        tracing: tracing ?? noTracing,
        ...(catalogue !== undefined && { catalogue }),
      }),
    );
    const url = await serve({ role, configuration, opened, log, limits, tracing }, resources);
    let closing: Promise<void> | undefined;
    return { url, engine: opened.engine, close: () => (closing ??= resources.close()) };
  } catch (error) {
    await resources.close();
    throw error;
  }
}

// Its packages take a while to load: who does not trace does not wait for them.
async function openTracing(
  { name }: ServiceRole,
  { tracesUrl }: EngineConfiguration,
): Promise<OpenTelemetryTracing | undefined> {
  if (tracesUrl === undefined) return undefined;
  const { openTelemetry } = await import('./tracing/open-telemetry');
  return openTelemetry(name, tracesUrl);
}

interface Serving {
  readonly role: ServiceRole;
  readonly configuration: EngineConfiguration;
  readonly opened: OpenedEngine;
  readonly log: HttpLog;
  readonly limits: Partial<HttpLimits>;
  readonly tracing: OpenTelemetryTracing | undefined;
}

async function serve(
  { role, configuration, opened, log, limits, tracing }: Serving,
  resources: Resources,
): Promise<string> {
  const { auth, host, port, projectionLagMax, hostedProcesses } = configuration;
  const { engine, leading, broker } = opened;
  const { createHttpApplication } = await import('@ledgerdesk/http');
  const application = resources.own(
    await createHttpApplication({
      ...{ engine, log, version },
      acceptedHosts: ACCEPTED_HOSTS[auth],
      limits: { projectionLagMax, ...lookLimits(configuration), ...limits },
      surfaces: role.surfaces,
      ...(hostedProcesses && { hostedProcesses }),
      ...(leading && { leading }),
      ...(broker && { broker }),
      ...(tracing && { tracing }),
    }),
  );
  try {
    await application.listen(port, host);
  } catch (error) {
    throw portError(error, port, host);
  }
  return urlOf(application.getHttpServer().address() as AddressInfo);
}

// Over the wire a look at the read models costs others something, too.
function lookLimits(configuration: EngineConfiguration): Partial<HttpLimits> {
  return isShared(configuration) ? { projectionLookMs: SHARED_LOOK_MS } : {};
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
