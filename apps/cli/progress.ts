import { Presets, SingleBar } from 'cli-progress';
import type { CliIo } from './cli-io';

/** How far long work is. */
export interface Progress {
  /** `total` may grow while the work goes on. */
  update(done: number, total: number): void;
  stop(): void;
}

const NO_PROGRESS: Progress = { update: () => undefined, stop: () => undefined };

/** A bar on the terminal, where there is one. Whoever began it stops it. */
export function beginProgress({ terminal }: CliIo, what: string): Progress {
  if (terminal === undefined) return NO_PROGRESS;
  const bar = new SingleBar(
    {
      format: `${what} {bar} {percentage}% {value}/{total} {duration_formatted}`,
      hideCursor: true,
      stream: terminal,
    },
    Presets.shades_classic,
  );
  bar.start(0, 0);
  return {
    update: (done, total) => {
      bar.setTotal(Math.max(total, done));
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
