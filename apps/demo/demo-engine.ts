import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readConfiguration, startEngine } from '../engine';
import { DemoClock } from './demo-clock';
import { boards } from './desk';

/** For whatever the engine is waited for: far more than it takes, on a loaded machine as well. */
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 4;

/** The engine of `apps/engine` on a store of its own, with all flows, by the clock of the demo. */
export interface DemoEngine {
  readonly url: string;
  readonly directory: string;
  readonly clock: DemoClock;
  /** Moves the clock; timers that are due by then elapse when it settles. */
  moveTo(instant: string): void;
  /**
   * Waits until the flows have done all that follows from what happened, due timers included.
   *
   * @throws Error after two minutes: then something stands still that should not.
   */
  settle(): Promise<void>;
  /** Position of the last event of the log: lists and views are asked to wait for it. */
  head(): Promise<bigint>;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

/** Starts it on a free port, with the members of the advisory boards on record. */
export async function startDemoEngine(start: Date): Promise<DemoEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'ledgerdesk-demo-'));
  const removeFiles = (): void => rmSync(directory, { recursive: true, force: true });
  const clock = new DemoClock(start.getTime());
  try {
    const teamsFile = join(directory, 'teams.json');
    writeFileSync(teamsFile, JSON.stringify({ version: 1, teams: boards }));
    const variables = { DATA_DIR: directory, PORT: '0', TEAMS_FILE: teamsFile };
    let lastFailure = 'nothing';
    const log = {
      error: (particulars: object) => {
        lastFailure = JSON.stringify(particulars, errorsAsText);
      },
      warn: () => undefined,
      info: () => undefined,
    };
    const waitUntil = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
      const deadline = performance.now() + PATIENCE_MS;
      while (!(await isSo())) {
        if (performance.now() > deadline) {
          throw new Error(
            `${what}: not after ${PATIENCE_MS / 1000} s; last logged: ${lastFailure}`,
          );
        }
        await delay(LOOK_EVERY_MS);
      }
    };
    const started = await startEngine(readConfiguration(variables), { clock, log });
    const { flows, eventStore } = started.engine;
    const isReady = async (): Promise<boolean> => {
      const answer = await fetch(`${started.url}/ready`);
      await answer.arrayBuffer();
      return answer.ok;
    };
    const stop = async (): Promise<void> => {
      await started.close();
      removeFiles();
    };
    try {
      await waitUntil('the engine is ready', isReady);
    } catch (error) {
      await started.close();
      throw error;
    }
    return {
      url: started.url,
      directory,
      clock,
      moveTo: (instant) => clock.moveTo(instant),
      settle: async () => {
        flows?.rouseTimers();
        await waitUntil('the flows are done', async () => (await flows?.isIdle()) !== false);
      },
      head: () => eventStore.head(),
      stop,
    };
  } catch (error) {
    removeFiles();
    throw error;
  }
}

function errorsAsText(_: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
