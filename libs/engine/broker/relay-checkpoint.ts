import { LOG_START, type EventStore, type StoredEvent } from '@ledgerdesk/event-store';
import { hasErrorCode, LedgerdeskError } from '@ledgerdesk/kernel';
import type { GenerationStatus, GenerationStore, ReadStore } from '@ledgerdesk/read-store';

/** What the relay keeps in the read store: only how far it is; the collection stays empty. */
const RELAY = {
  name: 'event-relay',
  version: 1,
  collections: [{ name: 'event-relay', fields: {} }],
} as const;

/** How far the log has been published. It may be behind what was, never ahead. */
export class RelayCheckpoint {
  private generation: GenerationStore | undefined;
  private stored = LOG_START;

  constructor(
    private readonly eventStore: Pick<EventStore, 'head' | 'readAll'>,
    private readonly readStore: Pick<
      ReadStore,
      'generations' | 'createGeneration' | 'openGeneration' | 'promote'
    >,
    /** Token of the lease under which it is written. */
    private readonly token?: number,
  ) {}

  /**
   * Position of the last event that was published and noted.
   *
   * @throws LedgerdeskError `corrupt.checkpoint-ahead`, `corrupt.other-log` where it is one of
   * another log.
   */
  async read(): Promise<bigint> {
    this.generation ??= await this.open();
    const [status] = await this.readStore.generations(RELAY.name);
    this.stored = await this.generation.checkpoint();
    if (status !== undefined) await assertOfThisLog(this.eventStore, status);
    return this.stored;
  }

  /**
   * @throws LedgerdeskError `conflict.checkpoint` and `conflict.fenced` where another relay leads
   * by now.
   */
  async advance(position: bigint, last: StoredEvent | undefined): Promise<void> {
    this.generation ??= await this.open();
    if (position <= this.stored) return;
    await this.generation.write({
      changes: new Map(),
      after: this.stored,
      checkpoint: position,
      ...(last !== undefined && { mark: { position: last.position, hash: last.hash } }),
      ...(this.token !== undefined && { fence: this.token }),
    });
    this.stored = position;
  }

  private async open(): Promise<GenerationStore> {
    const [known] = await this.readStore.generations(RELAY.name);
    if (known !== undefined) return this.readStore.openGeneration(RELAY, known.generation);
    const created = await this.readStore.createGeneration(RELAY);
    await this.readStore.promote(RELAY.name, created.info.generation);
    return created;
  }
}

// A relay that went on in another log would leave out what that one holds before the checkpoint.
async function assertOfThisLog(
  eventStore: Pick<EventStore, 'head' | 'readAll'>,
  { checkpoint, mark }: GenerationStatus,
): Promise<void> {
  const head = await eventStore.head();
  if (checkpoint > head) throw otherLog('corrupt.checkpoint-ahead', checkpoint);
  if (mark === undefined) return;
  const marked = { after: mark.position - 1n, until: mark.position, limit: 1 };
  for await (const { hash } of eventStore.readAll(marked)) if (hash === mark.hash) return;
  throw otherLog('corrupt.other-log', checkpoint);
}

function otherLog(
  code: 'corrupt.checkpoint-ahead' | 'corrupt.other-log',
  checkpoint: bigint,
): LedgerdeskError {
  return new LedgerdeskError(
    code,
    `the relay has published a log up to position ${checkpoint} that is not this one; nothing more ` +
      'is published. Give the services an empty READ_STORE_URL to publish this log from its start',
    { details: { checkpoint: String(checkpoint) } },
  );
}

/** Another relay leads by now: what it has noted is not to be overtaken. */
export function isOvertaken(error: unknown): boolean {
  return hasErrorCode(error, 'conflict.fenced');
}
