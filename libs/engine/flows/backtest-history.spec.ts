import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import type { RecordedEvent } from '@ledgerdesk/kernel';
import { recordEvent } from '@ledgerdesk/kernel/testing';
import { backtestHistory, type BacktestRange } from './backtest-history';

const at = (hour: number): string => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();

// What is told here is the order, so the log holds ids and the registry knows the events by them.
const known = new Map<string, RecordedEvent>();
let eventStore: EventStore;

beforeEach(async () => {
  known.clear();
  eventStore = await openEventStore('memory:');
});
afterEach(() => eventStore.close());

async function record(
  stream: string,
  hour: number,
  kind: RecordedEvent['origin']['kind'] = 'api',
): Promise<void> {
  const number = known.size + 1;
  const id = `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;
  const where = { stream, revision: 0, occurredAt: at(hour), actor: 'ada' };
  const event = recordEvent({ type: 'Told', data: { number } }, where);
  const recordedAt = kind === 'import' ? at(23) : at(hour);
  known.set(id, { ...event, id, recordedAt, origin: { kind, id: 'spec', version: '1' } });
  const row = { id, type: 'Told', body: '{}', hash: '0'.repeat(64) };
  await eventStore.append({ stream, expectedRevision: 'any', events: [row] });
}

async function history(options: BacktestRange = {}): Promise<readonly RecordedEvent[]> {
  const registry = { decode: ({ id }: { readonly id: string }) => known.get(id) as RecordedEvent };
  const seen: RecordedEvent[] = [];
  const log = { eventStore, registry };
  for await (const event of backtestHistory(log, { eventTypes: ['Told'], ...options })) {
    seen.push(event);
  }
  return seen;
}

const numbersOf = (events: readonly RecordedEvent[]): readonly unknown[] =>
  events.map(({ data }) => data['number']);

describe('the history of a back-test', () => {
  it('has imported events at the time when they happened, among those of people', async () => {
    await record('thing-a', 4);
    await record('thing-b', 1, 'import');
    await record('thing-b', 6, 'import');
    await record('thing-c', 2, 'import');
    await record('thing-d', 5);
    const seen = await history();
    expect(numbersOf(seen)).toEqual([2, 4, 1, 5, 3]);
    expect(seen[0]).toMatchObject({ recordedAt: at(1), origin: { kind: 'api', id: 'spec' } });
  });

  it('keeps the order of the log within an instant, and among what people did', async () => {
    await record('thing-a', 3, 'import');
    await record('thing-a', 3, 'import');
    await record('thing-b', 9);
    await record('thing-b', 8);
    expect(numbersOf(await history())).toEqual([1, 2, 3, 4]);
  });

  it('leaves out the progress of flows, and what lies outside of the range', async () => {
    await record('thing-a', 1);
    await record('flow-x-a', 2);
    await record('thing-a', 3);
    const positions: bigint[] = [];
    for await (const { position } of eventStore.readAll()) positions.push(position);
    const [first = 0n] = positions;
    expect(numbersOf(await history({ after: first }))).toEqual([3]);
    expect(numbersOf(await history({ until: first }))).toEqual([1]);
  });

  it('refuses more imported events than it may hold', async () => {
    await record('thing-a', 1, 'import');
    await record('thing-a', 2, 'import');
    await expect(history({ importsMax: 1 })).rejects.toMatchObject({
      code: 'limit.backtest-imports',
    });
  });

  it('ends when it is told to', async () => {
    await record('thing-a', 1);
    await expect(history({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
