import { flows } from '@ledgerdesk/flows';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import { priorityMatrices, processes } from '@ledgerdesk/processes';
import { readModels } from '@ledgerdesk/read-models';

/** How a process is to run. Each variable is documented in README.md, Configuration. */
export interface EngineConfiguration {
  /** 0 to 65535; 0 lets the system choose. `PORT`, default 3000. */
  readonly port: number;
  /** `HOST`, default 127.0.0.1. Without authentication only a loopback address is taken. */
  readonly host: string;
  /** Folder of the stores and the blobs. `DATA_DIR`, default ./.ledgerdesk */
  readonly dataDir: string;
  /** `EVENT_STORE_URL`, default `sqlite:<DATA_DIR>`. */
  readonly eventStoreUrl: string;
  /** `READ_STORE_URL`, default `sqlite:<DATA_DIR>`; `memory:` beside a log in memory. */
  readonly readStoreUrl: string;
  /** `AUTH`: whoever reaches the port may act in any name, so only this machine may. */
  readonly auth: 'none';
  /** `LOG_LEVEL`, default info. */
  readonly logLevel: LogLevel;
  /** Name of a preset of the priority matrix. `PRIORITY_MATRIX`, default servicenow-3x3. */
  readonly priorityMatrix: keyof typeof priorityMatrices;
  /** JSON file with the members of closed groups. `TEAMS_FILE`; absent, every group is open. */
  readonly teamsFile?: string;
  /**
   * Events by which a read model may be behind before commands are refused. `PROJECTION_LAG_MAX`,
   * default 50000.
   */
  readonly projectionLagMax: number;
  /** After that a stop is forced. `SHUTDOWN_TIMEOUT_MS`, default 9000. */
  readonly shutdownTimeoutMs: number;
  /** `BROKER_URL`, such as kafka://127.0.0.1:9092; absent, nothing goes to a broker. */
  readonly brokerUrl?: string;
  /** Names of the processes whose commands are taken. `PROCESSES`; absent, all. */
  readonly hostedProcesses?: readonly string[];
  /** Names of the read models that may be led or are looked at here. `PROJECTIONS`; absent, all. */
  readonly hostedProjections?: readonly string[];
  /** Names of the flows that may be led here. `FLOWS`; absent, all. */
  readonly hostedFlows?: readonly string[];
  /** After so long without a sign of life a leader is replaced. `LEASE_TTL_MS`, default 10000. */
  readonly leaseTtlMs: number;
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`, such as http://127.0.0.1:4318; absent, nothing is traced. */
  readonly tracesUrl?: string;
}

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

type Environment = Readonly<Record<string, string | undefined>>;

const PRIORITY_MATRICES = Object.keys(
  priorityMatrices,
) as readonly EngineConfiguration['priorityMatrix'][];

/**
 * Reads the configuration from environment variables; an empty one counts as absent.
 *
 * @throws LedgerdeskError `invalid.configuration` that names the variable and what would be right.
 */
export function readConfiguration(environment: Environment): EngineConfiguration {
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const dataDir = read('DATA_DIR') ?? './.ledgerdesk';
  const eventStoreUrl = read('EVENT_STORE_URL') ?? `sqlite:${dataDir}`;
  const teamsFile = read('TEAMS_FILE');
  const brokerUrl = read('BROKER_URL');
  const tracesUrl = urlOf('OTEL_EXPORTER_OTLP_ENDPOINT', read('OTEL_EXPORTER_OTLP_ENDPOINT'));
  return {
    port: wholeNumber('PORT', read('PORT'), { fallback: 3000, min: 0, max: 65_535 }),
    host: read('HOST') ?? '127.0.0.1',
    dataDir,
    eventStoreUrl,
    // Read models that outlive their log would be those of another one at the next start.
    readStoreUrl: read('READ_STORE_URL') ?? readStoreBeside(eventStoreUrl, dataDir),
    auth: oneOf('AUTH', read('AUTH'), ['none'], 'none'),
    logLevel: oneOf('LOG_LEVEL', read('LOG_LEVEL'), LOG_LEVELS, 'info'),
    priorityMatrix: oneOf(
      'PRIORITY_MATRIX',
      read('PRIORITY_MATRIX'),
      PRIORITY_MATRICES,
      'servicenow-3x3',
    ),
    ...(teamsFile !== undefined && { teamsFile }),
    projectionLagMax: wholeNumber('PROJECTION_LAG_MAX', read('PROJECTION_LAG_MAX'), {
      fallback: 50_000,
      min: 1,
      max: 1_000_000_000,
    }),
    shutdownTimeoutMs: wholeNumber('SHUTDOWN_TIMEOUT_MS', read('SHUTDOWN_TIMEOUT_MS'), {
      fallback: 9_000,
      min: 100,
      max: 600_000,
    }),
    ...(brokerUrl !== undefined && { brokerUrl }),
    ...hostedOf(read),
    // Ten seconds and a look every fifth of them: a leader that was killed is replaced within 12 s.
    leaseTtlMs: wholeNumber('LEASE_TTL_MS', read('LEASE_TTL_MS'), {
      fallback: 10_000,
      min: 500,
      max: 600_000,
    }),
    ...(tracesUrl !== undefined && { tracesUrl }),
  };
}

type Hosted = Pick<EngineConfiguration, 'hostedProcesses' | 'hostedProjections' | 'hostedFlows'>;

function hostedOf(read: (name: string) => string | undefined): Hosted {
  const hostedProcesses = names('PROCESSES', read('PROCESSES'), processes);
  const hostedProjections = names('PROJECTIONS', read('PROJECTIONS'), readModels);
  const hostedFlows = names('FLOWS', read('FLOWS'), flows);
  return {
    ...(hostedProcesses && { hostedProcesses }),
    ...(hostedProjections && { hostedProjections }),
    ...(hostedFlows && { hostedFlows }),
  };
}

function names(
  variable: string,
  value: string | undefined,
  known: readonly { readonly name: string }[],
): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const given = [...new Set(value.split(',').map((name) => name.trim()))];
  const unknown = given.find((name) => !known.some((one) => one.name === name));
  if (unknown === undefined) return given;
  const all = known.map(({ name }) => name).join(', ');
  throw invalidConfiguration(
    variable,
    `${variable} names "${unknown}", which there is not; give names from ${all}, with commas`,
  );
}

function urlOf(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (URL.canParse(value) && /^https?:/.test(value)) return value;
  throw invalidConfiguration(name, `${name} is no URL; give one such as http://127.0.0.1:4318`);
}

function readStoreBeside(eventStoreUrl: string, dataDir: string): string {
  return eventStoreUrl === 'memory:' ? 'memory:' : `sqlite:${dataDir}`;
}

function oneOf<Word extends string>(
  name: string,
  value: string | undefined,
  words: readonly Word[],
  fallback: Word,
): Word {
  if (value === undefined) return fallback;
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  throw invalidConfiguration(name, `${name} is "${value}"; give ${words.join(', ')}`);
}

function wholeNumber(
  name: string,
  value: string | undefined,
  { fallback, min, max }: { readonly fallback: number; readonly min: number; readonly max: number },
): number {
  if (value === undefined) return fallback;
  const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw invalidConfiguration(
    name,
    `${name} is "${value}"; give a whole number from ${min} to ${max}`,
  );
}

/** `invalid.configuration` */
export function invalidConfiguration(variable: string, message: string): LedgerdeskError {
  return new LedgerdeskError('invalid.configuration', message, { details: { variable } });
}
