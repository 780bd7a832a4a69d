import { sha256 } from '@ledgerdesk/engine';
import { LOG_START, type EventStore, type StoredEvent } from '@ledgerdesk/event-store';
import { GENESIS_HASH, isLedgerdeskError, type EventRegistry } from '@ledgerdesk/kernel';
import { StreamChains } from './verify-chain';
import { faultOf, verifyEvent, type Fault } from './verify-event';

/** How far a stream went when somebody else looked: a read model, a published list of heads. */
export interface StreamHead {
  readonly stream: string;
  readonly revision: bigint;
  /** Global position of that revision: one that was written during the run is passed over. */
  readonly position?: bigint;
}

/** The whole log up to a position in 64 hexadecimal digits: what an auditor keeps elsewhere. */
export interface LogAnchor {
  readonly position: bigint;
  /** `digest(n) = SHA-256(digest(n-1) + hash(n))` over the hashes in log order, from 64 zeros. */
  readonly digest: string;
}

export interface VerifyOptions {
  readonly eventStore: EventStore;
  readonly registry: EventRegistry;
  /** Only this stream. The order of the whole log and anchors are not checked then. */
  readonly stream?: string;
  /** Revisions that streams must have reached: finds a history whose tail was cut off. */
  readonly witnesses?: AsyncIterable<StreamHead>;
  /** From an earlier report: finds any change before it, also one that recomputed every hash. */
  readonly anchor?: LogAnchor;
  readonly onProgress?: (eventsDone: number) => void;
  readonly signal?: AbortSignal;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly events: number;
  readonly streams: number;
  /** In log order, so that the first altered event comes first. At most {@link FAULTS_MAX}. */
  readonly faults: readonly Fault[];
  /** How many there are in all. */
  readonly faultCount: number;
  /**
   * Keep it outside the log's reach and give it to the next run. Null where one stream was
   * verified.
   */
  readonly anchor: LogAnchor | null;
}

/** Faults that a report lists; further ones are only counted. */
export const FAULTS_MAX = 1000;

const PROGRESS_EVENTS = 1000;

/**
 * Recomputes every hash and walks every chain: any change to what is recorded is found, and the
 * first altered event is named. What hashes alone cannot show (a whole chain that was recomputed, a
 * tail that was cut off) is found with `anchor` or `witnesses`. Streams the log, one page at a
 * time; memory grows by 75 to 150 bytes for each stream. Cost: about 15 µs for each event.
 *
 * Never throws because of what it finds in the log; `unavailable.*` of the store goes through.
 */
export async function verifyLog(options: VerifyOptions): Promise<VerifyReport> {
  const walk = new Walk(options);
  const { eventStore, stream } = options;
  const head = await eventStore.head();
  if (stream !== undefined) {
    await walk.all(eventStore.readStream(stream));
    await walk.reportForgetfulStreams();
    if (options.witnesses !== undefined) await walk.compareWithWitnesses(options.witnesses, head);
    return walk.report(null);
  }
  await walk.all(eventStore.readAll({ until: head }));
  await walk.reportForgetfulStreams();
  await walk.compareWithStatistics(head);
  if (options.witnesses !== undefined) await walk.compareWithWitnesses(options.witnesses, head);
  return walk.report(walk.anchor());
}

class Walk {
  private readonly chains = new StreamChains();
  private readonly faults: Fault[] = [];
  private faultCount = 0;
  private events = 0;
  private position = LOG_START;
  private digest = GENESIS_HASH;
  private isAnchorPassed: boolean;

  constructor(private readonly options: VerifyOptions) {
    this.isAnchorPassed = options.anchor === undefined || options.stream !== undefined;
  }

