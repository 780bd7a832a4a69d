import { hasErrorKind } from '@ledgerdesk/kernel';
import type { EventStore } from '@ledgerdesk/event-store';
import type { ReadStore } from '@ledgerdesk/read-store';
import { LRUCache } from 'lru-cache';
import type { ProjectionHost } from '../projection-host';

/** Finds a ticket by the number that people use. */
export interface TicketNumbers {
  /** The ticket's id; undefined where no ticket has the number. */
  find(process: string, number: string): Promise<string | undefined>;
  /** Notes the number of a ticket that is known here, so that it need not be looked up. */
  remember?(process: string, number: string, id: string): void;
}

export interface ReadModelTicketNumbersOptions {
  readonly readStore: Pick<ReadStore, 'find'>;
  readonly eventStore: Pick<EventStore, 'head'>;
  readonly projections: Pick<ProjectionHost, 'waitFor'>;
  /** How long an unknown number may wait for the list to reach the log's head. Default 2,000. */
  readonly waitMs?: number;
  /** How many numbers are kept at hand. Default 20,000. */
  readonly rememberedMax?: number;
}

/**
 * Looks numbers up in the process's list, `<process>-list`. A number that is not found there may
 * belong to a ticket of a moment ago: then it waits, bounded, until the list has caught up.
 */
export class ReadModelTicketNumbers implements TicketNumbers {
  private readonly remembered: LRUCache<string, string>;
  private readonly waitMs: number;

  constructor(private readonly options: ReadModelTicketNumbersOptions) {
    this.waitMs = options.waitMs ?? 2000;
    this.remembered = new LRUCache({ max: options.rememberedMax ?? 20_000 });
  }

  /** @throws LedgerdeskError `unavailable.projection` while the list has never been built. */
  async find(process: string, number: string): Promise<string | undefined> {
    const known = this.remembered.get(keyOf(process, number));
    if (known !== undefined) return known;
    const list = `${process}-list`;
    const id =
      (await this.lookUp(list, number).catch(undefinedWhileUnavailable)) ??
      (await this.lookUpOnceCaughtUp(list, number));
    if (id !== undefined) this.remember(process, number, id);
    return id;
  }

  /** A number never moves to another ticket, so what is remembered stays true. */
  remember(process: string, number: string, id: string): void {
    this.remembered.set(keyOf(process, number), id);
  }

  private async lookUpOnceCaughtUp(list: string, number: string): Promise<string | undefined> {
    const head = await this.options.eventStore.head();
    await this.options.projections.waitFor(list, head, this.waitMs);
    return this.lookUp(list, number);
  }

  private async lookUp(list: string, number: string): Promise<string | undefined> {
    const { items } = await this.options.readStore.find(list, list, {
      filter: { number },
      limit: 1,
    });
    return items[0]?.id;
  }
}

function keyOf(process: string, number: string): string {
  return `${process} ${number}`;
}

function undefinedWhileUnavailable(error: unknown): undefined {
  if (!hasErrorKind(error, 'unavailable')) throw error;
}
