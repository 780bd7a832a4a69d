import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** The services that make up the system when it is scaled out. */
export const SERVICES = [
  'command-service',
  'projection-service',
  'flow-service',
  'query-service',
  'event-relay',
] as const;

export type ServiceName = (typeof SERVICES)[number];

/** One built service as a real process. */
export class ServiceProcess {
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;
  private readonly listening: Promise<string>;
  private output = '';
  private isUp = false;
  private isGone = false;

  constructor(
    readonly service: ServiceName,
    environment: Readonly<Record<string, string>>,
  ) {
    this.child = spawn(process.execPath, [join(ROOT, `dist/apps/${service}/main.js`)], {
      env: { PATH: process.env['PATH'], PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = new Promise((done) => {
      this.child.once('exit', (code) => {
        this.isGone = true;
        done(code);
      });
    });
    this.listening = new Promise((done, fail) => {
      const look = (chunk: Buffer): void => {
        this.output += chunk.toString();
        const url = /"url":"([^"]+)"/.exec(this.output)?.[1];
        if (url === undefined) return;
        this.isUp = true;
        done(url);
      };
      this.child.stdout?.on('data', look);
      this.child.stderr?.on('data', look);
      void this.exited.then(() => fail(new Error(`${service} did not listen: ${this.output}`)));
    });
    this.listening.catch(() => undefined);
  }

  /** Where it listens. Rejects where it ends before. */
  get url(): Promise<string> {
    return this.listening;
  }

  get isRunning(): boolean {
    return !this.isGone;
  }

  get isListening(): boolean {
    return this.isUp && !this.isGone;
  }

  /** Of the operating system. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** All that it said. */
  get log(): string {
    return this.output;
  }

  /** Ends it the hard way; resolves once it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to stop, and gives its exit code. */
  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.exited;
  }
}
