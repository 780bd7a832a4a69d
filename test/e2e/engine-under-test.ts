import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration, startEngine } from '../../apps/engine';
import type { HttpLimits, HttpLog } from '@ledgerdesk/http';

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

/** A whole engine on SQLite stores in a folder of its own, reached over real HTTP. */
export interface EngineUnderTest {
  readonly url: string;
  readonly dataDir: string;
  /** What the engine logged as errors. */
  readonly errors: readonly object[];
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, options?: SendOptions): Promise<Answer>;
  close(): Promise<void>;
}

export async function startEngineUnderTest(
  limits: Partial<HttpLimits> = {},
): Promise<EngineUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ledgerdesk-e2e-'));
  const errors: object[] = [];
  const log: HttpLog = {
    error: (particulars) => errors.push(particulars),
    warn: () => undefined,
    info: () => undefined,
  };
  const configuration = readConfiguration({ DATA_DIR: dataDir, PORT: '0' });
  const engine = await startEngine(configuration, {
    log,
    // A slow machine is no fault of what is tested.
    limits: { minPositionTimeoutMs: 120_000, minPositionTimeoutMaxMs: 120_000, ...limits },
  });
  const send = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(engine.url + path, init);
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Answer['body'];
    return { status: response.status, headers: response.headers, body };
  };
  return {
    url: engine.url,
    dataDir,
    errors,
    get: (path, headers = {}) => send(path, { headers: { ...headers } }),
    post: (path, { body = {}, headers = {} } = {}) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-actor': 'li.w', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: async () => {
      await engine.close();
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
