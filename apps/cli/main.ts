import 'reflect-metadata';
import { EXIT } from './exit-codes';
import { runCli } from './run-cli';

const interruption = new AbortController();
let isInterrupted = false;

// A verb that takes long listens; a second signal does not wait for it.
const interrupt = (): void => {
  if (isInterrupted) process.exit(EXIT.interrupted);
  isInterrupted = true;
  interruption.abort();
};

// Whoever reads our output may leave early (`| head`): that is no failure.
const ignoreClosedPipe = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
};

async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  process.stderr.on('error', ignoreClosedPipe);
  const isServe = args.includes('serve');
  if (!isServe) process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const exitCode = await runCli(args, {
    stdout: process.stdout,
    stderr: process.stderr,
    ...(process.stderr.isTTY && { terminal: process.stderr }),
    env: process.env,
    signal: interruption.signal,
  });
  // The engine that `serve` has started says itself how it ends.
  if (exitCode !== EXIT.ok || !isServe) process.exitCode = exitCode;
}

void main(process.argv.slice(2));
