import 'reflect-metadata';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Server } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryBlobStore, Engine, type FlowHost, type ProjectionStatus } from '@ledgerdesk/engine';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { flowCheckpointStream, LedgerdeskError } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { openReadStore, type ReadStore } from '@ledgerdesk/read-store';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LightMyRequestResponse } from 'fastify';
import { commandRoutesOf } from './commands/command-route';
import { createHttpApplication } from './http-application';

const BODY = { description: 'x', channel: 'phone', caller: 'bob', service: 'mail' };

let eventStore: EventStore;
let readStore: ReadStore;
let engine: Engine;
let application: NestFastifyApplication;
let logged: { particulars: object; message: string }[];
let lagEvents: bigint;
let state: ProjectionStatus['state'];

function status(): ProjectionStatus {
  const counts = { parked: 0, restarts: 0, version: 1, generation: 1 };
  return { name: 'incident-list', checkpoint: 0n, head: lagEvents, lagEvents, state, ...counts };
}

beforeEach(async () => {
  lagEvents = 0n;
  state = 'catching-up';
  logged = [];
  eventStore = await openEventStore('memory:');
  readStore = await openReadStore('memory:');
  engine = await Engine.open({
    eventStore,
    readStore,
    processes,
    projections: [],
    blobs: new MemoryBlobStore(),
    projectionHost: {
      waitFor: () => Promise.resolve(false),
      status: () => Promise.resolve([status()]),
      stop: () => Promise.resolve(),
    },
  });
  application = await createHttpApplication({
    engine,
    version: '1.2.3',
    limits: { projectionLagMax: 10, projectionLookMs: 1 },
    log: {
      error: (particulars, message) => logged.push({ particulars, message }),
      warn: () => undefined,
      info: () => undefined,
    },
  });
  await application.init();
});

afterEach(async () => {
  await application.close();
  await engine.close();
  await readStore.close();
  await eventStore.close();
});

function register(): Promise<LightMyRequestResponse> {
  const headers = { 'x-actor': 'ann' };
  return application.inject({ method: 'POST', url: '/api/v1/incidents', headers, payload: BODY });
}

async function until(url: string, statusCode: number): Promise<LightMyRequestResponse> {
  for (;;) {
    const answer = await application.inject(url);
    if (answer.statusCode === statusCode) return answer;
    await new Promise((resume) => setImmediate(resume));
  }
}

