import { sha256 } from '@ledgerdesk/engine';
import {
  openEventStore,
  type EventStore,
  type EventStoreStatistics,
  type StoredEvent,
} from '@ledgerdesk/event-store';
import { canonicalJson, LedgerdeskError, type SealedEvent } from '@ledgerdesk/kernel';
import { deskRegistry, recordOnDesk } from './testing';
import { FAULTS_MAX, verifyLog, type StreamHead, type VerifyOptions } from './verify';

let recorded: StoredEvent[];
let statistics: EventStoreStatistics;

beforeAll(async () => {
  const store = await openEventStore('memory:');
  for (const id of ['1', '2']) {
    await recordOnDesk(store, id, [
      { type: 'DeskOpened', data: { title: `é ${id}` } },
      { type: 'DeskRenamed', data: { from: 'a', to: 'b' } },
      { type: 'DeskClosed' },
    ]);
  }
  recorded = [];
  for await (const event of store.readAll()) recorded.push(event);
  statistics = await store.statistics();
  await store.close();
});

/** A store whose log was tampered with: nothing but what verification reads. */
function storeOf(events: readonly StoredEvent[], counted = statistics): EventStore {
  const read = async function* (kept: readonly StoredEvent[]) {
    yield* kept;
  };
  const reader: Partial<EventStore> = {
    head: async () => events.at(-1)?.position ?? 0n,
    readAll: () => read(events),
    readStream: (stream) => read(events.filter((event) => event.stream === stream)),
    statistics: async () => counted,
  };
  return reader as EventStore;
}

function verify(events: readonly StoredEvent[], options: Partial<VerifyOptions> = {}) {
  return verifyLog({ eventStore: storeOf(events), registry: deskRegistry, ...options });
}

function altered(
  index: number,
  alter: (event: StoredEvent) => Partial<StoredEvent>,
): readonly StoredEvent[] {
  return recorded.map((event, at) => (at === index ? { ...event, ...alter(event) } : event));
}

/** Alters the body and recomputes its hash, as somebody who knows the format would. */
function resealed(event: StoredEvent, change: Partial<SealedEvent>): Partial<StoredEvent> {
  const body = canonicalJson({ ...(JSON.parse(event.body) as SealedEvent), ...change });
  return { body, hash: sha256(body) };
}

async function* heads(...list: readonly StreamHead[]): AsyncGenerator<StreamHead> {
  yield* list;
}

