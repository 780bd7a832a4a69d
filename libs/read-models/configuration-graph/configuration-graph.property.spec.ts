import type { ReadDocument, RecordedEvent } from '@ledgerdesk/kernel';
import fc from 'fast-check';
import { recorded } from '../testing/recorded';
import { mayHoldAt, valueAt, type GraphInstant } from './as-of';
import {
  configurationGraphProjection,
  SWITCHES_MAX,
  type RedundancyHistory,
  type RelationHistory,
} from './configuration-graph.projection';

const ITEMS = ['a', 'b', 'c'] as const;

const day = (number: number): string => new Date(Date.UTC(2026, 0, 1 + number)).toISOString();

type Ends = readonly [own: string, target: string];

/** A relation between two items goes on or off, told by either end, at any business time. */
const acts = fc.array(
  fc.record({
    ends: fc.constantFrom<Ends>(['a', 'b'], ['b', 'a'], ['b', 'c'], ['c', 'a']),
    isRelated: fc.boolean(),
    impact: fc.constantFrom('source-to-target', 'target-to-source', 'none'),
    occurred: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 14 },
);

type Act = typeof acts extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

const instants = fc.oneof(
  fc.integer({ min: -1, max: 10 }).map((at): GraphInstant => ({ occurredAt: day(at) })),
  fc.integer({ min: -1, max: 15 }).map((at): GraphInstant => ({ recordedAt: day(at) })),
  fc.integer({ min: 0, max: 16 }).map((at): GraphInstant => ({ position: BigInt(at) })),
);

// The one name of the relation is read from the lower end, the other from the higher one.
function eventOf({ ends, isRelated, impact, occurred }: Act, index: number): RecordedEvent {
  const [own, target] = ends;
  const [type, inverse] = own < target ? ['runs-on', 'hosts'] : ['hosts', 'runs-on'];
  const data = { type, inverse, target, impact };
  return recorded(isRelated ? 'CIRelated' : 'CIUnrelated', data, {
    stream: `configurationItem-${own}`,
    position: index + 1,
    occurredAt: day(occurred),
    recordedAt: day(index),
  });
}

function documentsOf(
  events: readonly RecordedEvent[],
  options: { readonly isStoredEachTime: boolean } = { isStoredEachTime: false },
): ReadonlyMap<string, RelationHistory> {
  const documents = new Map<string, ReadDocument>();
  for (const event of events) {
    const key = configurationGraphProjection.keyOf(event) ?? '';
    const folded = configurationGraphProjection.fold(documents.get(key), event);
    if (folded === null) documents.delete(key);
    else {
      const stored = JSON.parse(JSON.stringify(folded)) as ReadDocument;
      documents.set(key, options.isStoredEachTime ? stored : folded);
    }
  }
  return documents as unknown as ReadonlyMap<string, RelationHistory>;
}

function isSeen(event: RecordedEvent, instant: GraphInstant): boolean {
  if ('position' in instant) return event.position <= instant.position;
  if ('occurredAt' in instant) return event.occurredAt <= instant.occurredAt;
  return event.recordedAt <= instant.recordedAt;
}

/** Folds only what the instant sees, in the order of the log. */
function replayed(events: readonly RecordedEvent[], instant: GraphInstant): readonly string[] {
  const related = new Map<string, string>();
  for (const event of events.filter((each) => isSeen(each, instant))) {
    const own = event.stream.slice('configurationItem-'.length);
    const { target, impact } = event.data as Readonly<Record<string, string>>;
    const [from, to] = [own, target ?? ''].sort();
    if (event.type === 'CIRelated') {
      related.set(`${from}-${to}`, String(own === from ? impact : seenFromTheOther(impact)));
    }
    if (event.type === 'CIUnrelated') related.delete(`${from}-${to}`);
  }
  return [...related].map((entry) => entry.join(' ')).sort();
}

function seenFromTheOther(impact: string | undefined): string | undefined {
  if (impact === 'source-to-target') return 'target-to-source';
  return impact === 'target-to-source' ? 'source-to-target' : impact;
}

function answered(
  documents: ReadonlyMap<string, RelationHistory>,
  instant: GraphInstant,
): readonly string[] {
  return [...documents.values()]
    .filter((document) => fits(document, mayHoldAt(instant)))
    .flatMap(({ from, to, switches }) => {
      const impact = valueAt(switches, instant);
      return impact === null || impact === undefined ? [] : [`${from}-${to} ${impact}`];
    })
    .sort();
}

/** The filter as a read store applies it. */
function fits(document: ReadDocument, filter: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(filter).every(([field, conditions]) => {
    const value = document[field] as string | number;
    const { $lte, $gt } = conditions as Readonly<Record<string, string | number | undefined>>;
    return ($lte === undefined || value <= $lte) && ($gt === undefined || value > $gt);
  });
}

describe('the graph of configuration items', () => {
  it('answers as of any instant, on each axis, what a replay up to it gives', () => {
    fc.assert(
      fc.property(acts, instants, (history, instant) => {
        const events = history.map(eventOf);
        expect(answered(documentsOf(events), instant)).toEqual(replayed(events, instant));
      }),
      { seed: 20_260_301, numRuns: 2_000 },
    );
  });

  it('is the same built anew as kept up event by event, byte for byte', () => {
    fc.assert(
      fc.property(acts, (history) => {
        const events = history.map(eventOf);
        const live = documentsOf(events, { isStoredEachTime: true });
        expect(JSON.stringify([...live])).toBe(JSON.stringify([...documentsOf(events)]));
      }),
      { seed: 20_260_301, numRuns: 200 },
    );
  });

  it('keeps one document for both ends, whichever of them was addressed', () => {
    const related = eventOf(
      { ends: ['b', 'a'], isRelated: true, impact: 'source-to-target', occurred: 0 },
      0,
    );
    const [document] = documentsOf([related]).values();
    expect(document).toMatchObject({
      from: 'a',
      to: 'b',
      type: 'runs-on',
      inverse: 'hosts',
      isCurrent: true,
      hasImpact: true,
    });
    expect(document?.switches).toMatchObject([{ value: 'target-to-source' }]);
  });

  it('forgets the oldest switches of what goes on and off without end, and says so', () => {
    const flapping = Array.from({ length: SWITCHES_MAX + 2 }, (_, index) =>
      eventOf(
        { ends: ['a', 'b'], isRelated: index % 2 === 0, impact: 'none', occurred: index },
        index,
      ),
    );
    const [document] = documentsOf(flapping).values();
    expect(document?.switches).toHaveLength(SWITCHES_MAX);
    expect(document).toMatchObject({ hasForgotten: true, sinceOccurred: day(0) });
    expect(valueAt(document?.switches ?? [], { occurredAt: day(0) })).toBeUndefined();
  });

  it('makes one item with many relations many small documents', () => {
    const events = Array.from({ length: 1_000 }, (_, index) =>
      recorded(
        'CIRelated',
        { type: 'hosts', inverse: 'runs-on', impact: 'none', target: `t-${index}` },
        { stream: 'configurationItem-hub', position: index + 1 },
      ),
    );
    const sizes = [...documentsOf(events).values()].map(
      (document) => JSON.stringify(document).length,
    );
    expect(sizes).toHaveLength(1_000);
    expect(Math.max(...sizes)).toBeLessThan(1_000);
  });

  it('remembers redundancy rules with what they asked for', () => {
    const stream = `configurationItem-${ITEMS[0]}`;
    const set = { relation: 'has-member', kind: 'percentage', minimum: 50 };
    const events = [
      recorded('CIRedundancySet', set, { stream, position: 1 }),
      recorded('CIRedundancySet', { ...set, minimum: 75 }, { stream, position: 2 }),
      recorded('CIRedundancyCleared', { relation: 'has-member' }, { stream, position: 3 }),
    ];
    const [document] = documentsOf(events).values() as unknown as readonly RedundancyHistory[];
    const minimumAt = (position: bigint): unknown =>
      valueAt(document?.switches ?? [], { position });
    expect(minimumAt(1n)).toEqual({ kind: 'percentage', minimum: 50 });
    expect(minimumAt(2n)).toEqual({ kind: 'percentage', minimum: 75 });
    expect(minimumAt(3n)).toBeNull();
  });
});
