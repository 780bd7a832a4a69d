import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  NO_STREAM,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  UnavailableError,
  WrongExpectedVersionError,
  jsonEvent,
  streamNameFilter,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { EventStoreDbTestServer } from './eventstoredb-test-server';

// Goal: the double answers the official client as EventStoreDB does. What the adapter leans on is
// tried by its own specs; here stands what it does not use, and what tells a wrong answer.

let server: EventStoreDbTestServer;
let client: EventStoreDBClient;

beforeEach(async () => {
  server = await EventStoreDbTestServer.start({ hasGate: true });
  client = EventStoreDBClient.connectionString(server.url);
});

afterEach(async () => {
  await client.dispose();
  await server.kill();
});

const event = (n: number, id?: string) =>
  jsonEvent({ type: 'Counted', data: { n }, ...(id !== undefined && { id }) });

async function numbers(read: AsyncIterable<ResolvedEvent>): Promise<number[]> {
  const found: number[] = [];
  for await (const { event: recorded } of read) {
    if (recorded?.type === 'Counted') found.push((recorded.data as { n: number }).n);
  }
  return found;
}

describe.each([
  ['BatchAppend', {}],
  ['Append', { credentials: { username: 'a', password: 'b' } }],
])('%s', (_, how) => {
  it('numbers a stream, and refuses what does not stand where it should', async () => {
    const events = [event(0), event(1)];
    const first = await client.appendToStream('s-1', events, {
      expectedRevision: NO_STREAM,
      ...how,
    });
    expect(first).toMatchObject({ success: true, nextExpectedRevision: 1n });
    const append = (expectedRevision: bigint | typeof NO_STREAM) =>
      client.appendToStream('s-1', event(2), { expectedRevision, ...how });
    await expect(append(NO_STREAM)).rejects.toMatchObject({ actualVersion: 1n });
    await expect(append(7n)).rejects.toThrow(WrongExpectedVersionError);
    await expect(
      client.appendToStream('s-2', event(0), { expectedRevision: STREAM_EXISTS, ...how }),
    ).rejects.toMatchObject({ actualVersion: 'no_stream' });
  });

  it('takes repeated ids for a repetition behind the end, and for new events at the end', async () => {
    const events = [event(0), event(1)];
    const append = (expectedRevision: bigint | typeof NO_STREAM) =>
      client.appendToStream('s-1', events, { expectedRevision, ...how });
    await append(NO_STREAM);
    expect(await append(NO_STREAM)).toMatchObject({ nextExpectedRevision: 1n });
    expect(await numbers(client.readStream('s-1'))).toEqual([0, 1]);
    // The trap: nobody looks at the ids there.
    await append(1n);
    expect(await numbers(client.readStream('s-1'))).toEqual([0, 1, 0, 1]);
  });

  it('refuses a repetition of which only a part is stored', async () => {
    const stored = event(0);
    await client.appendToStream('s-1', stored, { expectedRevision: NO_STREAM, ...how });
    const partly = client.appendToStream('s-1', [stored, event(1)], {
      expectedRevision: NO_STREAM,
      ...how,
    });
    await expect(partly).rejects.toThrow(WrongExpectedVersionError);
  });
});

describe('reading', () => {
  it('goes both ways through a stream', async () => {
    await client.appendToStream(
      's-1',
      [0, 1, 2, 3].map((n) => event(n)),
    );
    expect(await numbers(client.readStream('s-1', { fromRevision: 2n }))).toEqual([2, 3]);
    const back = client.readStream('s-1', { direction: BACKWARDS, fromRevision: 2n, maxCount: 2 });
    expect(await numbers(back)).toEqual([2, 1]);
    await expect(numbers(client.readStream('s-2'))).rejects.toThrow(StreamNotFoundError);
  });

  it('of the log shows system events, and begins only where an event does', async () => {
    const { position } = await client.appendToStream('s-1', event(0));
    const types: string[] = [];
    for await (const { event: recorded } of client.readAll()) types.push(recorded?.type ?? '');
    expect(types).toEqual(['$epoch-information', '$UserCreated', 'Counted']);
    const commit = (position?.commit ?? 0n) + 1n;
    const astray = client.readAll({ fromPosition: { commit, prepare: commit } });
    await expect(numbers(astray)).rejects.toThrow('invalid position');
    const atEnd = client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 });
    expect(await numbers(atEnd)).toEqual([0]);
  });
});

