import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  anEvent,
  append,
  collect,
  expectRejection,
  idsOf,
  newStream,
  someEvents,
  storedIds,
} from '../conformance/subject';
import { EventStoreDbBed } from '../testing/eventstoredb-bed';
import type { EventStoreDbEventStore } from './eventstoredb.adapter';

// Goal: whatever happens to an append on its way, it is stored once or the error says what is
// known. Method: faults are planned in a server that speaks the protocol to the real client.

// Status codes of gRPC.
const PERMISSION_DENIED = 7;
const UNAVAILABLE = 14;

let bed: EventStoreDbBed;
let store: EventStoreDbEventStore;

beforeEach(async () => {
  bed = await EventStoreDbBed.start();
  store = await bed.open();
});

afterEach(async () => {
  await bed.stop();
});

describe('an append whose answer does not come', () => {
  it.each([
    ['the request is lost', 'lose-request'],
    ['the reply is lost', 'lose-reply'],
    [
      'the request is swallowed, so that the time-out of the client would never fire',
      'swallow-request',
    ],
    ['the reply is swallowed', 'swallow-reply'],
    ['the server ends the stream of appends politely', 'hang-up'],
  ] as const)('is stored once: %s', async (_, kind) => {
    const stream = newStream();
    await append(store, stream, someEvents(2), 'no-stream');
    const events = someEvents(3);
    bed.server.faults.failAppend({ kind });

    const result = await append(store, stream, events, 1n);

    const stored = await collect(store.readStream(stream, { from: 2n }));
    expect(idsOf(stored)).toEqual(idsOf(events));
    expect(result).toEqual({ revision: 4n, position: stored[2]?.position, repeated: false });
    expect(bed.server.faults.pending).toBe(0);
  });

  it('is stored once when the answer is late', async () => {
    bed.server.faults.failAppend({ kind: 'delay', ms: 600 });
    const [stream, event] = [newStream(), anEvent()];
    await append(store, stream, [event], 'no-stream');
    bed.server.faults.clear();
    await append(store, stream, [anEvent()], 0n);
    expect((await storedIds(store, stream))[0]).toBe(event.id);
    expect(await storedIds(store, stream)).toHaveLength(2);
  });

  it('is a conflict when another writer was first', async () => {
    const stream = newStream();
    const patient = await bed.open({ appendTimeoutMs: 1_500 });
    bed.server.faults.failAppend({ kind: 'swallow-request' });
    const appending = append(patient, stream, [anEvent()], 'no-stream');
    while (bed.server.faults.pending > 0) await nextTurn();
    const first = anEvent();
    await append(store, stream, [first], 'no-stream');
    await expectRejection(appending, 'conflict.revision');
    expect(await storedIds(store, stream)).toEqual([first.id]);
  });

  it('has an unknown outcome when nothing answers any more', async () => {
    const [stream, event] = [newStream(), anEvent()];
    bed.server.faults.failAppend({ kind: 'lose-reply' });
    const refused = { kind: 'error', code: UNAVAILABLE, details: 'away' } as const;
    bed.server.faults.failRead(...Array.from({ length: 40 }, () => refused));
    bed.server.faults.failAppend(...Array.from({ length: 40 }, () => refused));
    await expectRejection(append(store, stream, [event], 'no-stream'), 'unknown-outcome.append');
    bed.server.faults.clear();

    const repeated = await append(store, stream, [event], 'no-stream');
    expect(repeated).toMatchObject({ revision: 0n, repeated: true });
    expect(await storedIds(store, stream)).toEqual([event.id]);
  });
});

describe('an append that never reached a server', () => {
  it('says that nothing was written, and what stands against appends is known until it is back', async () => {
    await bed.server.kill();
    // The call that finds the connection broken cannot know how far it got.
    await expectRejection(store.head(), 'unavailable.event-store-unreachable');
    const refusal = append(store, newStream(), [anEvent()], 'no-stream');
    const { code } = await expectRejection(refusal, 'unavailable.event-store-unreachable');
    expect((await store.appendObstacle())?.code).toBe(code);
    await bed.server.restart();
    expect(await store.appendObstacle()).toBeUndefined();
  });
});

describe('a change of leader', () => {
  it('is followed: the append is sent to the node that leads', async () => {
    const { port } = new URL(bed.server.url);
    const leader = { kind: 'not-leader', host: '127.0.0.1', port: Number(port) } as const;
    bed.server.faults.failAppend(leader);
    const result = await append(store, newStream(), [anEvent()], 'no-stream');
    expect(result).toMatchObject({ revision: 0n, repeated: false });
  });

  it('that does not end leaves nothing written, by a name of its own', async () => {
    const { port } = new URL(bed.server.url);
    const leader = { kind: 'not-leader', host: '127.0.0.1', port: Number(port) } as const;
    bed.server.faults.failAppend(leader, leader);
    const patient = await bed.open({ appendTimeoutMs: 15_000, appendTriesMax: 2 });
    const stream = newStream();
    const refusal = append(patient, stream, [anEvent()], 'no-stream');
    await expectRejection(refusal, 'unavailable.event-store-no-leader');
    expect(await storedIds(store, stream)).toEqual([]);
  });
});

