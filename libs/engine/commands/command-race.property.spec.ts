import { setImmediate as turn } from 'node:timers/promises';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { hasErrorCode, LedgerdeskError, type SealedEvent } from '@ledgerdesk/kernel';
import fc from 'fast-check';
import { sha256 } from '../ids';
import { add, CounterDesk, InterceptedEventStore, openTestEngine, storedEvents } from '../testing';

type Fault = 'none' | 'lost-before' | 'lost-after' | 'unavailable';

interface Sending {
  /** Which of the two engines takes it. */
  readonly engine: 0 | 1;
  /** Few ids and two counters, so that the same command is often under way twice. */
  readonly command: number;
  readonly counter: 0 | 1;
}

const SENDINGS = fc.array(
  fc.record<Sending>({
    engine: fc.constantFrom(0, 1),
    command: fc.nat({ max: 7 }),
    counter: fc.constantFrom(0, 1),
  }),
  { minLength: 1, maxLength: 24 },
);
const FAULTS = fc.array(
  fc.record({
    fault: fc.constantFrom<Fault>('none', 'none', 'lost-before', 'lost-after', 'unavailable'),
    turns: fc.nat({ max: 3 }),
  }),
  { maxLength: 40 },
);

/** A store in front of the shared one that delays appends and loses answers as told. */
function faulty(
  shared: EventStore,
  faults: readonly { readonly fault: Fault; readonly turns: number }[],
): InterceptedEventStore {
  const store = new InterceptedEventStore(shared);
  const queue = [...faults];
  store.onAppend = async (_request, pass) => {
    const { fault, turns } = queue.shift() ?? { fault: 'none', turns: 0 };
    for (let i = 0; i < turns; i += 1) await turn();
    if (fault === 'unavailable') throw new LedgerdeskError('unavailable.event-store', 'down');
    if (fault === 'lost-before') throw new LedgerdeskError('unknown-outcome.append', 'lost');
    const result = await pass();
    if (fault === 'lost-after') throw new LedgerdeskError('unknown-outcome.append', 'lost');
    return result;
  };
  return store;
}

/** What a good client does: the same command again until it is answered. */
async function untilAnswered<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      return await send();
    } catch (error) {
      const isTransient =
        hasErrorCode(error, 'unavailable.event-store') ||
        hasErrorCode(error, 'unknown-outcome.append') ||
        hasErrorCode(error, 'conflict.revision');
      if (!isTransient) throw error;
      await turn();
    }
  }
  throw new Error('no answer after 100 tries');
}

async function expectUnbrokenChain(eventStore: EventStore, stream: string): Promise<void> {
  let previousHash = '0'.repeat(64);
  for (const [index, { body, hash }] of (await storedEvents(eventStore, stream)).entries()) {
    const sealed = JSON.parse(body) as SealedEvent;
    expect([sealed.previousHash, sealed.revision, sha256(body)]).toEqual([
      previousHash,
      String(index),
      hash,
    ]);
    previousHash = hash;
  }
}

describe('two engines on one store', () => {
  it('give each command id exactly one effect, whatever is delayed or lost', async () => {
    await fc.assert(
      fc.asyncProperty(SENDINGS, FAULTS, FAULTS, async (sendings, faultsOfOne, faultsOfTwo) => {
        const shared = await openEventStore('memory:');
        const setUp = new CounterDesk(await openTestEngine({ eventStore: shared }));
        const counters = [await setUp.open(), await setUp.open()] as const;
        const desks = [
          new CounterDesk(await openTestEngine({ eventStore: faulty(shared, faultsOfOne) })),
          new CounterDesk(await openTestEngine({ eventStore: faulty(shared, faultsOfTwo) })),
        ] as const;
        const outcomes = await Promise.all(
          sendings.map(({ engine, command, counter }) =>
            untilAnswered(() =>
              desks[engine].send(add(command + 1), {
                ticket: counters[counter].id,
                commandId: `command-${command}`,
              }),
            ),
          ),
        );
        for (const [index, counter] of counters.entries()) {
          const sent = sendings.filter((sending) => sending.counter === index);
          const distinct = new Set(sent.map(({ command }) => `command-${command}`));
          const stored = await storedEvents(shared, counter.stream);
          const ids = stored
            .slice(1)
            .map(({ body }) => (JSON.parse(body) as SealedEvent).commandId);
          expect([...ids].sort()).toEqual([...distinct].sort());
          await expectUnbrokenChain(shared, counter.stream);
        }
        for (const [i, { stream, events, revision }] of outcomes.entries()) {
          const [event] = events;
          expect(event).toMatchObject({ stream, commandId: `command-${sendings[i]?.command}` });
          const stored = (await storedEvents(shared, stream))[Number(revision)];
          expect([stored?.id, stored?.hash, stored?.position]).toEqual([
            event?.id,
            event?.hash,
            event?.position,
          ]);
        }
      }),
      { seed: 20260101, numRuns: 100 },
    );
  });
});
