import type { EventStore } from '@ledgerdesk/event-store';
import {
  FLOW_INSTANCES,
  FLOW_TIMERS,
  flowStream,
  type EventRegistry,
  type FlowDefinition,
} from '@ledgerdesk/kernel';
import type { ReadStoreReader } from '@ledgerdesk/read-store';
import type { Clock } from '../clock';
import { eventsBetween } from '../log-lag';
import { CertainAppend } from '../commands/certain-append';
import { DEFAULT_COMMAND_LIMITS } from '../commands/command-limits';
import { FlowCatalogue } from './flow-catalogue';
import { storedFlowCheckpoints } from './flow-checkpoints';
import { FlowCountStore } from './flow-count-store';
import { FlowInstanceStore } from './flow-instance-store';
import { FlowOperations } from './flow-operations';
import {
  instanceRowOf,
  instanceViewOf,
  timerRowOf,
  type FlowHistoryEntry,
  type FlowInstanceRow,
  type FlowInstanceView,
  type FlowPage,
  type FlowSummary,
  type FlowTimerRow,
} from './flow-views';
import { flowCountsOf } from './read-model-flow-index';

export interface FlowDeskOptions {
  readonly readStore: Pick<ReadStoreReader, 'find'>;
  readonly eventStore: Pick<
    EventStore,
    'head' | 'readStream' | 'streamMetadata' | 'positionsPerEvent'
  >;
  readonly registry: Pick<EventRegistry, 'decode'>;
  readonly flows: ReadonlyMap<string, FlowDefinition>;
  readonly operations: FlowOperations;
  /** How far flows have read the log. Default: what is stored, which may be a second behind. */
  readonly checkpoints?: () => Promise<ReadonlyMap<string, bigint>>;
}

/** What every list of the desk takes. */
export interface FlowPageQuery {
  /** 1 to 1,000. Default 50. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface FlowInstanceQuery extends FlowPageQuery {
  readonly flow: string;
  readonly status?: 'open' | 'parked';
}

export interface FlowTimerQuery extends FlowPageQuery {
  readonly flow?: string;
}

/** A page of the history of an instance. */
export interface FlowHistoryQuery {
  /** Exclusive; default: from the first event. */
  readonly after?: bigint;
  /** Default 100. */
  readonly limit?: number;
}

/** Rows of a page, and events of a history, at the most. */
export const FLOW_PAGE_MAX = 1_000;
const PAGE_DEFAULT = 50;
const HISTORY_DEFAULT = 100;
const CACHED_INSTANCES_MAX = 100;

/**
 * Shows operators how flows stand: which there are, which instances wait for what and since when,
 * which timers run. What they do about it is in {@link FlowDesk.operations}. Lists are as fresh as
 * the read models; a single instance is folded from the log.
 */
export class FlowDesk {
  readonly operations: FlowOperations;

  constructor(private readonly options: FlowDeskOptions) {
    this.operations = options.operations;
  }

  /** Cost: a document for each flow. */
  async list(): Promise<readonly FlowSummary[]> {
    const { readStore, eventStore, flows, checkpoints } = this.options;
    const [counts, head, stored, running] = await Promise.all([
      flowCountsOf(readStore),
      eventStore.head(),
      storedFlowCheckpoints(eventStore, flows.keys()),
      checkpoints?.(),
    ]);
    return [...flows.values()].map((flow): FlowSummary => {
      const { name, version, title, summary } = flow;
      const checkpoint = running?.get(name) ?? stored.get(name) ?? null;
      return {
        name,
        version,
        title,
        summary,
        open: counts.get(name)?.open ?? 0,
        parked: counts.get(name)?.parked ?? 0,
        timers: counts.get(name)?.timers ?? 0,
        checkpoint,
        lagEvents: checkpoint === null ? 0n : eventsBetween(eventStore, checkpoint, head),
      };
    });
  }

