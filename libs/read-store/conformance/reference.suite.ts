import fc from 'fast-check';
import type { ReadDocument } from '@ledgerdesk/kernel';
import { MemoryReadStore } from '../memory/memory.adapter';
import type { Filter, Query, ReadStore } from '../read-store.port';
import { BOARD, idsOfAllPages, tickets, type SuiteContext } from './conformance.fixture';

const SEED = 20_240_601;
const ROUNDS = 60;
const TIMEOUT_MS = 60_000;
const QUERIES_PER_ROUND = 12;

// Few distinct values, so that ties, hits and misses are all frequent.
const text = fc.constantFrom('', 'a', 'A', 'ab', 'é', 'new', 'neu', '\uffee', '\u{1F600}');
const number = fc.constantFrom(0, -1, 1, 0.5, 1e21, -1e-7, 2 ** 53, 2 ** 53 + 2);
const words = fc
  .array(
    fc.constantFrom('disk', 'Disk', 'dis', 'fan', 'Café', 'straße', 'x-y', '"', 'OR', '表示'),
    {
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(' '));
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof({ weight: 3, arbitrary: value }, fc.constantFrom(null, undefined));

const document = fc.record({
  state: optional(text),
  points: optional(number),
  breached: optional(fc.boolean()),
  opened: optional(text),
  title: optional(words),
  tags: optional(fc.array(words, { maxLength: 2 })),
}) as fc.Arbitrary<ReadDocument>;
const id = fc.constantFrom(
  'a',
  'b',
  'c',
  'd',
  'e',
  'f',
  'g',
  'h',
  'i',
  'j',
  'k',
  '\uffee',
  '\u{1F600}',
);
const batch = fc.dictionary(id, fc.oneof({ weight: 4, arbitrary: document }, fc.constant(null)), {
  minKeys: 1,
});

const comparison = fc.oneof(
  comparisonOn('state', text),
  comparisonOn('opened', text),
  comparisonOn('points', number),
  comparisonOn('breached', fc.boolean()),
);
const { tree } = fc.letrec<{ tree: Filter }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    comparison,
    fc.record({ $and: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ $or: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.tuple(tie('tree'), comparison).map(([a, b]) => ({ ...a, ...b })),
  ),
}));
const search = words
  .filter((value) => /[\p{L}\p{N}]/u.test(value))
  .map(($search) => ({ $text: { $search } }));
const filter = fc.oneof(
  tree,
  fc.tuple(tree, search).map(([a, b]) => ({ ...a, ...b })),
  search,
);
const query: fc.Arbitrary<Query> = fc.record(
  {
    filter,
    sort: fc.record({
      field: fc.constantFrom('state', 'points', 'breached', 'opened'),
      direction: fc.constantFrom('ascending', 'descending'),
    }),
    limit: fc.integer({ min: 1, max: 6 }),
  },
  { requiredKeys: ['limit'] },
);

/** Random documents and queries give the same pages as the reference model. */
export function describeAgreement({ store }: SuiteContext, numRuns = ROUNDS): void {
  const title = 'gives the pages of the reference model for random documents and queries';
  const test = async (): Promise<void> => {
    const rounds = fc.record({
      batches: fc.array(batch, { minLength: 1, maxLength: 4 }),
      deferIndexes: fc.boolean(),
      queries: fc.array(query, { minLength: QUERIES_PER_ROUND, maxLength: QUERIES_PER_ROUND }),
    });
    const property = fc.asyncProperty(rounds, async ({ batches, deferIndexes, queries }) => {
      const reference = new MemoryReadStore();
      await fill(reference, batches, false);
      await fill(store(), batches, deferIndexes);
      for (const asked of queries) {
        const expected = await idsOfAllPages(reference, asked);
        expect(await idsOfAllPages(store(), asked)).toEqual(expected);
        expect(await store().count('board', 'tickets', asked.filter)).toBe(expected.length);
      }
    });
    await fc.assert(property, { seed: SEED, numRuns });
  };
  // eslint-disable-next-line jest/expect-expect -- fc.assert does.
  it(title, test, TIMEOUT_MS);
}

/** A new live generation; the one before is dropped, so that the store stays small. */
async function fill(
  store: ReadStore,
  batches: readonly Readonly<Record<string, ReadDocument | null>>[],
  deferIndexes: boolean,
): Promise<void> {
  const generation = await store.createGeneration(BOARD, { deferIndexes });
  let after = 0n;
  for (const documents of batches) {
    await generation.write({ ...tickets(documents), after, checkpoint: after + 1n });
    after += 1n;
  }
  await generation.buildIndexes();
  await store.promote('board', generation.info.generation);
  if (generation.info.generation > 1) await store.drop('board', generation.info.generation - 1);
}

function comparisonOn<T extends string | number | boolean>(
  field: string,
  value: fc.Arbitrary<T>,
): fc.Arbitrary<Filter> {
  const orNull = fc.oneof({ weight: 5, arbitrary: value }, fc.constant(null));
  return fc
    .oneof(
      orNull,
      fc.record({ $eq: orNull }),
      fc.record({ $ne: orNull }),
      fc.record({ $in: fc.array(orNull, { maxLength: 4 }) }),
      fc.record({ $gt: value }),
      fc.record({ $gte: value, $lt: value }),
      fc.record({ $lte: value }),
      fc.record({ $exists: fc.boolean() }),
    )
    .map((condition) => ({ [field]: condition }));
}
