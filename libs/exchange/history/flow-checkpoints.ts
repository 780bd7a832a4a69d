import { storedFlowCheckpoints } from '@ledgerdesk/engine';
import { formatPosition, LOG_START, type EventStore } from '@ledgerdesk/event-store';
import { FLOW_CHECKPOINT_STREAM } from '@ledgerdesk/kernel';

/** By flow, how far it has read the log of a store. */
export type FlowCheckpointPositions = ReadonlyMap<string, bigint>;

/** Of the named flows, and of those that once ran on this store. */
export async function flowCheckpointsOf(
  store: EventStore,
  flows: readonly string[],
): Promise<FlowCheckpointPositions> {
  const once = Object.keys(await store.streamMetadata(FLOW_CHECKPOINT_STREAM));
  return storedFlowCheckpoints(store, new Set([...flows, ...once]));
}

/**
 * Says in the copy how far each flow has read, in the positions of the copy. Without it a flow
 * would begin at the end of the copied log, and pass over what it had still to see.
 */
export async function copyFlowCheckpoints(
  checkpoints: FlowCheckpointPositions,
  stores: { readonly from: EventStore; readonly to: EventStore },
): Promise<void> {
  if (checkpoints.size === 0) return;
  const entries: [string, string][] = [];
  for (const [flow, position] of checkpoints) {
    entries.push([flow, formatPosition(await positionInCopy(position, stores))]);
  }
  await stores.to.setStreamMetadata(FLOW_CHECKPOINT_STREAM, Object.fromEntries(entries));
}

/** Of the last event up to there. Cost: a read of one event in each store. */
async function positionInCopy(
  position: bigint,
  { from, to }: { readonly from: EventStore; readonly to: EventStore },
): Promise<bigint> {
  const newestFirst = from.readAll({ until: position, direction: 'backwards', limit: 1 });
  for await (const { stream, revision } of newestFirst) {
    for await (const copied of to.readStream(stream, { from: revision, limit: 1 })) {
      return copied.position;
    }
  }
  return LOG_START;
}
