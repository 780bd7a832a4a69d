import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeskClients } from './desk-clients';
import { buildIfStale, EngineProcess } from './engine-process';
import { flowWork } from './flow-check';
import { brokenStreams, lostOrDoubled, readLog, storedAndFreshDocuments } from './log-check';
import { seededRandom } from './seeded-random';

const SEED = 20_260_301;
/** For each of two seeds. `npm run test:kill` raises it to 25. */
const KILLS = Number(process.env['KILLS'] ?? 10);
const CLIENTS = 6;
const STOP_WITHIN_MS = 10_000;
const TIMERS_WITHIN_MS = 300_000;

let dataDir: string;
// Whatever a test leaves behind when it fails is ended after it.
let leftovers: (() => Promise<void>)[] = [];

beforeAll(() => buildIfStale());

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ledgerdesk-kill-'));
});

afterEach(async () => {
  await Promise.all(leftovers.map((end) => end()));
  leftovers = [];
  await rm(dataDir, { recursive: true, force: true });
});

/** An engine that is started again after each kill; clients wait for the one that is there. */
class Restarted {
  private current = startEngine();

  readonly url = async (): Promise<string> => {
    for (;;) {
      const asked = this.current;
      try {
        return await asked.listening;
      } catch (error) {
        // Killed while it started: the next one is on its way, or it really cannot start.
        const { signal } = await asked.exited;
        if (signal !== 'SIGKILL') throw error;
        await new Promise((resume) => setImmediate(resume));
      }
    }
  };

  async killAndStart(): Promise<void> {
    await this.current.kill();
    this.current = startEngine();
  }

  stop(): ReturnType<EngineProcess['stop']> {
    return this.current.stop();
  }
}

function startEngine(): EngineProcess {
  const engine = new EngineProcess(dataDir);
  leftovers.push(() => engine.kill());
  return engine;
}

function startClients(url: () => Promise<string>, seed: number): DeskClients {
  const clients = new DeskClients(url, { clients: CLIENTS, seed });
  leftovers.push(() => clients.abandon());
  return clients;
}

describe.each([SEED, SEED + 1])(
  'an engine under load that is killed again and again (seed %i)',
  (seed) => {
    it('keeps each command once, without gaps, fires each timer once, and has the read models of a fresh fold', async () => {
      const random = seededRandom(seed);
      const engine = new Restarted();
      const clients = startClients(engine.url, seed);
      for (let kill = 0; kill < KILLS; kill += 1) {
        // Each fourth one dies while it starts, the others after some more commands.
        if (kill % 4 === 3) await new Promise((die) => setTimeout(die, random() * 1_500));
        else await clients.acknowledgedMore(1 + Math.floor(random() * 150));
        await engine.killAndStart();
      }
      await clients.acknowledgedMore(20);
      await clients.finish();
      await allClosed(await engine.url(), clients.leftToTimer);
      await engine.stop();

      const log = await readLog(`sqlite:${dataDir}`);
      expect(clients.surprises).toEqual([]);
      expect(clients.acknowledged.length).toBeGreaterThan(100);
      expect(lostOrDoubled(clients.acknowledged, log)).toEqual([]);
      expect(brokenStreams(log)).toEqual([]);
      const { stored, fresh } = await storedAndFreshDocuments(dataDir);
      expect(fresh.length).toBeGreaterThan(20);
      expect(stored).toEqual(fresh);
      const { elapsed, faults } = await flowWork(dataDir, log);
      expect(faults).toEqual([]);
      expect(elapsed).toBe(clients.leftToTimer.length);
      expect(elapsed).toBeGreaterThan(10);
    }, 1_800_000);
  },
);

describe('an engine under load that is asked to stop', () => {
  it('answers what it took, and ends with exit code 0 in time', async () => {
    const first = startEngine();
    let url = first.listening;
    const clients = startClients(() => url, SEED);
    const feed = await openFeed(await url);
    await clients.acknowledgedMore(100);
    const askedMs = performance.now();
    const stopping = first.stop();
    const second = stopping.then(() => startEngine());
    url = second.then((engine) => engine.listening);
    expect(await stopping).toEqual({ code: 0, signal: null });
    expect(performance.now() - askedMs).toBeLessThan(STOP_WITHIN_MS);
    await feed.ended;
    await clients.finish();
    expect(await (await second).stop()).toEqual({ code: 0, signal: null });

    const log = await readLog(`sqlite:${dataDir}`);
    expect(clients.surprises).toEqual([]);
    expect(lostOrDoubled(clients.acknowledged, log)).toEqual([]);
    expect(brokenStreams(log)).toEqual([]);
  });

  it('refuses to start beside another one on the same folder, and says so', async () => {
    const first = startEngine();
    await first.listening;
    const second = startEngine();
    expect(await second.exited).toEqual({ code: 75, signal: null });
    expect(second.log).toContain('unavailable.event-store-locked');
    expect(await first.stop()).toEqual({ code: 0, signal: null });
  });
});

/** Resolves once a timer has closed each of the incidents. */
async function allClosed(url: string, incidents: readonly string[]): Promise<void> {
  const deadlineMs = Date.now() + TIMERS_WITHIN_MS;
  for (const id of incidents) {
    let state: unknown;
    while (state !== 'closed') {
      if (Date.now() > deadlineMs) throw new Error(`${id} is still ${String(state)}`);
      const answer = await fetch(`${url}/api/v1/incidents/${id}`);
      ({ state } = (await answer.json()) as { readonly state: unknown });
      if (state !== 'closed') await new Promise((resume) => setTimeout(resume, 20));
    }
  }
}

/** `ended` resolves when the engine has ended the feed. */
async function openFeed(url: string): Promise<{ readonly ended: Promise<string> }> {
  const response = await fetch(`${url}/api/v1/events`, {
    headers: { accept: 'text/event-stream' },
  });
  return { ended: response.text() };
}
