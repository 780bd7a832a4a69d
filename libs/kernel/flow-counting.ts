import type { RecordedEvent } from './event';
import type { FlowDefinition } from './flow';
import type { FlowInstance } from './flow-instance';

/**
 * The instance with one more event counted, to be decided on next; the very same one for a flow
 * that counts nothing. Undefined where the event was seen before, or has to wait until a parked
 * instance goes on: decisions look at what was counted up to their own event, no further.
 *
 * Pure, and the only way to count: live, in a replay and in a rehearsal.
 *
 * @throws whatever the flow's `counting` throws.
 */
export function countedWith<State>(
  flow: FlowDefinition<State>,
  instance: FlowInstance<State>,
  event: RecordedEvent,
): FlowInstance<State> | undefined {
  const { counting } = flow;
  if (counting === undefined) return instance;
  const { value, position } = instance.counted ?? { value: counting.initial, position: 0n };
  if (event.position <= position || waitsForPerson(instance, event)) return undefined;
  try {
    return withCount(instance, counting.fold(value, event), event);
  } catch (error) {
    // A person has skipped it.
    if (event.position <= instance.seenPosition) return withCount(instance, value, event);
    throw error;
  }
}

function withCount<State>(
  instance: FlowInstance<State>,
  value: unknown,
  { position }: RecordedEvent,
): FlowInstance<State> {
  return { ...instance, counted: { value, position } };
}

// What lies before the event that parked it was counted already, unless a crash has undone that.
function waitsForPerson({ status, parking }: FlowInstance, { position }: RecordedEvent): boolean {
  if (status !== 'parked') return false;
  const causePosition = parking?.causePosition ?? null;
  return causePosition === null || position >= BigInt(causePosition);
}
