import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** What the program in `store-process-entry.ts` is to do with the store. */
export type StoreProcessTask = 'hold' | 'idle' | 'write';

/** A real process with a store of its own, that may be killed at any instant. */
export class StoreProcess {
  private readonly child: ChildProcess;
  private readonly lines: Interface;
  private readonly exited: Promise<unknown>;

  constructor(task: StoreProcessTask, dir: string) {
    const program = join(__dirname, 'store-process-entry.ts');
    const hook = require.resolve('./typescript-hook.cjs');
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    this.child = spawn(process.execPath, ['--require', hook, program, task, dir], {
      stdio: [...stdio],
    });
    this.exited = once(this.child, 'exit');
    if (this.child.stdout === null) throw new Error('the child has no output');
    this.lines = createInterface({ input: this.child.stdout });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The next lines that the process prints; fewer if it ends before. */
  async print(count: number): Promise<string[]> {
    const printed: string[] = [];
    for await (const line of this.lines) {
      printed.push(line);
      if (printed.length >= count) break;
    }
    return printed;
  }

  /** Everything it has printed up to its end, from the given number of lines on killed. */
  async killAfter(count: number): Promise<string[]> {
    const printed: string[] = [];
    for await (const line of this.lines) {
      printed.push(line);
      if (printed.length === count) this.child.kill('SIGKILL');
    }
    await this.exited;
    return printed;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  async exitCode(): Promise<number | null> {
    await this.exited;
    return this.child.exitCode;
  }
}
