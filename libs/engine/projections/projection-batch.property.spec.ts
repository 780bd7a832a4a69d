import type { ReadDocument, RecordedEvent } from '@ledgerdesk/kernel';
import * as fc from 'fast-check';
import { tallyProjection } from '../testing/tally.projection';
import { ProjectionBatch } from './projection-batch';

const projection = tallyProjection();
const types = ['TallyAdded', 'TallyAdded', 'TallyAdded', 'TallyRemoved', 'TallySpoilt'];

type Collections = Map<string, Map<string, ReadDocument>>;

/** As a store keeps it: what goes in comes out as JSON. */
function applyBatch(stored: Collections, events: readonly RecordedEvent[]): void {
  const batch = new ProjectionBatch(projection, stored.get(projection.documents.name) ?? new Map());
  for (const event of events) {
    try {
      batch.apply(projection.keyOf(event) ?? '', event);
    } catch {
      // Parked: it has no effect.
    }
  }
  for (const [collection, changes] of batch.changes(stored)) {
    const documents = stored.get(collection) ?? new Map<string, ReadDocument>();
    stored.set(collection, documents);
    const ids = changes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, document } of changes) {
      if (document === null) documents.delete(id);
      else documents.set(id, JSON.parse(JSON.stringify(document)) as ReadDocument);
    }
  }
}

function text(collections: Collections): string {
  return JSON.stringify(
    [...collections]
      .map(([name, documents]) => [name, [...documents].sort()] as const)
      .filter(([, documents]) => documents.length > 0)
      .sort(),
  );
}

/** The documents folded one event at a time, and the sums over them counted from nothing. */
function fromScratch(events: readonly RecordedEvent[]): Collections {
  const documents = new Map<string, ReadDocument>();
  for (const event of events) {
    const key = projection.keyOf(event) ?? '';
    try {
      const next = projection.fold(documents.get(key), event);
      if (next !== null) sumsOver([next]);
      if (next === null) documents.delete(key);
      else documents.set(key, next);
    } catch {
      // Parked.
    }
  }
  return new Map([[projection.documents.name, documents], ...sumsOver([...documents.values()])]);
}

function sumsOver(documents: readonly ReadDocument[]): Collections {
  const sums: Collections = new Map();
  for (const { collection, contributions } of projection.aggregates ?? []) {
    const all = documents.flatMap((document) => [...contributions(document)]);
    const named = new Map<string, ReadDocument>();
    for (const { id, labels } of all) {
      const amounts = new Map<string, number>();
      for (const other of all.filter((contribution) => contribution.id === id)) {
        for (const [name, amount] of Object.entries(other.amounts)) {
          amounts.set(name, (amounts.get(name) ?? 0) + amount);
        }
      }
      const present = [...amounts].filter(([, sum]) => sum !== 0).sort();
      if (present.length > 0) named.set(id, { ...labels, ...Object.fromEntries(present) });
    }
    sums.set(collection.name, named);
  }
  return sums;
}

const eventArbitrary = fc
  .record({
    stream: fc.constantFrom('tally-a', 'tally-b', 'tally-c'),
    type: fc.constantFrom(...types),
    amount: fc.integer({ min: -3, max: 13 }),
  })
  .map(
    ({ stream, type, amount }) => ({ stream, type, data: { amount } }) as unknown as RecordedEvent,
  );

describe('ProjectionBatch', () => {
  it('gives the same documents, byte for byte, however the log is cut into batches', () => {
    fc.assert(
      fc.property(
        fc.array(eventArbitrary, { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
        (events, sizes) => {
          const stored: Collections = new Map();
          for (let at = 0, cut = 0; at < events.length; cut += 1) {
            const size = sizes[cut % sizes.length] ?? 1;
            applyBatch(stored, events.slice(at, at + size));
            at += size;
          }
          const whole: Collections = new Map();
          applyBatch(whole, events);
          expect(text(stored)).toBe(text(whole));
          expect(text(stored)).toBe(text(fromScratch(events)));
        },
      ),
      { seed: 20_260_101, numRuns: 300 },
    );
  });

  it('asks only for the sums that change', () => {
    const batch = new ProjectionBatch(projection, new Map());
    batch.apply('a', added('tally-a', 2));
    expect([...batch.sumsToLoad()]).toEqual([
      ['tallies-by-parity', ['even']],
      ['tallies-by-additions', ['all', '1']],
    ]);
  });

  it('changes nothing where a document ends as it began', () => {
    const batch = new ProjectionBatch(projection, new Map());
    batch.apply('a', added('tally-a', 2));
    batch.apply('a', { ...added('tally-a', 0), type: 'TallyRemoved' });
    expect([...batch.changes(new Map())]).toEqual([]);
  });

  it('refuses an amount that is not a whole number, and the event has no effect', () => {
    const broken = {
      ...projection,
      aggregates: [
        {
          collection: { name: 'broken', fields: {} },
          contributions: () => [{ id: 'x', labels: {}, amounts: { half: 0.5 } }],
        },
      ],
    };
    const batch = new ProjectionBatch(broken, new Map());
    expect(() => batch.apply('a', added('tally-a', 2))).toThrow('amounts are whole numbers');
    expect([...batch.changes(new Map())]).toEqual([]);
  });
});

function added(stream: string, amount: number): RecordedEvent {
  return { stream, type: 'TallyAdded', data: { amount } } as unknown as RecordedEvent;
}
