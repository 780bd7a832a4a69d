import { isLedgerdeskError } from '@ledgerdesk/kernel';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { AppendRequest, EventStore, EventToAppend } from '../event-store.port';
import { MemoryEventStore } from '../memory/memory.adapter';
import { collect, newCategory, type Suite } from './subject';

const STREAMS = 2;
const RUNS = 40;
const SEED = 20_240_229;

interface Step {
  readonly stream: number;
  readonly expected: 'any' | 'no-stream' | 'stream-exists' | 'end' | bigint;
  readonly ids: readonly number[];
}

// Few ids, streams and revisions, so that most steps meet what earlier ones have stored.
const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.nat(STREAMS - 1),
  expected: fc.oneof(
    fc.constantFrom('any', 'no-stream', 'stream-exists', 'end', 'end', 'end'),
    fc.bigInt(0n, 6n),
  ),
  ids: fc.uniqueArray(fc.nat(9), { minLength: 1, maxLength: 3 }),
});

/** Random histories: the store answers each append as the reference model does. */
export function modelCases({ store }: Suite): void {
  describe('random appends', () => {
    it('are answered as the reference model answers them', async () => {
      const property = fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const model = new MemoryEventStore();
        const category = newCategory();
        for (const each of steps) {
          const request = await toRequest(model, category, each);
          expect(await outcomeOf(store(), request)).toEqual(await outcomeOf(model, request));
        }
        await expectSameStreams(store(), model, category);
      });
      await fc.assert(property, { seed: SEED, numRuns: RUNS });
    });

    it('leave streams without gaps, in which no id stands twice', async () => {
      const property = fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const category = newCategory();
        for (const each of steps) {
          await outcomeOf(store(), await toRequest(store(), category, each));
        }
        for (let n = 0; n < STREAMS; n++) {
          const events = await collect(store().readStream(`${category}-${n}`));
          expect(events.map(({ revision }) => Number(revision))).toEqual(events.map((_, i) => i));
          expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
        }
      });
      await fc.assert(property, { seed: SEED + 1, numRuns: RUNS });
    });
  });
}

async function toRequest(
  store: EventStore,
  category: string,
  { stream, expected, ids }: Step,
): Promise<AppendRequest> {
  const name = `${category}-${stream}`;
  const [last] = await collect(store.readStream(name, { direction: 'backwards', limit: 1 }));
  const end = last?.revision ?? 'no-stream';
  return {
    stream: name,
    expectedRevision: expected === 'end' ? end : expected,
    events: ids.map(toEvent),
  };
}

function toEvent(id: number): EventToAppend {
  const body = `{"id":${id}}`;
  const hash = createHash('sha256').update(body).digest('hex');
  return { id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`, type: 'T', body, hash };
}

/** Without positions: those of two logs differ. */
async function outcomeOf(store: EventStore, request: AppendRequest): Promise<unknown> {
  try {
    const { revision, repeated } = await store.append(request);
    return { revision, repeated };
  } catch (error) {
    if (!isLedgerdeskError(error)) throw error;
    return { code: error.code, details: error.details };
  }
}

async function expectSameStreams(
  store: EventStore,
  model: EventStore,
  category: string,
): Promise<void> {
  for (let n = 0; n < STREAMS; n++) {
    const contents = async (each: EventStore) =>
      (await collect(each.readStream(`${category}-${n}`))).map(({ id, revision }) => [
        id,
        revision,
      ]);
    expect(await contents(store)).toEqual(await contents(model));
  }
}
