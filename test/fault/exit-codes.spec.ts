import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale, EngineProcess } from './engine-process';

const ACTOR = { 'x-actor': 'li.w', 'content-type': 'application/json' };
const BODY = JSON.stringify({ description: 'x', channel: 'phone', caller: 'bob', service: 'mail' });

let dir: string;
const running = new Set<EngineProcess>();

function start(dataDir: string, environment: Readonly<Record<string, string>> = {}): EngineProcess {
  const engine = new EngineProcess(dataDir, environment);
  running.add(engine);
  return engine;
}

beforeAll(buildIfStale);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-exit-'));
});

afterEach(async () => {
  for (const engine of running) await engine.kill();
  running.clear();
  await rm(dir, { recursive: true, force: true });
});

describe('the engine as a process', () => {
  it('exits 75 where its port or its stores are taken, and says by what', async () => {
    const first = join(dir, 'first');
    const { port } = new URL(await start(first).listening);
    const samePort = start(join(dir, 'second'), { PORT: port });
    expect(await samePort.exited).toEqual({ code: 75, signal: null });
    expect(samePort.log).toContain(`unavailable.port: port ${port} of 127.0.0.1 is taken`);
    const sameStores = start(first);
    expect(await sameStores.exited).toEqual({ code: 75, signal: null });
    expect(sameStores.log).toContain('unavailable.event-store-locked');
  });

  it('exits 78 where its configuration is wrong', async () => {
    const engine = start(dir, { PORT: 'http' });
    expect(await engine.exited).toEqual({ code: 78, signal: null });
    expect(engine.log).toContain('invalid.configuration: PORT is "http"');
  });

  it('exits 65 where the log is not that of the read models, and names the way on', async () => {
    const engine = start(dir);
    const url = `${await engine.listening}/api/v1/incidents`;
    const answer = await fetch(url, { method: 'POST', headers: ACTOR, body: BODY });
    const { position } = (await answer.json()) as { readonly position: string };
    await fetch(`${url}?minPosition=${position}&minPositionTimeoutMs=10000`);
    await engine.stop();
    await rm(join(dir, 'events.sqlite'));
    const onAnotherLog = start(dir);
    expect(await onAnotherLog.exited).toEqual({ code: 65, signal: null });
    expect(onAnotherLog.log).toMatch(/^ledgerdesk: corrupt\.checkpoint-ahead: .*accept-log/);
  });
});
