import type { EventStoreLimits, StoredEvent } from '@ledgerdesk/event-store';

/** Events of one stream that stand behind each other in the log. */
export type StreamRun = readonly [StoredEvent, ...StoredEvent[]];

/** Cuts a log into what one append can take, in its order. Holds one run at a time. */
export async function* runsOf(
  events: AsyncIterable<StoredEvent>,
  { batchEventsMax, batchBytesMax }: EventStoreLimits,
): AsyncGenerator<StreamRun, void, undefined> {
  let run: [StoredEvent, ...StoredEvent[]] | undefined;
  let bytes = 0;
  for await (const event of events) {
    const size = Buffer.byteLength(event.body);
    const fits =
      run?.[0].stream === event.stream &&
      run.length < batchEventsMax &&
      bytes + size <= batchBytesMax;
    if (run !== undefined && fits) {
      run.push(event);
      bytes += size;
      continue;
    }
    if (run !== undefined) yield run;
    run = [event];
    bytes = size;
  }
  if (run !== undefined) yield run;
}
