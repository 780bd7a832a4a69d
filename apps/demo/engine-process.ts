import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = resolve(__dirname, '../engine/main.js');
const LISTENING = /listening/;
const URL_PATTERN = /http:\/\/[\d.]+:\d+/;

export interface EngineProcess {
  readonly url: string;
  /** Ends it as an operator would, by SIGTERM, and waits. */
  stop(): Promise<void>;
}

/** Starts `apps/engine` on a free port as a process of its own and waits until it listens. */
export async function startEngineProcess(directory: string): Promise<EngineProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, DATA_DIR: directory, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await urlOf(child);
  child.stdout.resume();
  return {
    url,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function urlOf(child: ChildProcess): Promise<string> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the engine has no output to read');
  let complaint = '';
  stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
  for await (const line of createInterface({ input: stdout })) {
    const url = LISTENING.test(line) ? URL_PATTERN.exec(line)?.[0] : undefined;
    if (url !== undefined) return url;
    complaint += `${line}\n`;
  }
  throw new Error(`the engine ended before it listened:\n${complaint}`);
}