describe('the error of one client', () => {
  it('does not reach the appends of another store of this process', async () => {
    const otherBed = await EventStoreDbBed.start();
    const other = await otherBed.open({ appendTimeoutMs: 15_000 });
    const slow = { kind: 'delay', ms: 100 } as const;
    otherBed.server.faults.failAppend(slow, slow, slow);
    const streams = [newStream(), newStream(), newStream()];
    const appends = streams.map((stream) => append(other, stream, [anEvent()], 'no-stream'));
    bed.server.faults.failAppend({ kind: 'lose-request' });
    await append(store, newStream(), [anEvent()], 'no-stream');

    const results = await Promise.all(appends);

    expect(results.map(({ repeated }) => repeated)).toEqual([false, false, false]);
    expect(bed.server.appendsReceived.batch).toBeGreaterThan(0);
    expect(otherBed.server.appendsReceived).toEqual({ unary: 0, batch: 3 });
    await otherBed.stop();
  });

  it('takes along the others of its own stream, which are then looked for', async () => {
    const slow = { kind: 'delay', ms: 60 } as const;
    bed.server.faults.failAppend(slow, slow, { kind: 'lose-request' }, slow);
    const streams = Array.from({ length: 4 }, () => newStream());
    await Promise.all(streams.map((stream) => append(store, stream, [anEvent()], 'no-stream')));
    for (const stream of streams) expect(await storedIds(store, stream)).toHaveLength(1);
  });
});

describe('ids', () => {
  it('that another process has stored with other bodies are told from our own', async () => {
    const other = await bed.open();
    const [stream, event] = [newStream(), anEvent({ body: '{"sealed":"there"}' })];
    const first = await append(other, stream, [event], 'no-stream');
    const mine = { ...event, body: '{"sealed":"here"}' };

    const result = await append(store, stream, [mine], 'no-stream');

    expect(result).toEqual({ ...first, repeated: true });
    expect((await collect(store.readStream(stream)))[0]?.body).toBe(event.body);
  });

  it('that another process has stored are found when the append comes to the end', async () => {
    const other = await bed.open();
    const [stream, events] = [newStream(), someEvents(2)];
    await append(store, stream, [anEvent()], 'no-stream');
    await append(other, stream, events, 0n);
    await expectRejection(append(store, stream, events, 2n), 'conflict.revision');
    expect(await storedIds(store, stream)).toHaveLength(3);
  });
});

describe('a refusal of the server', () => {
  it('tells the real revision, also where the client is told not to throw', async () => {
    const lenient = await bed.open({ throwOnAppendFailure: 'false' });
    const stream = newStream();
    await append(store, stream, someEvents(42), 'no-stream');
    const refusal = append(lenient, stream, [anEvent()], 'no-stream');
    const { details } = await expectRejection(refusal, 'conflict.revision');
    expect(details).toEqual({ stream, expected: 'no-stream', actual: '41' });
  });

  it('of the account is named', async () => {
    const denied = { kind: 'error', code: PERMISSION_DENIED, details: 'no' } as const;
    bed.server.faults.failAppend(denied);
    await expectRejection(
      append(store, newStream(), [anEvent()], 'no-stream'),
      'denied.event-store',
    );
  });

  it('of a stream that was deleted for good is named', async () => {
    const stream = newStream();
    await append(store, stream, [anEvent()]);
    bed.server.log.hardDelete(stream, 'any');
    await expectRejection(append(store, stream, [anEvent()], 0n), 'corrupt.stream-deleted');
    await expectRejection(collect(store.readStream(stream)), 'corrupt.stream-deleted');
  });
});

describe('the size of an append', () => {
  it('is refused before it is sent where it is over the configured limit', async () => {
    const small = await bed.open({ appendBytesMax: 10_000 });
    const { eventBytesMax } = small.limits;
    const body = 'x'.repeat(eventBytesMax);
    await append(small, newStream(), [anEvent({ body })]);
    const { batch } = bed.server.appendsReceived;
    await expectRejection(
      append(small, newStream(), [anEvent({ body: `${body}x` })]),
      'limit.event-size',
    );
    // Each body fits, but not all with their types, ids and hashes.
    const many = someEvents(60, { body: 'x'.repeat(100) });
    await expectRejection(append(small, newStream(), many), 'limit.batch-size');
    expect(bed.server.appendsReceived.batch).toBe(batch);
  });

  it('is refused with the same name where the server takes less than configured', async () => {
    const strict = await EventStoreDbBed.start({ appendBytesMax: 5_000 });
    const other = await strict.open();
    const refusal = append(other, newStream(), [anEvent({ body: 'x'.repeat(6_000) })]);
    await expectRejection(refusal, 'limit.batch-size');
    await strict.stop();
  });
});
