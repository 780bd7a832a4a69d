import { hasErrorCode, hasErrorKind, isLedgerdeskError } from '@ledgerdesk/kernel';
import { pino, type Logger } from 'pino';
import { readConfiguration, type EngineConfiguration } from './configuration';
import { collectGarbageSparingly } from './garbage-collection';
import type { ServiceRole } from './service-role';
import { startService, type StartedService, type StartOptions } from './start-service';
import { version } from './version';

/** As sysexits.h has it: something in the configuration is wrong. */
const EXIT_CONFIGURATION = 78;
/** Another process has the stores open, or the port. */
const EXIT_TEMPORARY = 75;
/** The log or the read models are not what they were: somebody has to look before it goes on. */
const EXIT_CORRUPT = 65;

const CONFIGURATION_CODES = [
  'invalid.configuration',
  'invalid.event-store-url',
  'invalid.read-store-url',
  'invalid.broker-url',
] as const;

const TEMPORARY_CODES = ['unavailable.event-store-locked', 'unavailable.port'] as const;

type Exit = (code: number) => never;

/** What a service takes of the process that it runs in; only a program has it. */
export interface ServiceProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exit: Exit;
}

/**
 * Runs a role as a program: configuration from the environment, structured logs on standard output,
 * a graceful stop on SIGTERM and SIGINT, exit codes as in the README. Resolves once it listens.
 */
export async function runService(
  role: ServiceRole,
  { env, exit }: ServiceProcess,
  options: Pick<StartOptions, 'catalogue'> = {},
): Promise<void> {
  try {
    await start(role, { env, exit }, options);
  } catch (error) {
    process.stderr.write(`ledgerdesk: ${messageOf(error)}\n`);
    exit(exitCodeOf(error));
  }
}

async function start(
  role: ServiceRole,
  { env, exit }: ServiceProcess,
  options: Pick<StartOptions, 'catalogue'>,
): Promise<void> {
  collectGarbageSparingly();
  const configuration = readConfiguration(env);
  const log = pino({ level: configuration.logLevel, base: { service: role.name } });
  process.once('uncaughtException', (error) => {
    log.fatal({ err: error }, 'stopping: an exception that nobody expected');
    exit(1);
  });
  const started = await startService(role, configuration, { log, ...options });
  log.info({ url: started.url, version, dataDir: configuration.dataDir }, 'listening');
  stopOnSignals(started, { configuration, log, exit });
}

interface Running {
  readonly configuration: EngineConfiguration;
  readonly log: Logger;
  readonly exit: Exit;
}

function stopOnSignals(started: StartedService, { configuration, log, exit }: Running): void {
  const { shutdownTimeoutMs } = configuration;
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) {
      log.warn({ signal }, 'stopping at once');
      exit(1);
    }
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ shutdownTimeoutMs }, 'stopping took too long');
      exit(1);
    }, shutdownTimeoutMs).unref();
    started.close().then(
      () => {
        log.info('stopped');
        exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function exitCodeOf(error: unknown): number {
  if (CONFIGURATION_CODES.some((code) => hasErrorCode(error, code))) return EXIT_CONFIGURATION;
  if (TEMPORARY_CODES.some((code) => hasErrorCode(error, code))) return EXIT_TEMPORARY;
  return hasErrorKind(error, 'corrupt') ? EXIT_CORRUPT : 1;
}

function messageOf(error: unknown): string {
  if (isLedgerdeskError(error)) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
