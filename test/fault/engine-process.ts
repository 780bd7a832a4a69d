import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const MAIN = join(ROOT, 'dist/apps/engine/main.js');

/** Builds the project unless what is built is newer than each of its sources. */
export function buildIfStale(): void {
  const builtMs = existsSync(MAIN) ? statSync(MAIN).mtimeMs : 0;
  if (newestSourceMs() < builtMs) return;
  const { status, stderr } = spawnSync(process.execPath, ['tools/build.mjs'], { cwd: ROOT });
  if (status !== 0) throw new Error(`the build failed: ${String(stderr)}`);
}

function newestSourceMs(): number {
  return ['apps', 'libs']
    .flatMap((top) => readdirSync(join(ROOT, top), { recursive: true, withFileTypes: true }))
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('spec.ts'))
    .reduce((newest, { parentPath, name }) => {
      return Math.max(newest, statSync(join(parentPath, name)).mtimeMs);
    }, 0);
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built engine as a real process. */
export class EngineProcess {
  readonly exited: Promise<Exit>;
  /** Rejects where the process ends before it listens. */
  readonly listening: Promise<string>;
  private readonly child: ChildProcess;
  private output = '';

  constructor(dataDir: string, environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = new Promise((done) => {
      this.child.once('exit', (code, signal) => done({ code, signal }));
    });
    this.listening = new Promise((done, fail) => {
      const look = (chunk: Buffer): void => {
        this.output += chunk.toString();
        const url = /"url":"([^"]+)"/.exec(this.output)?.[1];
        if (url !== undefined) done(url);
      };
      this.child.stdout?.on('data', look);
      this.child.stderr?.on('data', look);
      void this.exited.then(() => fail(new Error(`the engine did not listen: ${this.output}`)));
    });
    // Who kills it while it starts does not ask for the address.
    this.listening.catch(() => undefined);
  }

  /** Ends it the hard way; resolves once it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to stop, and gives how it ended. */
  stop(): Promise<Exit> {
    this.child.kill('SIGTERM');
    return this.exited;
  }

  get log(): string {
    return this.output;
  }
}
