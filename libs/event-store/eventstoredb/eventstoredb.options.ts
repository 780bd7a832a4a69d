import { LedgerdeskError } from '@ledgerdesk/kernel';

/** Every bound of the adapter. Times in milliseconds. Each is a parameter of the URL. */
export interface EventStoreDbSettings {
  /** Data, metadata and types of one append, in bytes: the server's own limit. */
  readonly appendBytesMax: number;
  /** After that the answer to one sending of an append counts as lost. */
  readonly appendTimeoutMs: number;
  /** How often an append is sent before its outcome is left open. */
  readonly appendTriesMax: number;
  /** After that a page that is being read counts as lost. */
  readonly readTimeoutMs: number;
  /** How often a page is asked for before the store counts as unreachable. */
  readonly readTriesMax: number;
  /** First wait before another try; doubled up to twenty times that. */
  readonly retryDelayMs: number;
  /** How often the head of the log is compared with what the live subscription has seen. */
  readonly stallCheckMs: number;
  /** How long opening waits until the retention of all streams has been looked at. */
  readonly retentionCheckMs: number;
}

const DEFAULT_SETTINGS: EventStoreDbSettings = {
  appendBytesMax: 1024 * 1024,
  appendTimeoutMs: 2_500,
  appendTriesMax: 3,
  readTimeoutMs: 5_000,
  readTriesMax: 3,
  retryDelayMs: 50,
  stallCheckMs: 5_000,
  retentionCheckMs: 30_000,
};

/** Where the cluster is, and how the adapter is to behave. */
export interface EventStoreDbLocation {
  /** For the client: without the adapter's own parameters. */
  readonly connectionString: string;
  readonly settings: EventStoreDbSettings;
}

const SCHEME = /^(esdb|kurrentdb|kurrent|kdb)(\+discover)?:\/\//;
const NUMBER_MAX = 1_000_000_000;

/**
 * Reads a URL such as `esdb://user:password@host:2113?tls=true`. Parameters with the name of a
 * setting are the adapter's, all others the client's.
 *
 * @throws LedgerdeskError `invalid.event-store-url`, without the URL: it may hold a password.
 */
export function parseLocation(url: string): EventStoreDbLocation {
  const discover = SCHEME.exec(url)?.[2];
  if (!SCHEME.test(url)) throw invalidLocation('the scheme is none of esdb and kurrentdb');
  const [address, query = ''] = splitAt(url.replace(SCHEME, ''), '?');
  if (address === '') throw invalidLocation('the host is missing');
  const parameters = new URLSearchParams(query);
  const settings = takeSettings(parameters);
  const rest = parameters.toString();
  const scheme = `esdb${discover ?? ''}`;
  return {
    connectionString: `${scheme}://${address}${rest === '' ? '' : `?${rest}`}`,
    settings,
  };
}

/** `invalid.event-store-url` */
export function invalidLocation(reason: string, cause?: unknown): LedgerdeskError {
  return new LedgerdeskError(
    'invalid.event-store-url',
    `The address of EventStoreDB cannot be used: ${reason}; ` +
      'give esdb://<host>:<port>?tls=<true or false>.',
    { details: { reason }, ...(cause !== undefined && { cause }) },
  );
}

function takeSettings(parameters: URLSearchParams): EventStoreDbSettings {
  const settings: Record<string, number> = { ...DEFAULT_SETTINGS };
  for (const name of Object.keys(settings)) {
    const text = parameters.get(name);
    if (text === null) continue;
    parameters.delete(name);
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= 1 && value <= NUMBER_MAX)) {
      throw invalidLocation(`${name} is no whole number from 1 to ${NUMBER_MAX}`);
    }
    settings[name] = value;
  }
  return settings as unknown as EventStoreDbSettings;
}

function splitAt(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