  async all(events: AsyncIterable<StoredEvent>): Promise<void> {
    try {
      for await (const event of events) {
        this.options.signal?.throwIfAborted();
        this.checkAnchor(event.position);
        this.take(event);
        if (this.events % PROGRESS_EVENTS === 0) this.options.onProgress?.(this.events);
      }
    } catch (error) {
      // A store that finds its own file damaged has found a fault: report it, with what was read.
      if (!isLedgerdeskError(error) || error.kind !== 'corrupt') throw error;
      this.addWholeLog('unreadable', `reading stopped: ${error.message}`);
    }
    this.options.onProgress?.(this.events);
    this.checkAnchor(null);
  }

  /** A store that counts its events and streams itself must come to the same numbers. */
  async compareWithStatistics(head: bigint): Promise<void> {
    const counted = await this.options.eventStore.statistics();
    if ((await this.options.eventStore.head()) !== head) return;
    if (counted.events === this.events && counted.streams === this.chains.streams) return;
    this.addWholeLog(
      'stream-head-mismatch',
      `the store counts ${counted.events} events in ${counted.streams} streams, ` +
        `${this.events} in ${this.chains.streams} are there: whole events were taken away or added`,
    );
  }

  async compareWithWitnesses(witnesses: AsyncIterable<StreamHead>, head: bigint): Promise<void> {
    for await (const { stream, revision, position: at = LOG_START } of witnesses) {
      if (this.options.stream !== undefined && this.options.stream !== stream) continue;
      // Written since the walk began: nothing is known of it, unless the log ends before it.
      if (at > head && at <= (await this.options.eventStore.head())) continue;
      const last = this.chains.revisionOf(stream);
      if (last !== undefined && last >= revision) continue;
      const found = last === undefined ? 'it is not there' : `it ends at revision ${last}`;
      const message = `it once had revision ${revision}, now ${found}: its tail was cut off`;
      this.add({ kind: 'stream-head-mismatch', stream, revision, position: null, message });
    }
  }

  /** Nothing may be missing yet, but the server is told to let it go. */
  async reportForgetfulStreams(): Promise<void> {
    const forgetful = (await this.options.eventStore.forgetfulStreams?.()) ?? [];
    for (const { stream, reason } of forgetful) {
      if (this.options.stream !== undefined && this.options.stream !== stream) continue;
      const message = `its metadata lets events vanish: ${reason}`;
      this.add({ kind: 'stream-retention', stream, revision: null, position: null, message });
    }
  }

  anchor(): LogAnchor {
    return { position: this.position, digest: this.digest };
  }

  report(anchor: LogAnchor | null): VerifyReport {
    return {
      ok: this.faultCount === 0,
      events: this.events,
      streams: this.chains.streams,
      faults: this.faults,
      faultCount: this.faultCount,
      anchor,
    };
  }

  private take(event: StoredEvent): void {
    const { sealed, faults } = verifyEvent(event, this.options.registry);
    if (this.options.stream === undefined && event.position <= this.position) {
      this.add(faultOf('position-order', event, `it stands behind position ${this.position}`));
    }
    for (const fault of faults) this.add(fault);
    for (const fault of this.chains.link(event, sealed)) this.add(fault);
    this.position = event.position;
    this.digest = sha256(this.digest + event.hash);
    this.events += 1;
  }

  /** Called before the event at `next` is taken; null behind the last one. */
  private checkAnchor(next: bigint | null): void {
    const { anchor } = this.options;
    if (this.isAnchorPassed || anchor === undefined) return;
    if (next !== null && next <= anchor.position) return;
    this.isAnchorPassed = true;
    if (this.position === anchor.position && this.digest === anchor.digest) return;
    this.addWholeLog(
      'anchor-mismatch',
      `the log up to position ${anchor.position} is not the one that was anchored`,
    );
  }

  private addWholeLog(kind: Fault['kind'], message: string): void {
    this.add({ kind, stream: null, revision: null, position: null, message });
  }

  private add(fault: Fault): void {
    this.faultCount += 1;
    if (this.faults.length < FAULTS_MAX) this.faults.push(fault);
  }
}
