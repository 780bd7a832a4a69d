import { setImmediate as nextTurn } from 'node:timers/promises';
import { jsonEvent, EventStoreDBClient, type RecordedEvent } from '@eventstore/db-client';
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
import { fromWire } from './eventstoredb.events';
import { parseLocation } from './eventstoredb.options';

// A status code of gRPC.
const INTERNAL = 13;

let bed: EventStoreDbBed;
let store: EventStoreDbEventStore;

beforeEach(async () => {
  bed = await EventStoreDbBed.start();
  store = await bed.open();
});

afterEach(async () => {
  await bed.stop();
});

/** Writes what an operator or another program might, past the adapter. */
async function besides(work: (client: EventStoreDBClient) => Promise<unknown>): Promise<void> {
  const client = EventStoreDBClient.connectionString(bed.server.url);
  // Credentials choose the unary call, which leaves the batch stream of the adapter alone.
  await work(client);
  await client.dispose();
}

const credentials = { username: 'operator', password: 'secret' };

describe('the metadata of a stream', () => {
  it.each([
    ['$maxAge', { maxAge: 3600 }],
    ['$maxCount', { maxCount: 10 }],
    ['$tb', { truncateBefore: 1 }],
  ])('that lets events vanish by %s makes the stream unusable', async (key, metadata) => {
    const stream = newStream();
    await append(store, stream, someEvents(2), 'no-stream');
    await besides((client) => client.setStreamMetadata(stream, metadata, { credentials }));

    const later = await bed.open();
    const refusal = append(later, stream, [anEvent()], 1n);
    const { details } = await expectRejection(refusal, 'corrupt.stream-retention');
    expect(details['reason']).toContain(key);
    await expectRejection(collect(later.readStream(stream)), 'corrupt.stream-retention');
    expect(await later.forgetfulStreams()).toEqual([{ stream, reason: details['reason'] }]);
    // The log as a whole still has the events, and other streams are not concerned.
    expect(await collect(later.readAll())).toHaveLength(2);
    await append(later, newStream(), [anEvent()], 'no-stream');
  });

  it('is watched while the store is open, and forgiven when it is mended', async () => {
    const stream = newStream();
    await append(store, stream, [anEvent()], 'no-stream');
    await besides((client) => client.setStreamMetadata(stream, { maxCount: 1 }, { credentials }));
    await untilForgetful(1);
    await besides((client) => client.setStreamMetadata(stream, { a: 1 }, { credentials }));
    await untilForgetful(0);
    await append(store, stream, [anEvent()], 0n);
    expect(await storedIds(store, stream)).toHaveLength(2);
  });

  it('keeps what is the server’s own when the adapter sets it', async () => {
    const stream = newStream();
    const acl = { readRoles: ['auditors'] };
    await besides((client) => client.setStreamMetadata(stream, { acl }, { credentials }));
    await store.setStreamMetadata(stream, { retention: 'P7Y' });
    expect(await store.streamMetadata(stream)).toEqual({ retention: 'P7Y' });
    const [stored] = bed.server.log.all.slice(-1);
    expect(Buffer.from(stored?.data ?? []).toString()).toContain('auditors');
  });

  it('cannot be set to forget through the adapter', async () => {
    const refusal = store.setStreamMetadata(newStream(), { $maxCount: 3 });
    await expectRejection(refusal, 'invalid.stream-metadata');
  });

  async function untilForgetful(count: number): Promise<void> {
    while ((await store.forgetfulStreams()).length !== count) await store.head();
  }
});

