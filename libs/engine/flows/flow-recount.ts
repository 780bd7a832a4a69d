import type { EventStore } from '@ledgerdesk/event-store';
import {
  countedWith,
  flowStream,
  type EventRegistry,
  type FlowDefinition,
  type FlowInstance,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { FlowCatalogue, type FlowAddress } from './flow-catalogue';
import type { FlowCheckpoints } from './flow-checkpoints';
import type { FlowCountStore } from './flow-count-store';
import type { FlowInstanceStore } from './flow-instance-store';

export interface FlowRecountOptions {
  readonly catalogue: FlowCatalogue;
  readonly counts: FlowCountStore;
  readonly instances: FlowInstanceStore;
  readonly checkpoints: Pick<FlowCheckpoints, 'of'>;
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly registry: EventRegistry;
}

/**
 * Counts what lies behind the checkpoints of flows that have never counted, or in another version:
 * decides nothing. So what a flow counts is determined by the log alone, also of the time before
 * the flow was introduced. Cost: one read of the events of these flows; none where all is counted.
 */
export async function recount(options: FlowRecountOptions, signal: AbortSignal): Promise<void> {
  const { catalogue, counts, checkpoints, eventStore, registry } = options;
  const flows = await counts.outdated(catalogue.flows.values());
  if (flows.length === 0) return;
  const outdated = new FlowCatalogue(flows);
  const last = flows.map(({ name }) => checkpoints.of(name)).reduce((a, b) => (a > b ? a : b));
  const filter = { eventTypes: outdated.eventTypes };
  for await (const row of eventStore.readAll({ filter })) {
    if (row.position > last) break;
    if (signal.aborted) return;
    const event = registry.decode(row);
    for (const address of outdated.addressesOf(event)) {
      if (event.position > checkpoints.of(address.flow.name)) continue;
      await countOne(options, address, event);
    }
    if (counts.isFull) await counts.store();
  }
  await counts.confirm(flows);
}

async function countOne(
  { instances, counts }: FlowRecountOptions,
  { flow, key }: FlowAddress,
  event: RecordedEvent,
): Promise<void> {
  await instances.alone(flowStream(flow.name, key), async () => {
    const instance = await instances.load(flow, key);
    const counted = countedUnlessFaulty(flow, instance, event);
    if (counted !== undefined) counts.note(flow, counted);
  });
}

// An event that cannot be counted counts for nothing: it is too late to park its instance.
function countedUnlessFaulty(
  flow: FlowDefinition,
  instance: FlowInstance,
  event: RecordedEvent,
): FlowInstance | undefined {
  try {
    return countedWith(flow, instance, event);
  } catch {
    return undefined;
  }
}