describe('deleting', () => {
  it('softly hides what was there, and the revisions go on', async () => {
    await client.appendToStream('s-1', [event(0), event(1)]);
    await client.deleteStream('s-1');
    await expect(numbers(client.readStream('s-1'))).rejects.toThrow(StreamNotFoundError);
    const reborn = await client.appendToStream('s-1', event(2), { expectedRevision: NO_STREAM });
    expect(reborn.nextExpectedRevision).toBe(2n);
    expect(await numbers(client.readStream('s-1'))).toEqual([2]);
  });

  it('for good closes the name', async () => {
    await client.appendToStream('s-1', event(0));
    await client.tombstoneStream('s-1');
    await expect(numbers(client.readStream('s-1'))).rejects.toThrow(StreamDeletedError);
    await expect(client.appendToStream('s-1', event(1))).rejects.toThrow(StreamDeletedError);
  });

  it('is done by metadata too: of count and of place', async () => {
    await client.appendToStream(
      's-1',
      [0, 1, 2, 3].map((n) => event(n)),
    );
    await client.setStreamMetadata('s-1', { maxCount: 3 });
    expect(await numbers(client.readStream('s-1'))).toEqual([1, 2, 3]);
    await client.setStreamMetadata('s-1', { truncateBefore: 3 });
    expect(await numbers(client.readStream('s-1'))).toEqual([3]);
    // The log as a whole still has them, until it is scavenged.
    expect(await numbers(client.readAll())).toEqual([0, 1, 2, 3]);
  });
});

describe('a subscription', () => {
  it('filters, reports where it is, says that it has caught up, and goes on live', async () => {
    await client.appendToStream('a-1', [event(0), event(1)]);
    await client.appendToStream(
      'b-1',
      Array.from({ length: 100 }, (_, n) => event(n)),
    );
    const checkpoints: bigint[] = [];
    const seen: number[] = [];
    const subscription = client.subscribeToAll({
      filter: streamNameFilter({
        prefixes: ['a-'],
        checkpointReached: async (_, position) => void checkpoints.push(position.commit),
      }),
    });
    const caughtUp = new Promise((resolve) => subscription.once('caughtUp', resolve));
    const third = new Promise<void>((resolve) => {
      subscription.on('data', ({ event: recorded }) => {
        seen.push((recorded?.data as { n: number }).n);
        if (seen.length === 3) resolve();
      });
    });
    await caughtUp;
    expect(seen).toEqual([0, 1]);
    expect(checkpoints.length).toBeGreaterThanOrEqual(3);
    await client.appendToStream('a-2', event(2));
    await third;
    expect(seen).toEqual([0, 1, 2]);
    await subscription.unsubscribe();
  });

  it('is told when the stream that it follows is deleted for good', async () => {
    await client.appendToStream('s-1', event(0));
    await client.tombstoneStream('s-1');
    await expect(numbers(client.subscribeToStream('s-1'))).rejects.toThrow(StreamDeletedError);
  });
});

describe('the faults', () => {
  it('lose an append before or behind the log', async () => {
    server.faults.failAppend({ kind: 'lose-request' });
    await expect(client.appendToStream('s-1', event(0))).rejects.toThrow(UnavailableError);
    server.faults.failAppend({ kind: 'lose-reply' });
    await expect(client.appendToStream('s-1', event(1))).rejects.toThrow(UnavailableError);
    expect(await numbers(client.readStream('s-1'))).toEqual([1]);
  });

  it('cut a read off', async () => {
    await client.appendToStream('s-1', [event(0), event(1), event(2)]);
    server.faults.failRead({ kind: 'cut', afterEvents: 1 });
    await expect(numbers(client.readStream('s-1'))).rejects.toThrow(UnavailableError);
  });

  it('keep the log and the port over a kill and a restart', async () => {
    await client.appendToStream('s-1', event(0));
    const { url } = server;
    await server.kill();
    await expect(numbers(client.readStream('s-1'))).rejects.toThrow();
    await server.restart();
    expect(server.url).toBe(url);
    const later = EventStoreDBClient.connectionString(url);
    expect(await numbers(later.readStream('s-1'))).toEqual([0]);
    await later.dispose();
  });

  it('cut and silence connections', async () => {
    await client.appendToStream('s-1', event(0));
    expect(server.connections.connections).toBeGreaterThan(0);
    server.connections.cut();
    await expect(client.appendToStream('s-1', event(1))).rejects.toThrow();
    server.connections.silence();
    const reading = numbers(client.readStream('s-1'));
    server.connections.carry();
    expect(await reading).toEqual([0]);
  });
});
