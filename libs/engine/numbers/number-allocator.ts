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
  /** Highest number that any engine has reserved. */
  readonly to: number;
}

interface Block {
  next: number;
  readonly to: number;
}

/**
 * Gives out the numbers of one process (`INC-000123`), each once in the life of the store. Blocks
 * are reserved by events in `numbers-<process>` at an exact revision, so that several engines never
 * collide, and ahead of need, so that no command waits for one. A crash leaves a gap.
 */
export class NumberAllocator {
  private readonly stream: string;
  private readonly returned: number[] = [];
  private block: Block = { next: 1, to: 0 };
  private spare: Block | undefined;
  private reservation: Promise<void> | undefined;
  private reservedBlocks = 0;

  constructor(private readonly options: NumberAllocatorOptions) {
    this.stream = `numbers-${options.process}`;
  }

  /**
   * The next number. Waits only for the first block, and where the reservation ahead came too late.
   */
  async take(): Promise<string> {
    const returned = this.returned.pop();
    if (returned !== undefined) return this.format(returned);
    while (this.block.next > this.block.to) {
      if (this.spare === undefined) await this.reserveAhead();
      this.useSpare();
    }
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

  /** Waits for a reservation under way. */
  async close(): Promise<void> {
    await this.reservation?.catch(() => undefined);
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
        await this.appendReservation(end, block);
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

  private async appendReservation(end: StreamEnd, block: Block): Promise<void> {
    const { process, clock, newId, appender } = this.options;
    const payload = { process, from: block.next, to: block.to };
    const commandId = newId();
    const now = clock.now().toISOString();
    const events = sealEvents(
      [{ type: 'NumberBlockReserved', data: payload }],
      () => engineEvents.NumberBlockReserved.version,
      {
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
      },
    );
    const expectedRevision = end.revision < 0n ? 'no-stream' : end.revision;
    await appender.append({ stream: this.stream, expectedRevision, events });
  }

  private async readEnd(): Promise<StreamEnd> {
    const { eventStore, registry } = this.options;
    const rows = eventStore.readStream(this.stream, { direction: 'backwards', limit: 1 });
    for await (const row of rows) {
      const { revision, hash, data } = registry.decode(row);
      return { revision, hash, to: Number(data['to']) };
    }
    return { revision: -1n, hash: GENESIS_HASH, to: 0 };
  }

  private format(number: number): string {
    return `${this.options.prefix}-${String(number).padStart(6, '0')}`;
  }
}
