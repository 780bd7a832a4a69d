import {
  noTracing,
  type Engine,
  type LeasedEventRelayFigures,
  type Tracing,
} from '@ledgerdesk/engine';
import type { ConsumptionFigures } from '@ledgerdesk/messaging';

/** Where the API writes what an operator has to know; pino fits. */
export interface HttpLog {
  error(particulars: object, message: string): void;
  warn(particulars: object, message: string): void;
  info(particulars: object, message: string): void;
}

/** Every bound of the HTTP API. Sizes in bytes, times in milliseconds. */
export interface HttpLimits {
  /** Of a JSON body; more is 413. */
  readonly bodyBytesMax: number;
  /** Of an attachment; more is 413. */
  readonly blobBytesMax: number;
  /** How much of a body that is too large is still read, so that the client sees the answer. */
  readonly discardBytesMax: number;
  /** For the whole request to arrive. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly bulkRowsMax: number;
  /** Rows of one bulk request that are under way at the same time. */
  readonly bulkRowsAtOnce: number;
  /** How long a reader waits for a position where it does not say. */
  readonly minPositionTimeoutMs: number;
  /** The longest that it may say. */
  readonly minPositionTimeoutMaxMs: number;
  readonly eventsPageMax: number;
  readonly feedClientsMax: number;
  /** A live-feed client that takes nothing for so long is cut off. */
  readonly feedStallMs: number;
  readonly feedHeartbeatMs: number;
  /** Commands are refused with 429 while a projection is further behind than that. */
  readonly projectionLagMax: number;
  /** How often the lag is looked at. */
  readonly projectionLookMs: number;
}

/** Bounds that fit one machine and its desk. */
export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  bodyBytesMax: 1024 * 1024,
  blobBytesMax: 25 * 1024 * 1024,
  discardBytesMax: 32 * 1024 * 1024,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 72_000,
  bulkRowsMax: 500,
  bulkRowsAtOnce: 16,
  minPositionTimeoutMs: 2_000,
  minPositionTimeoutMaxMs: 10_000,
  eventsPageMax: 1000,
  feedClientsMax: 100,
  feedStallMs: 15_000,
  feedHeartbeatMs: 15_000,
  projectionLagMax: 50_000,
  projectionLookMs: 250,
};

/** What the HTTP API serves, and within which bounds. */
export interface HttpApiOptions {
  /** Stays the caller's: it is closed after the API. */
  readonly engine: Engine;
  readonly log: HttpLog;
  /** Of the build: stands in the origin of each event and in the OpenAPI document. */
  readonly version: string;
  /** Default `default`: the API serves one tenant. */
  readonly tenant?: string;
  /**
   * Which `Host` a request may name; others are `denied.host`. `loopback` is for an API without
   * authentication. Default `any`.
   */
  readonly acceptedHosts?: AcceptedHosts;
  readonly limits?: Partial<HttpLimits>;
  /** What is served beside health and metrics. Default: both. */
  readonly surfaces?: readonly HttpSurface[];
  /** Names of the processes whose commands are taken. Default: all of the engine. */
  readonly hostedProcesses?: readonly string[];
  /** What this process leads at present, for health and metrics. Default: nothing is shown. */
  readonly leading?: () => readonly LedThing[];
  /** How it stands with the message broker, for health and metrics. Default: nothing is shown. */
  readonly broker?: () => BrokerStatus;
  /** Default: nothing is traced. */
  readonly tracing?: Tracing;
}

/** What this process does over the message broker. */
export interface BrokerStatus {
  readonly relay?: LeasedEventRelayFigures;
  readonly commands?: ConsumptionFigures;
}

type AcceptedHosts = 'any' | 'loopback';

/** `commands`: whatever changes something. `queries`: whatever is read. */
export type HttpSurface = 'commands' | 'queries';

/** Something that one process at a time leads, under the token of its lease. */
export interface LedThing {
  readonly kind: 'projection' | 'flow';
  readonly name: string;
  readonly token: number;
}

/** The options with all defaults filled in. */
export interface HttpApiSettings {
  readonly engine: Engine;
  readonly log: HttpLog;
  readonly version: string;
  readonly tenant: string;
  readonly acceptedHosts: AcceptedHosts;
  readonly limits: HttpLimits;
  readonly surfaces: readonly HttpSurface[];
  readonly hostedProcesses: readonly string[];
  /** Undefined where the process leads nothing by leases. */
  readonly leading: (() => readonly LedThing[]) | undefined;
  /** Undefined where the process has no broker. */
  readonly broker: (() => BrokerStatus) | undefined;
  readonly tracing: Tracing;
}

/** Injection token of {@link HttpApiSettings}. */
export const HTTP_API_SETTINGS = Symbol('ledgerdesk.http-api-settings');

/** Fills in the defaults. */
export function httpApiSettings(options: HttpApiOptions): HttpApiSettings {
  return {
    engine: options.engine,
    log: options.log,
    version: options.version,
    tenant: options.tenant ?? 'default',
    acceptedHosts: options.acceptedHosts ?? 'any',
    limits: { ...DEFAULT_HTTP_LIMITS, ...options.limits },
    surfaces: options.surfaces ?? ['commands', 'queries'],
    hostedProcesses: options.hostedProcesses ?? [...options.engine.processes.keys()],
    leading: options.leading,
    broker: options.broker,
    tracing: options.tracing ?? noTracing,
  };
}