describe('verifying a log', () => {
  it('finds no fault in what was recorded', async () => {
    expect(await verify(recorded)).toMatchObject({
      ok: true,
      events: 6,
      streams: 2,
      faults: [],
      faultCount: 0,
    });
  });

  it('finds no fault in an empty log', async () => {
    const store = await openEventStore('memory:');
    const report = await verifyLog({ eventStore: store, registry: deskRegistry });
    await store.close();
    expect(report).toMatchObject({ ok: true, events: 0, streams: 0 });
  });

  it('finds any single altered character of any body and names that event first', async () => {
    for (const [index, event] of recorded.entries()) {
      for (let at = 0; at < event.body.length; at += 1) {
        const changed = event.body[at] === 'x' ? 'y' : 'x';
        const body = `${event.body.slice(0, at)}${changed}${event.body.slice(at + 1)}`;
        const { ok, faults } = await verify(altered(index, () => ({ body })));
        expect(ok).toBe(false);
        expect(faults[0]).toMatchObject({
          kind: 'body-altered',
          stream: event.stream,
          revision: event.revision,
          position: event.position,
        });
      }
    }
  });

  it('finds an event that was altered together with its hash, by the event behind it', async () => {
    const report = await verify(altered(1, (event) => resealed(event, { actor: 'Eve' })));
    expect(report.faults).toMatchObject([{ kind: 'chain-broken', revision: 2n, position: 3n }]);
  });

  it('finds a last event that was altered together with its hash, by an anchor', async () => {
    const tampered = altered(5, (event) => resealed(event, { actor: 'Eve' }));
    const { anchor } = await verify(recorded);
    expect(await verify(tampered)).toMatchObject({ ok: true });
    expect(await verify(tampered, { anchor: anchor ?? undefined } as VerifyOptions)).toMatchObject({
      ok: false,
      faults: [{ kind: 'anchor-mismatch' }],
    });
  });

  it('accepts an anchor of an earlier time once the log has grown', async () => {
    const { anchor } = await verify(recorded.slice(0, 3), {
      eventStore: storeOf(recorded.slice(0, 3), { ...statistics, events: 3, streams: 1 }),
    });
    expect(anchor?.position).toBe(3n);
    expect(await verify(recorded, { anchor } as VerifyOptions)).toMatchObject({ ok: true });
  });

  it('finds an event that was taken out of the middle', async () => {
    const report = await verify(recorded.filter((_, index) => index !== 1));
    expect(report.faults).toMatchObject([
      { kind: 'revision-gap', stream: 'desk-1', revision: 2n },
      { kind: 'stream-head-mismatch', stream: null },
    ]);
  });

  it('finds a tail that was cut off, by the count of the store and by a witness', async () => {
    const cut = recorded.filter((_, index) => index !== 2);
    const witnesses = (): AsyncIterable<StreamHead> =>
      heads({ stream: 'desk-1', revision: 2n }, { stream: 'desk-2', revision: 1n });
    const report = await verify(cut, { witnesses: witnesses() });
    expect(report.faults).toMatchObject([
      { kind: 'stream-head-mismatch', stream: null },
      { kind: 'stream-head-mismatch', stream: 'desk-1', revision: 2n },
    ]);
  });

  it('finds a stream that the store is told to let vanish, before anything is missing', async () => {
    const forgetfulStreams = async () => [{ stream: 'desk-2', reason: '$maxCount is 5' }];
    const eventStore = { ...storeOf(recorded), forgetfulStreams } as EventStore;
    const options = { eventStore, registry: deskRegistry };
    const fault = { kind: 'stream-retention', stream: 'desk-2' };
    expect((await verifyLog(options)).faults).toMatchObject([fault]);
    expect((await verifyLog({ ...options, stream: 'desk-1' })).faults).toEqual([]);
  });

  it('finds a tail that was cut off one stream alone, by its witness', async () => {
    const cut = recorded.filter((_, index) => index !== 2);
    const witnesses = heads(
      { stream: 'desk-1', revision: 2n },
      { stream: 'desk-2', revision: 99n },
    );
    const report = await verify(cut, { stream: 'desk-1', witnesses });
    expect(report.faults).toMatchObject([{ kind: 'stream-head-mismatch', stream: 'desk-1' }]);
  });

  it('leaves alone what was written while it ran', async () => {
    const store: EventStore = {
      ...storeOf(recorded.slice(0, 5)),
      statistics: async () => statistics,
    };
    const events = [5n, 6n, 6n];
    store.head = async () => events.shift() ?? 6n;
    const witness = { stream: 'desk-2', revision: 2n, position: 6n };
    const report = await verify([], { eventStore: store, witnesses: heads(witness) });
    expect(report).toMatchObject({ ok: true, events: 5 });
  });

  it('finds that the log ends before what a witness saw', async () => {
    const witness = { stream: 'desk-2', revision: 2n, position: 6n };
    const counted = { ...statistics, events: 5 };
    const store = storeOf(recorded.slice(0, 5), counted);
    const report = await verify([], { eventStore: store, witnesses: heads(witness) });
    expect(report.faults).toMatchObject([{ kind: 'stream-head-mismatch', stream: 'desk-2' }]);
  });

  it('finds a whole stream that is gone', async () => {
    const cut = recorded.filter(({ stream }) => stream !== 'desk-2');
    const report = await verify(cut, { witnesses: heads({ stream: 'desk-2', revision: 0n }) });
    expect(report.faults.map(({ stream }) => stream)).toEqual([null, 'desk-2']);
  });

  it('finds two events that changed places', async () => {
    const swapped = recorded.map((event, index) => {
      const other = index === 1 ? recorded[2] : index === 2 ? recorded[1] : undefined;
      return other === undefined ? event : { ...event, body: other.body, hash: other.hash };
    });
    const { faults } = await verify(swapped);
    expect(faults[0]).toMatchObject({ kind: 'column-mismatch', revision: 1n });
  });

  it.each([
    ['id', { id: '00000000-0000-5000-8000-000000000000' }],
    ['type', { type: 'DeskClosed' }],
    ['stream', { stream: 'desk-9' }],
  ] as const)('finds another %s in the columns than in the body', async (column, change) => {
    const { faults } = await verify(altered(1, () => change));
    expect(faults[0]).toMatchObject({ kind: 'column-mismatch', position: 2n });
    expect(faults[0]?.message).toContain(column);
  });

  it('finds positions that do not grow', async () => {
    const { faults } = await verify(altered(4, () => ({ position: 4n })));
    expect(faults).toMatchObject([{ kind: 'position-order', position: 4n }]);
  });

  it('finds a body that hashes right but is not canonical', async () => {
    const spaced = altered(2, ({ body }) => {
      const loose = body.replace('{', '{ ');
      return { body: loose, hash: sha256(loose) };
    });
    expect((await verify(spaced)).faults).toMatchObject([{ kind: 'unreadable', position: 3n }]);
  });

  it.each(['', 'no json', 'null', '[]', '"text"'])(
    'reports the body %j as unreadable',
    async (body) => {
      const { faults } = await verify(altered(2, () => ({ body, hash: sha256(body) })));
      expect(faults[0]).toMatchObject({ kind: 'unreadable', position: 3n });
    },
  );

  it('reports types and versions that this build does not know', async () => {
    const type = altered(2, (event) => ({ ...resealed(event, { type: 'Odd' }), type: 'Odd' }));
    expect((await verify(type)).faults).toMatchObject([{ kind: 'unknown-type', position: 3n }]);
    const version = altered(2, (event) => resealed(event, { schemaVersion: 2 }));
    expect((await verify(version)).faults).toMatchObject([{ kind: 'unknown-type' }]);
  });

  it('verifies one stream alone', async () => {
    const tampered = altered(4, () => ({ body: '{}' }));
    expect(await verify(tampered, { stream: 'desk-1' })).toMatchObject({ ok: true, events: 3 });
    expect(await verify(tampered, { stream: 'desk-2' })).toMatchObject({
      ok: false,
      faults: [{ kind: 'body-altered', stream: 'desk-2', revision: 1n }],
    });
  });

  it('bounds the list of faults and still counts them all', async () => {
    const [first] = recorded;
    const many = Array.from({ length: FAULTS_MAX + 5 }, (_, index) => ({
      ...(first as StoredEvent),
      stream: `desk-${index}`,
      position: BigInt(index + 1),
    }));
    const report = await verify(many);
    expect(report.faults).toHaveLength(FAULTS_MAX);
    expect(report.faultCount).toBe(FAULTS_MAX + 6 - 1);
  });

  it('reports a file that the store finds damaged, and lets other failures through', async () => {
    const failing = (error: Error): EventStore => ({
      ...storeOf(recorded),
      async *readAll() {
        yield* recorded.slice(0, 1);
        throw error;
      },
    });
    const damaged = failing(new LedgerdeskError('corrupt.event-store', 'the file is damaged'));
    const report = await verify(recorded, { eventStore: damaged });
    expect(report.ok).toBe(false);
    expect(report.faults[0]?.message).toContain('the file is damaged');
    const closed = failing(new LedgerdeskError('unavailable.event-store-closed', 'closed'));
    await expect(verify(recorded, { eventStore: closed })).rejects.toThrow('closed');
  });

  it('tells how far it is and stops when told to', async () => {
    const progress: number[] = [];
    await verify(recorded, { onProgress: (done) => progress.push(done) });
    expect(progress).toEqual([6]);
    await expect(verify(recorded, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });
});
