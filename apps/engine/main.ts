import 'reflect-metadata';
import { hasErrorCode, hasErrorKind, isLedgerdeskError } from '@ledgerdesk/kernel';
import { pino, type Logger } from 'pino';
import { readConfiguration, type EngineConfiguration } from './configuration';
import { collectGarbageSparingly } from './garbage-collection';
import { startEngine, type StartedEngine } from './start-engine';
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
] as const;

const TEMPORARY_CODES = ['unavailable.event-store-locked', 'unavailable.port'] as const;

async function main(): Promise<void> {
  collectGarbageSparingly();
  const configuration = readConfiguration(process.env);
  const log = pino({ level: configuration.logLevel, base: null });
  process.once('uncaughtException', (error) => {
    log.fatal({ err: error }, 'stopping: an exception that nobody expected');
    process.exit(1);
  });
  const started = await startEngine(configuration, { log });
  log.info({ url: started.url, version, dataDir: configuration.dataDir }, 'listening');
  stopOnSignals(started, configuration, log);
}

function stopOnSignals(
  started: StartedEngine,
  { shutdownTimeoutMs }: EngineConfiguration,
  log: Logger,
): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) {
      log.warn({ signal }, 'stopping at once');
      process.exit(1);
    }
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ shutdownTimeoutMs }, 'stopping took too long');
      process.exit(1);
    }, shutdownTimeoutMs).unref();
    started.close().then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
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

main().catch((error: unknown) => {
  process.stderr.write(`ledgerdesk: ${messageOf(error)}\n`);
  process.exit(exitCodeOf(error));
});
