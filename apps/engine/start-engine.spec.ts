import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpLog } from '@ledgerdesk/http';
import { readConfiguration, type StartedService } from '@ledgerdesk/hosting';
import { startEngine } from './start-engine';

const ACTOR = { 'x-actor': 'li.w', 'content-type': 'application/json' };
const BODY = JSON.stringify({ description: 'x', channel: 'phone', caller: 'bob', service: 'mail' });

let dir: string;
let started: StartedService | undefined;
let logged: readonly (readonly [object, string])[];

const log: HttpLog = {
  error: (particulars, message) => (logged = [...logged, [particulars, message]]),
  warn: () => undefined,
  info: () => undefined,
};

async function start(environment: Readonly<Record<string, string>> = {}): Promise<StartedService> {
  const configuration = readConfiguration({ DATA_DIR: dir, PORT: '0', ...environment });
  started = await startEngine(configuration, { log });
  return started;
}

async function stop(): Promise<void> {
  await started?.close();
  started = undefined;
}

async function register(): Promise<string> {
  const url = `${started?.url ?? ''}/api/v1/incidents`;
  const answer = await fetch(url, { method: 'POST', headers: ACTOR, body: BODY });
  return ((await answer.json()) as { readonly position: string }).position;
}

async function listAt(position: string): Promise<{ status: number; items: unknown[] }> {
  const query = `minPosition=${position}&minPositionTimeoutMs=10000`;
  const answer = await fetch(`${started?.url ?? ''}/api/v1/incidents?${query}`);
  const { items = [] } = (await answer.json()) as { readonly items?: unknown[] };
  return { status: answer.status, items };
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-start-'));
  logged = [];
});

afterEach(async () => {
  await stop();
  await rm(dir, { recursive: true, force: true });
});

describe('starting the engine', () => {
  let taken: Server | undefined;

  afterEach(() => taken?.close());

  it('refuses a port that is taken, and leaves the stores to the next start', async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(start({ PORT: String(port) })).rejects.toMatchObject({
      code: 'unavailable.port',
      details: { port, host: '127.0.0.1' },
    });
    expect((await start()).url).toMatch(/^http:/);
  });

  it('sets damaged read models aside, says so, and builds new ones', async () => {
    await start();
    const position = await register();
    await listAt(position);
    await stop();
    await writeFile(join(dir, 'read-models.sqlite'), 'no database, by far. '.repeat(500));
    await start();
    expect(await listAt(position)).toMatchObject({ status: 200, items: [{}] });
    expect(logged).toEqual([
      [expect.objectContaining({ kept: expect.any(String) as unknown }), expect.any(String)],
    ]);
    const kept = (await readdir(dir)).filter((name) =>
      /^read-models\.sqlite\.damaged-\d{8}T\d{6}Z$/.test(name),
    );
    expect(kept).toHaveLength(1);
  });

  it('refuses a log that is not the one of its read models, and serves nothing of that', async () => {
    await start();
    await listAt(await register());
    await stop();
    const other = join(dir, 'other');
    await mkdir(other);
    const elsewhere = { EVENT_STORE_URL: `sqlite:${other}`, READ_STORE_URL: `sqlite:${dir}` };
    await expect(start(elsewhere)).rejects.toMatchObject({ code: 'corrupt.checkpoint-ahead' });
    expect((await start()).url).toMatch(/^http:/);
  });
});

describe('an engine without authentication', () => {
  async function ask(host: string, path: string): Promise<{ status: number; code: unknown }> {
    const { port } = new URL(started?.url ?? '');
    const asked = request({ host: '127.0.0.1', port, path, headers: { host } }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer) chunks.push(chunk as Uint8Array);
    const text = Buffer.concat(chunks).toString();
    const { code } = JSON.parse(text) as { readonly code?: unknown };
    return { status: answer.statusCode ?? 0, code };
  }

  it('answers nobody who calls it by another name than that of this machine', async () => {
    await start();
    for (const path of ['/api/v1/incidents', '/health', '/no/such/path']) {
      expect(await ask('desk.evil.example', path)).toEqual({ status: 403, code: 'denied.host' });
    }
    expect((await ask('localhost:3000', '/health')).status).toBe(200);
  });
});