describe('positions', () => {
  it('may be asked for where no event begins: the server itself refuses that', async () => {
    const events = someEvents(5);
    const positions: bigint[] = [];
    for (const event of events) {
      positions.push((await append(store, newStream(), [event])).position);
    }
    const [first = 0n, second = 0n, third = 0n] = positions;
    const ids = async (after: bigint, until: bigint): Promise<string[]> =>
      idsOf(await collect(store.readAll({ after, until })));
    expect(await ids(second - 1n, second)).toEqual([events[1]?.id]);
    expect(await ids(second - 3n, third)).toEqual([events[1]?.id, events[2]?.id]);
    expect(await ids(first + 1n, third + 1n)).toEqual([events[1]?.id, events[2]?.id]);
    expect(await ids(second + 4n, second + 5n)).toEqual([]);
    expect(
      idsOf(await collect(store.readAll({ until: third + 1n, direction: 'backwards' }))),
    ).toEqual([events[2]?.id, events[1]?.id, events[0]?.id]);
  });

  it('are bigints, as are revisions, also where the client gives numbers', () => {
    const event = {
      streamId: 'ticket-1',
      id: 'a',
      type: 'T',
      revision: 3,
      isJson: false,
      data: Buffer.from('{}'),
      metadata: undefined,
      created: new Date(0),
      position: { commit: 7, prepare: 7 },
    } as unknown as RecordedEvent;
    expect(fromWire(event)).toMatchObject({ revision: 3n, position: 7n });
  });

  it('that one number cannot tell are refused', () => {
    const event = { revision: 0, position: { commit: 7, prepare: 5 } } as unknown as RecordedEvent;
    expect(() => fromWire(event)).toThrow(/explicit transaction/);
  });
});

describe('what the server writes for itself', () => {
  it('is neither read, nor counted, nor the head of the log', async () => {
    const { position } = await append(store, newStream(), [anEvent()]);
    for (let n = 0; n < 20; n++) await store.setStreamMetadata(newStream(), { n });
    expect(await store.head()).toBe(position);
    expect(await collect(store.readAll())).toHaveLength(1);
    expect(await store.statistics()).toMatchObject({ events: 1, streams: 1 });
  });

  it('is passed over once, however often somebody asks for the head', async () => {
    const { position } = await append(store, newStream(), [anEvent()]);
    for (let n = 0; n < 50; n++) await store.setStreamMetadata(newStream(), { n });
    const strict = await bed.open({ readTriesMax: 1 });
    await strict.head();
    // The next two reads break off at their fifth event.
    const short = { kind: 'cut', afterEvents: 5 } as const;
    bed.server.faults.failRead(short, short);
    expect(await strict.head()).toBe(position);
    expect(bed.server.faults.pending).toBe(1);
  });
});

describe('what another program has written to a stream', () => {
  it('is given out without a hash, so that verification finds it', async () => {
    const stream = newStream();
    const event = jsonEvent({ type: 'Smuggled', data: { a: 1 } });
    await besides((client) => client.appendToStream(stream, event, { credentials }));
    expect(await collect(store.readStream(stream))).toMatchObject([
      { id: event.id, type: 'Smuggled', hash: '', body: '{"a":1}', revision: 0n },
    ]);
  });
});

describe('a read', () => {
  it.each([
    ['is cut off', { kind: 'cut', afterEvents: 2 }],
    ['is never answered', { kind: 'swallow-request' }],
  ] as const)('that %s is made again', async (_, fault) => {
    const events = someEvents(5);
    const stream = newStream();
    await append(store, stream, events);
    const hasty = await bed.open({ readTimeoutMs: 500, readTriesMax: 20 });
    bed.server.faults.failRead(fault);
    expect(await storedIds(hasty, stream)).toEqual(idsOf(events));
  });

  it('that is under way while the client is replaced is made again, not taken for complete', async () => {
    const events = someEvents(5);
    const stream = newStream();
    await append(store, stream, events);
    const { faults } = bed.server;
    faults.failRead({ kind: 'swallow-request' });
    const reading = storedIds(store, stream);
    while (faults.pending > 0) await nextTurn();
    // Three failures in a row: the client is thrown away, and with it what it had under way.
    const failed = { kind: 'error', code: INTERNAL, details: 'confused' } as const;
    faults.failRead(failed, failed, failed);
    await store.head();

    expect(await reading).toEqual(idsOf(events));
    expect(store.health().clientsReplaced).toBe(1);
  });

  it('that nobody answers ends with a named error', async () => {
    await bed.server.kill();
    await expectRejection(store.head(), 'unavailable.event-store-unreachable');
  });
});

describe('the address', () => {
  it('leaves the client its own parameters and takes those of the adapter', () => {
    const url =
      'kurrentdb+discover://me:p%40ss@one,two:2114?tls=true&appendBytesMax=99&tlsCAFile=x';
    expect(parseLocation(url)).toMatchObject({
      connectionString: 'esdb+discover://me:p%40ss@one,two:2114?tls=true&tlsCAFile=x',
      settings: { appendBytesMax: 99 },
    });
  });
});
