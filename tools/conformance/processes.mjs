import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const STOP_MS = 15_000;
const SHOWN_LINES = 15;

const running = new Set();

// Whoever ends this script ends what it started.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** Whether a command is on the PATH and answers. */
export function isPresent(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * Runs a command to its end; gives what it wrote to its standard output. Rejects with its last
 * lines where it fails or takes too long.
 */
export async function run(command, args, { timeoutMs, env = {} }) {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    env: { ...process.env, ...env },
  });
  let answer = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (answer = (answer + text).slice(-20_000)));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-20_000)));
  }
  const [code, signal] = await once(child, 'close');
  if (code === 0) return answer;
  const why = signal === null ? `exit code ${code}` : `ended by ${signal} after ${timeoutMs} ms`;
  throw new Error(`${command} failed (${why}):\n${lastLines(output)}`);
}

/** A port of the loopback interface that nobody listens on now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a server and waits until it listens. The caller stops it. Rejects with the last lines of
 * its log where it ends before, or is not up in time.
 */
export async function startServer(command, args, { port, logFile, timeoutMs, env = {} }) {
  const log = openSync(logFile, 'w');
  const child = spawn(command, args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  });
  closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  let failure;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signal) => (failure ??= `it ended with ${signal ?? code}`));
  const stop = () => stopServer(child);
  const until = Date.now() + timeoutMs;
  while (!(await isListening(port))) {
    if (failure === undefined && Date.now() < until) {
      await delay(100);
      continue;
    }
    await stop();
    const text = await readFile(logFile, 'utf8');
    throw new Error(
      `${command} did not start: ${failure ?? `not up in ${timeoutMs} ms`}\n${lastLines(text)}`,
    );
  }
  return { stop };
}

async function stopServer(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (listens) => {
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

function lastLines(text) {
  return text.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
}
