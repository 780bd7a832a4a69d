import { LedgerdeskError, type TicketSearch } from '@ledgerdesk/kernel';
import type { EventStore } from '@ledgerdesk/event-store';
import { parseFilter, type ReadStore } from '@ledgerdesk/read-store';
import type { ProjectionHost } from '../projection-host';

/** The tickets that a search found, and up to where the list held everything. */
export interface FoundTickets {
  readonly ids: readonly string[];
  readonly position: bigint;
  readonly isCut: boolean;
}

/** Finds tickets by what lists know of them. */
export interface TicketFinder {
  /** @throws LedgerdeskError `unavailable.projection-behind` */
  search(search: TicketSearch): Promise<FoundTickets>;
}

export interface ReadModelTicketFinderOptions {
  readonly readStore: Pick<ReadStore, 'find'>;
  readonly eventStore: Pick<EventStore, 'head'>;
  readonly projections: Pick<ProjectionHost, 'waitFor'>;
  /** How long a search may wait for the list to reach the log's head. Default 2,000. */
  readonly waitMs?: number;
}

/**
 * Searches the list of the process, `<process>-list`, once it holds all that was in the log when
 * the search began. Cost: that wait, and one page of the list.
 */
export class ReadModelTicketFinder implements TicketFinder {
  constructor(private readonly options: ReadModelTicketFinderOptions) {}

  async search({ process, filter, max }: TicketSearch): Promise<FoundTickets> {
    const { eventStore, projections, readStore, waitMs = 2_000 } = this.options;
    const list = `${process}-list`;
    const position = await eventStore.head();
    if (!(await projections.waitFor(list, position, waitMs))) throw behind(list, position);
    const { items } = await readStore.find(list, list, {
      filter: parseFilter(filter),
      limit: Math.min(max + 1, PAGE_MAX),
    });
    const ids = items.slice(0, max).map(({ id }) => id);
    return { ids, position, isCut: items.length > ids.length };
  }
}

const PAGE_MAX = 1_000;

function behind(list: string, position: bigint): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.projection-behind',
    `${list} did not reach position ${position} in time; send the command again in a moment`,
    { details: { projection: list, position: String(position) } },
  );
}