describe('the engine behind the API', () => {
  it('takes no commands while a read model is too far behind, and takes them again after', async () => {
    lagEvents = 11n;
    let answer = await register();
    while (answer.statusCode !== 429) answer = await register();
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({
      code: 'limit.projection-lag',
      projection: 'incident-list',
      lagEvents: '11',
    });
    lagEvents = 10n;
    while (answer.statusCode !== 201) answer = await register();
    expect(answer.statusCode).toBe(201);
  });

  it('is ready when the read models have caught up once, and stays so while they run', async () => {
    const early = await application.inject('/ready');
    expect(early.statusCode).toBe(503);
    expect(early.json()).toEqual({ ready: false, reasons: ['incident-list is catching-up'] });
    state = 'live';
    await until('/ready', 200);
    state = 'catching-up';
    await until('/ready', 200);
    state = 'failed';
    const failed = await until('/ready', 503);
    expect(failed.json()).toEqual({ ready: false, reasons: ['incident-list is failed'] });
    expect((await application.inject('/health')).json()).toMatchObject({ status: 'degraded' });
  });

  it('is not ready while a flow has never run, here or in another process', async () => {
    state = 'live';
    const names = ['auto-close', 'escalation'];
    const host = { flows: new Map(names.map((name) => [name, {}])) } as unknown as FlowHost;
    jest.spyOn(engine, 'flows', 'get').mockReturnValue(host);
    const began = (flow: string): Promise<void> =>
      eventStore.setStreamMetadata(flowCheckpointStream(flow), { position: '0', fence: 1 });
    await began('escalation');
    const early = await until('/ready', 503);
    expect(early.json()).toEqual({
      ready: false,
      reasons: ['flows have never run yet: auto-close'],
    });
    await began('auto-close');
    expect((await application.inject('/ready')).statusCode).toBe(200);
  });

  it('is not ready while nothing can be written, and is ready again after', async () => {
    state = 'live';
    await until('/ready', 200);
    const full = new LedgerdeskError('unavailable.disk-full', 'The disk is full.');
    eventStore.appendObstacle = () => Promise.resolve(full);
    const answer = await application.inject('/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({
      ready: false,
      reasons: ['nothing can be written: unavailable.disk-full'],
    });
    eventStore.appendObstacle = () => Promise.resolve(undefined);
    expect((await application.inject('/ready')).statusCode).toBe(200);
  });

  it('is not ready while a read model is too far behind, and counts by how much', async () => {
    state = 'live';
    await until('/ready', 200);
    lagEvents = 12n;
    const answer = await until('/ready', 503);
    expect(answer.json()).toMatchObject({ reasons: ['incident-list is too far behind'] });
    expect((await application.inject('/metrics')).body).toContain(
      'ledgerdesk_projection_lag_events{projection="incident-list"} 12',
    );
  });

  it('is not ready when the log cannot be read', async () => {
    state = 'live';
    await eventStore.close();
    const answer = await application.inject('/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ reasons: ['the event store cannot be read'] });
  });

  it('tells a client that it is stopping: 503', async () => {
    await engine.close();
    const answer = await register();
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'unavailable.shutting-down' });
  });

  it('tells nothing of a fault of its own but under which id it is logged', async () => {
    jest.spyOn(engine.tickets, 'load').mockRejectedValue(new Error('password is hunter2'));
    const answer = await application.inject('/api/v1/incidents/INC-000001');
    expect(answer.statusCode).toBe(500);
    const problem = answer.json<{ instance: string; code: string }>();
    expect(problem.code).toBe('defect.unexpected');
    expect(answer.body).not.toContain('hunter2');
    expect(logged).toEqual([
      {
        message: expect.any(String),
        particulars: expect.objectContaining({ instance: problem.instance }),
      },
    ]);
  });

  it.each([
    ['a command', '/api/v1/incidents', 'application/json'],
    ['a command of another media type', '/api/v1/incidents', 'text/plain'],
    ['a blob', '/api/v1/blobs', 'application/octet-stream'],
  ])(
    'takes a client that goes away while it sends %s for no fault of its own',
    async (_, path, type) => {
      await application.listen(0, '127.0.0.1');
      const server = application.getHttpServer() as Server;
      const answered = new Promise((resolve) => {
        application
          .getHttpAdapter()
          .getInstance()
          .server.once('request', (_request: unknown, response: ServerResponse) =>
            response.once('close', resolve),
          );
      });
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\nx-actor: ann\r\n`;
      socket.write(`${head}content-type: ${type}\r\ncontent-length: 100\r\n\r\n{"a":`);
      await once(server, 'request');
      socket.destroy();
      await answered;
      for (let turn = 0; turn < 20; turn += 1) await nextTurn();
      expect(logged).toEqual([]);
    },
  );

  it('names the path of a URL that cannot be decoded, without its query', async () => {
    const answer = await application.inject('/api/v1/%zz?token=hunter2');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'malformed.url', instance: '/api/v1/%zz' });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('sends the headers that keep a browser from harm, and not what it runs on', async () => {
    const { headers } = await application.inject('/health');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
    expect(Object.keys(headers)).not.toContain('x-powered-by');
    expect(Object.keys(headers)).not.toContain('server');
  });
});

describe('the end of the application', () => {
  it('does not wait for a client that has connected and asks nothing', async () => {
    await application.listen(0, '127.0.0.1');
    const server: Server = application.getHttpServer();
    const accepted = once(server, 'connection');
    const silent = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const left = once(silent, 'close');
    await accepted;
    await application.close();
    await left;
    expect(server.listening).toBe(false);
  });
});

describe('the routes', () => {
  it('are all those that the OpenAPI document describes', async () => {
    const document = (await application.inject('/openapi.json')).json<{
      paths: Record<string, Record<string, object>>;
    }>();
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => ({ path, method: method.toUpperCase() })),
    );
    for (const { path, method } of described) {
      const url = path.replace(/\{\w+\}/g, '0');
      const answer = await application.inject({ method: method as 'GET', url });
      expect({ url, code: codeOf(answer) }).not.toEqual({
        url,
        code: expect.stringMatching(/^(?:missing\.route|malformed\.method)$/),
      });
    }
    expect(described.length).toBeGreaterThan(40);
  });

  it('are there for each command that people may send', () => {
    const all = processes.flatMap(commandRoutesOf);
    expect(all.map(({ name }) => name)).toContain('ResolveIncident');
    expect(all.map(({ name }) => name)).not.toContain('RecordIncidentChild');
  });
});

function codeOf(answer: LightMyRequestResponse): string | undefined {
  const isProblem = answer.headers['content-type']?.toString().startsWith('application/problem');
  return isProblem === true ? answer.json<{ code: string }>().code : undefined;
}
