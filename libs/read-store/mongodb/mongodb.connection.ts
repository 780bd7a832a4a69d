import { MongoClient, type Collection, type Db, type Document } from 'mongodb';
import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { storeClosed } from '../read-store.errors';
import { findsNoServer, invalidUrl, isTransient, storeError } from './mongodb.errors';

const DEFAULT_DATABASE = 'ledgerdesk';
const SERVER_SELECTION_TIMEOUT_MS = 5_000;
/**
 * A connection that is silent for so long is given up: the driver by itself would wait for ever.
 */
const SOCKET_TIMEOUT_MS = 20_000;
/** Majority of the servers; longer than an election takes. */
const REPLICATION_TIMEOUT_MS = 15_000;
const PAUSE_MS = { first: 25, max: 1_000 } as const;

export interface MongoConnectionOptions {
  /**
   * How long a read is tried again while servers do not answer, in milliseconds. Default 5,000.
   */
  readonly readRetryMs?: number;
  /** The same for a write, which is to outlast an election. Default 30,000. */
  readonly writeRetryMs?: number;
}

/**
 * A client of one database. The driver repeats an operation once, and not always: all that runs
 * through {@link reading} and {@link writing} is repeated until its time is up, so it must do no
 * harm when it is done twice.
 */
export class MongoConnection {
  private readonly closing = new AbortController();
  private reopening: Promise<void> | undefined;

  private constructor(
    private readonly client: MongoClient,
    private readonly database: Db,
    /** Hosts and database, without user and password; for messages. */
    readonly place: string,
    private readonly retryMs: { readonly read: number; readonly write: number },
  ) {
    // As many as there are requests that wait for another try.
    setMaxListeners(0, this.closing.signal);
  }

  /**
   * Connects at the first operation.
   *
   * @throws LedgerdeskError `invalid.read-store-url`
   */
  static to(url: string, options: MongoConnectionOptions = {}): MongoConnection {
    const client = clientOf(url);
    const database = client.db(databaseOf(url, client));
    const place = `${client.options.hosts.join(',')}/${database.databaseName}`;
    const { readRetryMs = 5_000, writeRetryMs = 30_000 } = options;
    const retryMs = { read: readRetryMs, write: writeRetryMs };
    return new MongoConnection(client, database, `mongodb://${place}`, retryMs);
  }

  collection<Stored extends Document>(name: string): Collection<Stored> {
    return this.database.collection<Stored>(name);
  }

  /** @throws LedgerdeskError `unavailable.*`, `defect.read-store` */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    return this.repeated(this.retryMs.read, work);
  }

  /**
   * @param retryMs - for work that takes longer than a connection may be silent.
   * @throws LedgerdeskError `unavailable.*`, `defect.read-store`
   */
  async writing<T>(work: () => Promise<T>, retryMs = this.retryMs.write): Promise<T> {
    return this.repeated(retryMs, work);
  }

  async dropDatabase(): Promise<void> {
    await this.writing(() => this.database.dropDatabase());
  }

  assertOpen(): void {
    if (this.closing.signal.aborted) throw storeClosed();
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.reopening;
    await this.client.close();
  }

  private async repeated<T>(retryMs: number, work: () => Promise<T>): Promise<T> {
    const end = performance.now() + retryMs;
    for (let pauseMs: number = PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.max)) {
      this.assertOpen();
      try {
        return await work();
      } catch (error) {
        this.assertOpen();
        if (!isTransient(error) || performance.now() + pauseMs > end) {
          throw storeError(this.place, error);
        }
        if (findsNoServer(error)) await this.reopen();
      }
      await sleep(pauseMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
    }
  }

  /**
   * Lets the driver begin anew. Where it looks for its servers over a connection whose end it has
   * not heard of yet, it waits for ever for that one to drain (mongodb 7.9, `writeCommand`), and
   * would find no server again until the process ends. Operations of others that run meanwhile
   * break as if their connection had: they are repeated.
   */
  private async reopen(): Promise<void> {
    this.reopening ??= this.client
      .close()
      .then(() => this.client.connect())
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        this.reopening = undefined;
      });
    await this.reopening;
  }
}

function clientOf(url: string): MongoClient {
  const asked = new URLSearchParams(url.slice(url.indexOf('?') + 1).toLowerCase());
  const byDefault = (name: string, ms: number): Record<string, number> =>
    asked.has(name.toLowerCase()) ? {} : { [name]: ms };
  try {
    return new MongoClient(url, {
      appName: 'ledgerdesk',
      ...byDefault('serverSelectionTimeoutMS', SERVER_SELECTION_TIMEOUT_MS),
      ...byDefault('socketTimeoutMS', SOCKET_TIMEOUT_MS),
      writeConcern: { w: 'majority', wtimeoutMS: REPLICATION_TIMEOUT_MS },
      readPreference: 'primary',
    });
  } catch {
    throw invalidUrl();
  }
}

/** The driver's own default, `test`, is no name for what has to stay. */
function databaseOf(url: string, client: MongoClient): string {
  const named = /^mongodb(?:\+srv)?:\/\/[^/]*\/[^?]+/.test(url);
  return named ? client.options.dbName : DEFAULT_DATABASE;
}
