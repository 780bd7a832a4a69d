import {
  FLOW_INSTANCES,
  FLOW_INSTANCES_BY_FLOW,
  FLOW_TIMERS,
  FLOW_TIMERS_BY_FLOW,
  type ReadDocument,
} from '@ledgerdesk/kernel';
import type { ReadStoreReader } from '@ledgerdesk/read-store';
import type { ProjectionHost } from '../projection-host';
import type { DueTimer, FlowCounts, FlowIndex } from './flow-index.port';

const PAGE_SIZE = 500;

/** Flows that are counted. */
const FLOWS_MAX = 1_000;

/** How long one question waits for the projections. */
const REACH_TIMEOUT_MS = 5_000;

/** Finds instances and timers in the read models `flow-instances` and `flow-timers`. */
export class ReadModelFlowIndex implements FlowIndex {
  constructor(
    private readonly readStore: Pick<ReadStoreReader, 'find'>,
    private readonly projections: Pick<ProjectionHost, 'waitFor'>,
    /** Finds only those of this flow. Default: of all. */
    private readonly flow?: string,
  ) {}

  // Also for an empty log: until a first generation serves, nothing can be asked.
  async reached(position: bigint): Promise<boolean> {
    const [instances, timers] = await Promise.all([
      this.projections.waitFor(FLOW_INSTANCES, position, REACH_TIMEOUT_MS),
      this.projections.waitFor(FLOW_TIMERS, position, REACH_TIMEOUT_MS),
    ]);
    return instances && timers;
  }

  async *unfinished(): AsyncGenerator<string, void, undefined> {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<ReadStoreReader['find']>> = await this.readStore.find(
        FLOW_INSTANCES,
        FLOW_INSTANCES,
        {
          filter: { hasOpenCommands: true, ...this.ofFlow() },
          limit: PAGE_SIZE,
          ...(cursor !== null && { cursor }),
        },
      );
      for (const { id } of page.items) yield id;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  async due(by: string, limit: number): Promise<readonly DueTimer[]> {
    const { items } = await this.readStore.find(FLOW_TIMERS, FLOW_TIMERS, {
      filter: { dueAt: { $lte: by }, ...this.ofFlow() },
      sort: { field: 'dueAt', direction: 'ascending' },
      limit: Math.min(limit, 1_000),
    });
    return items.map(({ document }) => dueTimerOf(document));
  }

  async nextDue(after: string): Promise<string | undefined> {
    const { items } = await this.readStore.find(FLOW_TIMERS, FLOW_TIMERS, {
      filter: { dueAt: { $gt: after }, ...this.ofFlow() },
      sort: { field: 'dueAt', direction: 'ascending' },
      limit: 1,
    });
    const first = items[0];
    return first === undefined ? undefined : dueTimerOf(first.document).dueAt;
  }

  counts(): Promise<ReadonlyMap<string, FlowCounts>> {
    return flowCountsOf(this.readStore);
  }

  private ofFlow(): { readonly flow?: string } {
    return this.flow === undefined ? {} : { flow: this.flow };
  }
}

/** Sums by flow, from the read models. @throws LedgerdeskError `unavailable.projection` */
export async function flowCountsOf(
  readStore: Pick<ReadStoreReader, 'find'>,
): Promise<ReadonlyMap<string, FlowCounts>> {
  const [instances, timers] = await Promise.all([
    readStore.find(FLOW_INSTANCES, FLOW_INSTANCES_BY_FLOW, { limit: FLOWS_MAX }),
    readStore.find(FLOW_TIMERS, FLOW_TIMERS_BY_FLOW, { limit: FLOWS_MAX }),
  ]);
  const counts = new Map<string, FlowCounts>();
  for (const { id, document } of [...instances.items, ...timers.items]) {
    const known = counts.get(id) ?? { open: 0, parked: 0, timers: 0 };
    counts.set(id, {
      open: known.open + amountOf(document, 'open'),
      parked: known.parked + amountOf(document, 'parked'),
      timers: known.timers + amountOf(document, 'timers'),
    });
  }
  return counts;
}

function amountOf(document: ReadDocument, name: string): number {
  const amount = document[name];
  return typeof amount === 'number' ? amount : 0;
}

function dueTimerOf(document: ReadDocument): DueTimer {
  const text = (name: string): string => document[name] as string;
  return { stream: text('stream'), name: text('name'), dueAt: text('dueAt'), setBy: text('setBy') };
}
