import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** One of examples/ as a process of its own. */
export interface ExampleProcess {
  /** What it has written, line by line. */
  readonly lines: readonly string[];
  /** Hands it its input, waits for its end and gives its exit code. */
  end(input?: string): Promise<number | null>;
  stop(): Promise<void>;
}

export function startExample(
  file: string,
  broker: string,
  parameters: readonly string[] = [],
): ExampleProcess {
  const child = spawn(process.execPath, [resolve('examples', file), ...parameters], {
    env: { ...process.env, BROKER: broker, KAFKAJS_NO_PARTITIONER_WARNING: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const closed = once(child, 'close');
  return {
    lines,
    end: async (input = '') => {
      child.stdin.end(input);
      await closed;
      return child.exitCode;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
}
