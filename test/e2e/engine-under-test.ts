import type { ManualClock } from '@ledgerdesk/engine/testing';
import type { HttpLimits, HttpLog } from '@ledgerdesk/http';
import type { FlowDefinition } from '@ledgerdesk/kernel';
import { eventually } from '@ledgerdesk/kernel/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration, startEngine } from '../../apps/engine';

/** An answer with its body read as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

interface SendOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole engine with all flows on SQLite stores in a folder of its own, over real HTTP. */
export interface EngineUnderTest {
  /** Another one after {@link EngineUnderTest.restart}. */
  readonly url: string;
  readonly dataDir: string;
  /** What the engine logged as errors. */
  readonly errors: readonly object[];
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, options?: SendOptions): Promise<Answer>;
  /** Waits until flows have done all that follows from the log, due timers included. */
  flowsIdle(): Promise<void>;
  /** Moves the clock that was handed in, lets due timers elapse and waits until flows are idle. */
  advance(ms: number): Promise<void>;
  /** Stops the engine and starts it again on the same folder; `meanwhile` runs in between. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export interface EngineUnderTestOptions {
  /** Default: the time of this machine. */
  readonly clock?: ManualClock;
  /** Default: all there are. */
  readonly flows?: readonly FlowDefinition[];
  /** More environment variables of the engine. */
  readonly environment?: Readonly<Record<string, string>>;
}

export async function startEngineUnderTest(
  limits: Partial<HttpLimits> = {},
  { clock, flows, environment = {} }: EngineUnderTestOptions = {},
): Promise<EngineUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ledgerdesk-e2e-'));
  const errors: object[] = [];
  const log: HttpLog = {
    error: (particulars) => errors.push(particulars),
    warn: () => undefined,
    info: () => undefined,
  };
  const configuration = readConfiguration({ DATA_DIR: dataDir, PORT: '0', ...environment });
  const start = (): ReturnType<typeof startEngine> =>
    startEngine(configuration, {
      log,
      // A slow machine is no fault of what is tested.
      limits: { minPositionTimeoutMs: 120_000, minPositionTimeoutMaxMs: 120_000, ...limits },
      ...(flows && { flows }),
      // With a clock that is told, nothing but `advance` makes timers fall due.
      ...(clock && { clock, flowOptions: { scheduler: { after: () => () => undefined } } }),
    });
  let started = await start();
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(started.url + path, init);
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Answer['body'];
    return { status: response.status, headers: response.headers, body };
  };
  const flowsIdle = async (): Promise<void> => {
    const isIdle = async (): Promise<boolean> => (await started.engine.flows?.isIdle()) !== false;
    await eventually(isIdle, 'the rest of the flows');
  };
  return {
    get url() {
      return started.url;
    },
    dataDir,
    errors,
    get: (path, headers = {}) => send(path, { headers: { ...headers } }),
    post: (path, { body = {}, headers = {} } = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-actor': 'li.w', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    flowsIdle,
    advance: async (ms) => {
      await flowsIdle();
      if (clock === undefined) throw new Error('only a clock that was handed in can be moved');
      clock.advance(ms);
      started.engine.flows?.rouseTimers();
      await flowsIdle();
    },
    restart: async (meanwhile) => {
      await started.close();
      await meanwhile?.();
      started = await start();
    },
    close: async () => {
      await started.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The least that an incident needs. */
export const mailIncident = {
  description: 'Outlook keeps messages in the outbox.',
  channel: 'phone',
  caller: 'nadia.k',
  service: 'mail',
} as const;

/** Where incidents are. */
export const INCIDENTS = '/api/v1/incidents';

/** What most specs do with incidents over HTTP. Each call expects that the engine takes it. */
export interface IncidentDesk {
  register(body?: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Registers one, and gives its id. */
  registered(body?: object): Promise<string>;
  command(id: string, route: string, body?: object, headers?: object): Promise<Answer>;
  ticket(id: string): Promise<Answer['body']>;
}

/** A desk at the engine that is there when it is asked: a spec starts it later, or again. */
export function incidentDeskOf(engine: () => EngineUnderTest): IncidentDesk {
  const register: IncidentDesk['register'] = async (body = {}, headers = {}) =>
    taken(await engine().post(INCIDENTS, { body: { ...mailIncident, ...body }, headers }));
  return {
    register,
    registered: async (body) => String((await register(body)).body['id']),
    command: async (id, route, body = {}, headers = {}) =>
      taken(await engine().post(`${INCIDENTS}/${id}/${route}`, { body, headers: { ...headers } })),
    ticket: async (id) => (await engine().get(`${INCIDENTS}/${id}`)).body,
  };
}

function taken(answer: Answer): Answer {
  if (answer.status === 200 || answer.status === 201) return answer;
  throw new Error(`the engine answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
