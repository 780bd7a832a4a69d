import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { StoredEvent, SubscriptionMessage } from '@ledgerdesk/event-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEFAULT_HTTP_LIMITS, type HttpApiSettings } from '../http-api.options';
import { LiveFeed } from './live-feed';

const BODY_LENGTH = 10_000;
/** What the sockets of both ends and one batch can hold at the very most, with much to spare. */
const TAKEN_BYTES_MAX = 32 * 1024 * 1024;

let server: Server;
let feed: LiveFeed;
let events: number;
let served: Promise<void>[];
let sockets: Socket[];

function event(position: bigint): StoredEvent {
  const body = `{"data":"${'x'.repeat(BODY_LENGTH)}"}`;
  return { id: '', type: 'T', body, hash: '', stream: 's', revision: 0n, position };
}

async function* endlessLog(signal: AbortSignal): AsyncGenerator<SubscriptionMessage> {
  for (let position = 1n; !signal.aborted; position += 10n) {
    events += 10;
    const batch = Array.from({ length: 10 }, (_, index) => event(position + BigInt(index)));
    yield { kind: 'events', events: batch };
    await new Promise((resume) => setImmediate(resume));
  }
}

beforeEach(async () => {
  events = 0;
  served = [];
  sockets = [];
  const eventStore = {
    subscribeToAll: ({ signal }: { signal: AbortSignal }) => endlessLog(signal),
  };
  feed = new LiveFeed({
    engine: { eventStore },
    log: { warn: () => undefined },
    limits: { ...DEFAULT_HTTP_LIMITS, feedStallMs: 200, feedClientsMax: 1 },
  } as unknown as HttpApiSettings);
  server = createServer((request, response) => {
    const reply = { raw: response, hijack: () => undefined, getHeaders: () => ({}) };
    const asked = { raw: request } as unknown as FastifyRequest;
    const running = feed.serve(asked, reply as unknown as FastifyReply, { after: 0n });
    running.catch(() => response.writeHead(429).end());
    served.push(running);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await feed.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

async function ask(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.pause();
  const asked = new Promise((resolve) => server.once('request', resolve));
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await asked;
  return socket;
}

describe('the live feed', () => {
  it('takes no more of the log than a client that never reads can be sent, and then cuts it off', async () => {
    await ask();
    await served[0];
    expect(feed.metrics()).toEqual({ clients: 0, cutOff: 1 });
    expect(events * BODY_LENGTH).toBeLessThan(TAKEN_BYTES_MAX);
  });

  it('forgets a client that leaves', async () => {
    const socket = await ask();
    expect(feed.metrics().clients).toBe(1);
    socket.destroy();
    await served[0];
    expect(feed.metrics()).toEqual({ clients: 0, cutOff: 0 });
  });

  it('takes no more clients than its bound', async () => {
    await ask();
    await ask();
    await expect(served[1]).rejects.toMatchObject({ code: 'limit.feed-clients' });
  });

  it('ends its clients when it is closed, and takes no more', async () => {
    const socket = await ask();
    socket.resume();
    await feed.close();
    await served[0];
    expect(feed.metrics().clients).toBe(0);
    await ask();
    await expect(served[1]).rejects.toMatchObject({ code: 'unavailable.shutting-down' });
  });
});
