import type { EventStore } from '@ledgerdesk/event-store';
import {
  canonicalJson,
  GENESIS_HASH,
  hasErrorCode,
  LedgerdeskError,
  type EventRegistry,
} from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { CertainAppend } from '../commands/certain-append';
import { sealEvents } from '../commands/event-sealing';
import { sha256 } from '../ids';
import { engineEvents } from './engine-events';

/** Numbers of one reservation. */
export const NUMBER_BLOCK_SIZE = 100;

/** Other engines that may take the block before us, one after another, until we give up. */
const RESERVATION_TRIES_MAX = 50;

export interface NumberAllocatorOptions {
  readonly process: string;
  readonly prefix: string;
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly appender: Pick<CertainAppend, 'append'>;
  readonly registry: EventRegistry;
  readonly clock: Clock;
  readonly newId: () => string;
}

interface StreamEnd {
  readonly revision: bigint;
  readonly hash: string;
  /** Highest number that any engine has reserved and none has given back. */
  readonly to: number;
}

interface Block {
  next: number;
  readonly to: number;
}

/**
 * Gives out the numbers of one process (`INC-000123`), each once in the life of the store. Blocks
 * are reserved by events in `numbers-<process>` at an exact revision, so that several engines never
 * collide, and ahead of need, so that no command waits for one. A stop gives back what was reserved
 * last and not used; a crash leaves a gap.
 */
export class NumberAllocator {
  private readonly stream: string;
  private readonly returned: number[] = [];
  private block: Block = { next: 1, to: 0 };
  private spare: Block | undefined;
  private reservation: Promise<void> | undefined;
  private closing: Promise<void> | undefined;
  private reservedBlocks = 0;

  constructor(private readonly options: NumberAllocatorOptions) {
    this.stream = `numbers-${options.process}`;
  }

  /**
   * The next number. Waits only for the first block, and where the reservation ahead came too late.
   *
   * @throws LedgerdeskError `unavailable.shutting-down` once closed, `unavailable.numbers`, and
   * what the append of a reservation gives.
   */
  async take(): Promise<string> {
    for (;;) {
      const number = this.takeAtHand();
      if (number !== undefined) return number;
      await this.reserveAhead();
    }
  }

  /**
   * The next number; undefined where that has to be waited for.
   *
   * @throws LedgerdeskError `unavailable.shutting-down` once closed
   */
  takeAtHand(): string | undefined {
    if (this.closing !== undefined) throw closedError();
    const returned = this.returned.pop();
    if (returned !== undefined) return this.format(returned);
    this.useSpare();
    if (this.block.next > this.block.to) return undefined;
    const number = this.block.next;
    this.block.next += 1;
    if (this.isHalfUsed()) this.startReservation();
    return this.format(number);
  }

  /** Takes back a number that no event names, so that a refused command leaves no gap. */
  giveBack(number: string): void {
    if (this.returned.length >= NUMBER_BLOCK_SIZE) return;
    this.returned.push(Number(number.slice(this.options.prefix.length + 1)));
  }

  get blocks(): number {
    return this.reservedBlocks;
  }

  /**
   * Gives out no more, waits for a reservation under way, and gives back the numbers that nobody
   * has reserved behind. To be called once no command is under way. Idempotent.
   */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    await this.reservation?.catch(() => undefined);
    // Where it fails, the numbers stay a gap.
    await this.returnUnused().catch(() => undefined);
  }

  // Safe because these numbers are forgotten here before they are offered, and because the event
  // takes its place only right behind the one that was read: whoever reserves next sees it, and
  // whoever has reserved since keeps it out.
  private async returnUnused(): Promise<void> {
    const unused = this.forgetUnused();
    if (unused.next > unused.to) return;
    const end = await this.readEnd();
    if (end.to === unused.to) await this.append('NumberBlockReturned', end, unused);
  }

  /** The numbers up to the last one reserved that no event names, without a gap among them. */
  private forgetUnused(): Block {
    const { block, spare } = this;
    const returned = new Set(this.returned);
    this.block = { next: 1, to: 0 };
    this.spare = undefined;
    this.returned.length = 0;
    // Another engine's block may lie between the two.
    if (spare !== undefined && spare.next !== block.to + 1) return spare;
    let { next } = block;
    while (returned.has(next - 1)) next -= 1;
    return { next, to: spare?.to ?? block.to };
  }

  private isHalfUsed(): boolean {
    const left = this.block.to - this.block.next + 1;
    return this.spare === undefined && left <= NUMBER_BLOCK_SIZE / 2;
  }

  private useSpare(): void {
    if (this.spare === undefined) return;
    if (this.block.next <= this.block.to) return;
    this.block = this.spare;
    this.spare = undefined;
  }

  private startReservation(): void {
    // Should it fail, the command that finds no number left tries again and gets the error.
    void this.reserveAhead().catch(() => undefined);
  }

  private reserveAhead(): Promise<void> {
    this.reservation ??= this.reserve()
      .then((block) => {
        this.spare = block;
        this.reservedBlocks += 1;
      })
      .finally(() => {
        this.reservation = undefined;
      });
    return this.reservation;
  }

  private async reserve(): Promise<Block> {
    for (let tries = 1; tries <= RESERVATION_TRIES_MAX; tries += 1) {
      const end = await this.readEnd();
      const block = { next: end.to + 1, to: end.to + NUMBER_BLOCK_SIZE };
      try {
        await this.append('NumberBlockReserved', end, block);
        return block;
      } catch (error) {
        if (!hasErrorCode(error, 'conflict.revision')) throw error;
      }
    }
    throw new LedgerdeskError(
      'unavailable.numbers',
      `other engines took ${RESERVATION_TRIES_MAX} blocks of ${this.options.process} numbers ` +
        'before us; nothing was written, try again',
      { details: { process: this.options.process } },
    );
  }

  private async append(
    type: keyof typeof engineEvents,
    end: StreamEnd,
    block: Block,
  ): Promise<void> {
    const { process, clock, newId, appender } = this.options;
    const payload = { process, from: block.next, to: block.to };
    const commandId = newId();
    const now = clock.now().toISOString();
    const events = sealEvents([{ type, data: payload }], () => engineEvents[type].version, {
      stream: this.stream,
      revision: end.revision,
      hash: end.hash,
      occurredAt: now,
      recordedAt: now,
      metadata: {
        tenant: 'system',
        actor: 'ledgerdesk',
        onBehalfOf: null,
        origin: { kind: 'system', id: 'number-allocator', version: '1' },
        correlationId: commandId,
        causationId: null,
        commandId,
        commandDigest: sha256(canonicalJson(payload)),
      },
    });
    const expectedRevision = end.revision < 0n ? 'no-stream' : end.revision;
    await appender.append({ stream: this.stream, expectedRevision, events });
  }

  private async readEnd(): Promise<StreamEnd> {
    const { eventStore, registry } = this.options;
    const rows = eventStore.readStream(this.stream, { direction: 'backwards', limit: 1 });
    for await (const row of rows) {
      const { type, revision, hash, data } = registry.decode(row);
      const to = type === 'NumberBlockReturned' ? Number(data['from']) - 1 : Number(data['to']);
      return { revision, hash, to };
    }
    return { revision: -1n, hash: GENESIS_HASH, to: 0 };
  }

  private format(number: number): string {
    return `${this.options.prefix}-${String(number).padStart(6, '0')}`;
  }
}

function closedError(): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.shutting-down',
    'the engine is stopping and gives out no more numbers; nothing was written, try again',
  );
}
