import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EventStoreDbTestServer } from './eventstoredb-test-server';

// Goal: a second client, whose reads go through another gRPC library in another language, finds
// the same server. What only the first client understood would fail here.

const PROGRAM = require.resolve('../testing/second-client.cjs');

let server: EventStoreDbTestServer;

beforeEach(async () => {
  server = await EventStoreDbTestServer.start();
});

afterEach(async () => {
  await server.kill();
});

async function secondClient(task: string): Promise<unknown> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [PROGRAM, server.url, task]);
  return JSON.parse(stdout);
}

describe('a client of KurrentDB', () => {
  it('appends, and reads in both directions', async () => {
    expect(await secondClient('reads')).toEqual({
      revision: 2,
      forwards: [0, 1, 2],
      backwards: [2, 1],
      log: [0, 1, 2],
    });
  });

  it('is refused where another was first', async () => {
    expect(await secondClient('conflicts')).toEqual({ type: 'wrong-expected-version' });
  });

  it('reads what the first client has written, and the reverse', async () => {
    const first = EventStoreDBClient.connectionString(server.url);
    await first.appendToStream('s-1', jsonEvent({ type: 'Counted', data: { n: 7 } }));
    expect(await secondClient('shares')).toEqual({ before: [7] });
    const seen: unknown[] = [];
    for await (const { event } of first.readStream('s-1')) seen.push(event?.data);
    expect(seen).toEqual([{ n: 7 }, { n: 1 }]);
    await first.dispose();
  });

  it('follows the log with a filter', async () => {
    expect(await secondClient('follows')).toEqual({ seen: [0, 2] });
  });
});
