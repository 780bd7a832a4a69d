import { EventStoreDBClient } from '@eventstore/db-client';
import * as shared from '@eventstore/db-client/generated/shared_pb';
import { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import {
  Metadata,
  Server,
  ServerCredentials,
  status as grpcStatus,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { AppendStream } from './eventstoredb.append-stream';
import { failureOf } from './eventstoredb.errors';
import { toWire } from './eventstoredb.events';

// Goal: an append ends, whatever its server says and does not say. Method: a server without
// manners, which sends the bytes it is told to.

type Call = ServerDuplexStream<Buffer, Buffer>;
type Conduct = (call: Call, request: BatchAppendReq) => void;

const events = [toWire({ id: 'a', type: 'Opened', body: '{}', hash: '' })];

let server: Server;
let port: number;
let client: EventStoreDBClient;
let conduct: Conduct;
let callsBegun: number;

beforeEach(async () => {
  callsBegun = 0;
  const asItIs = (bytes: Buffer): Buffer => bytes;
  server = new Server();
  server.addService(
    {
      batchAppend: {
        path: '/event_store.client.streams.Streams/BatchAppend',
        requestStream: true,
        responseStream: true,
        requestSerialize: asItIs,
        requestDeserialize: asItIs,
        responseSerialize: asItIs,
        responseDeserialize: asItIs,
      },
    },
    {
      batchAppend: (call: Call) => {
        callsBegun += 1;
        call.on('data', (bytes: Buffer) => conduct(call, BatchAppendReq.deserializeBinary(bytes)));
        call.on('error', () => undefined);
      },
    },
  );
  port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${port}?tls=false`);
});

afterEach(async () => {
  await client.dispose();
  server.forceShutdown();
});

function answerTo(request: BatchAppendReq, commit = '7'): Buffer {
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(commit);
  const success = new BatchAppendResp.Success();
  success.setPosition(position);
  const answer = new BatchAppendResp();
  answer.setCorrelationId(request.getCorrelationId());
  answer.setSuccess(success);
  return Buffer.from(answer.serializeBinary());
}

const answering: Conduct = (call, request) => call.write(answerTo(request));

function streamOf(timeoutMs: number, ended = new AbortController().signal): AppendStream {
  return new AppendStream(client, timeoutMs, ended);
}

function sendTo(stream: AppendStream): Promise<bigint | undefined> {
  return stream.append('counter-1', events, 'no_stream');
}

/** How the server tells a client that it does not lead: the whole call fails. */
function refuseAsFollower(call: Call): void {
  const metadata = new Metadata();
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', '127.0.0.1');
  metadata.set('leader-endpoint-port', String(port));
  call.emit('error', { code: grpcStatus.NOT_FOUND, details: 'Leader info available', metadata });
}

async function failureOfEach(sent: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(sent);
  return outcomes.map((outcome) =>
    outcome.status === 'rejected' ? failureOf(outcome.reason) : 'written',
  );
}

it('sends all appends by one call', async () => {
  conduct = answering;
  const stream = streamOf(15_000);
  const positions = await Promise.all([sendTo(stream), sendTo(stream), sendTo(stream)]);
  expect(positions).toEqual([7n, 7n, 7n]);
  expect(await sendTo(stream)).toBe(7n);
  expect(callsBegun).toBe(1);
});

it('gives up what is answered by bytes without meaning, and begins another call', async () => {
  conduct = (call) => call.write(Buffer.from('no message at all'));
  const stream = streamOf(15_000);
  await expect(sendTo(stream)).rejects.toThrow(/without meaning/);
  conduct = answering;
  expect(await sendTo(stream)).toBe(7n);
  expect(callsBegun).toBe(2);
});

it('gives up all that wait on a call that ends politely, and begins another call', async () => {
  const requests: BatchAppendReq[] = [];
  conduct = (call, request) => {
    requests.push(request);
    if (requests.length === 2) call.end();
  };
  const stream = streamOf(15_000);
  const outcomes = await Promise.allSettled([sendTo(stream), sendTo(stream)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  conduct = answering;
  expect(await sendTo(stream)).toBe(7n);
  expect(callsBegun).toBe(2);
});

it('takes an answer that came just before the end of its call', async () => {
  conduct = (call, request) => {
    call.write(answerTo(request));
    call.end();
  };
  expect(await sendTo(streamOf(15_000))).toBe(7n);
});

it('passes over an answer that comes too late, and one to what nobody has sent', async () => {
  const late: BatchAppendReq[] = [];
  conduct = (_, request) => late.push(request);
  const stream = streamOf(300);
  await expect(sendTo(stream)).rejects.toThrow(/no answer within 300 ms/);
  conduct = (call, request) => {
    for (const old of late) call.write(answerTo(old, '1'));
    const strange = new BatchAppendReq();
    strange.setCorrelationId(new shared.UUID());
    call.write(answerTo(strange, '2'));
    call.write(answerTo(request, '3'));
  };
  expect(await sendTo(streamOf(15_000))).toBe(3n);
});

it('goes on with its call after an append that got no answer', async () => {
  conduct = () => undefined;
  const stream = streamOf(300);
  await expect(sendTo(stream)).rejects.toThrow(/no answer within 300 ms/);
  conduct = answering;
  expect(await sendTo(stream)).toBe(7n);
  expect(callsBegun).toBe(1);
});

it('takes a call that fails because the node does not lead for the word on a single append', async () => {
  conduct = (call) => refuseAsFollower(call);
  const stream = streamOf(15_000);
  expect(await failureOfEach([sendTo(stream)])).toEqual(['not-leader']);
  conduct = answering;
  expect(await sendTo(stream)).toBe(7n);
});

it('does not take it for the word on several: some of them may have been written', async () => {
  let received = 0;
  conduct = (call) => {
    received += 1;
    if (received === 2) refuseAsFollower(call);
  };
  const stream = streamOf(15_000);
  expect(await failureOfEach([sendTo(stream), sendTo(stream)])).toEqual(['lost', 'lost']);
});

it('knows that nothing was sent where no node is found in time', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const node = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const query = 'tls=false&gossipTimeout=1&maxDiscoverAttempts=1';
  const searching = EventStoreDBClient.connectionString(`esdb://${node},${node}?${query}`);
  const stream = new AppendStream(searching, 300, new AbortController().signal);
  expect(await failureOfEach([sendTo(stream)])).toEqual(['not-sent']);
  silent.close();
  for (const socket of sockets) socket.destroy();
  // What the client still does in vain is over with this.
  await expect(searching.getStreamMetadata('counter-1')).rejects.toThrow(/discover/);
});

it('opens no call for a client that is left meanwhile', async () => {
  conduct = answering;
  const ending = new AbortController();
  const sent = sendTo(streamOf(15_000, ending.signal));
  ending.abort();
  expect(await failureOfEach([sent])).toEqual(['not-sent']);
});