  /**
   * Instances that are not over, those that wait longest first.
   *
   * @throws LedgerdeskError `missing.flow`, `invalid.query` for a cursor of another list
   */
  async instances(query: FlowInstanceQuery): Promise<FlowPage<FlowInstanceRow>> {
    const { flow: name, status, limit = PAGE_DEFAULT, cursor } = query;
    const flow = this.operations.flow(name);
    const { items, nextCursor } = await this.options.readStore.find(
      FLOW_INSTANCES,
      FLOW_INSTANCES,
      {
        filter: { flow: name, ...(status !== undefined && { status }) },
        sort: { field: 'updatedAt', direction: 'ascending' },
        limit,
        ...(cursor !== undefined && { cursor }),
      },
    );
    return { items: items.map(({ document }) => instanceRowOf(flow, document)), nextCursor };
  }

  /**
   * One instance as of now, also when it is over, with a page of the history of its stream.
   *
   * @throws LedgerdeskError `missing.flow`, `missing.flow-instance`
   */
  async show(
    name: string,
    key: string,
    { after, limit = HISTORY_DEFAULT }: FlowHistoryQuery = {},
  ): Promise<FlowInstanceView> {
    const instance = await this.operations.load(name, key);
    const { eventStore, registry } = this.options;
    const from = after === undefined ? 0n : after + 1n;
    const history: FlowHistoryEntry[] = [];
    const range = { from, limit: limit + 1 };
    for await (const row of eventStore.readStream(flowStream(name, key), range)) {
      const { id, type, revision, position, ...event } = registry.decode(row);
      const { occurredAt, recordedAt, actor, origin, causationId, data } = event;
      const when = { occurredAt, recordedAt };
      history.push({ id, type, revision, position, ...when, actor, origin, causationId, data });
    }
    const page = history.slice(0, limit);
    const nextAfter = history.length > limit ? (page.at(-1)?.revision ?? null) : null;
    return instanceViewOf(this.operations.flow(name), instance, { history: page, nextAfter });
  }

  /**
   * Timers that run, those that fall due first in front.
   *
   * @throws LedgerdeskError `missing.flow`, `invalid.query` for a cursor of another list
   */
  async timers({
    flow,
    limit = PAGE_DEFAULT,
    cursor,
  }: FlowTimerQuery): Promise<FlowPage<FlowTimerRow>> {
    if (flow !== undefined) this.operations.flow(flow);
    const { items, nextCursor } = await this.options.readStore.find(FLOW_TIMERS, FLOW_TIMERS, {
      ...(flow !== undefined && { filter: { flow } }),
      sort: { field: 'dueAt', direction: 'ascending' },
      limit,
      ...(cursor !== undefined && { cursor }),
    });
    return { items: items.map(({ document }) => timerRowOf(document)), nextCursor };
  }
}

/** The stores and flows of a process in which no flow runs. */
export interface IdleFlowStores extends Pick<FlowDeskOptions, 'readStore'> {
  readonly eventStore: EventStore;
  readonly registry: EventRegistry;
  readonly flows: readonly FlowDefinition[];
  readonly clock: Clock;
}

/**
 * A desk over stores alone: what is done there is followed up by the engine that starts next.
 *
 * @throws LedgerdeskError `defect.flow`
 */
export function openFlowDesk(stores: IdleFlowStores): FlowDesk {
  const { eventStore, registry, clock } = stores;
  const catalogue = new FlowCatalogue(stores.flows);
  const instances = new FlowInstanceStore({
    eventStore,
    appender: new CertainAppend(eventStore, DEFAULT_COMMAND_LIMITS),
    counts: new FlowCountStore(eventStore, CACHED_INSTANCES_MAX),
    registry,
    clock,
    cachedInstancesMax: CACHED_INSTANCES_MAX,
  });
  const operations = new FlowOperations({ catalogue, instances, clock });
  return new FlowDesk({ ...stores, flows: catalogue.flows, operations });
}
