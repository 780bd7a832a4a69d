import type { EventStore } from '@ledgerdesk/event-store';
import { CertainAppend } from '../commands/certain-append';
import { DEFAULT_COMMAND_LIMITS } from '../commands/command-limits';
import { createEngineRegistry } from '../engine';
import { NumberAllocator } from '../numbers/number-allocator';
import { countingIds, ManualClock } from './engine-kit';

let engines = 0;

/** An allocator of the counters' numbers, as one more engine on the store would have it. */
export function allocatorOn(eventStore: EventStore): NumberAllocator {
  engines += 1;
  return new NumberAllocator({
    process: 'counter',
    prefix: 'CNT',
    eventStore,
    appender: new CertainAppend(eventStore, DEFAULT_COMMAND_LIMITS, {
      delay: () => Promise.resolve(),
    }),
    registry: createEngineRegistry([]),
    clock: new ManualClock(),
    newId: countingIds(engines * 100_000),
  });
}

/** The next numbers, one after another. */
export async function takeMany(
  allocator: NumberAllocator,
  count: number,
): Promise<readonly string[]> {
  const numbers: string[] = [];
  for (let i = 0; i < count; i += 1) numbers.push(await allocator.take());
  return numbers;
}
