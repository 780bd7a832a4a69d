import { clearInterval, setInterval } from 'node:timers';
import type { BroadcastChannel } from 'node:worker_threads';
import { LogSignal } from '../log-signal';
import { openHeadChannel } from './sqlite.channel';

/** How late a reader may hear of what another process has written, in milliseconds. */
const POLL_INTERVAL_MS = 250;

/**
 * Wakes the subscriptions of one store: at once for appends of this process, by a poll for those
 * of others. Holds its channel and timer only while there is a subscription, and neither keeps
 * the process alive.
 */
export class LogWatch {
  readonly signal = new LogSignal();
  private subscriptions = 0;
  private stopWatching: (() => void) | undefined;

  constructor(private readonly dir: string) {}

  enter(): void {
    this.subscriptions += 1;
    if (this.signal.closed) return;
    this.stopWatching ??= watch(openHeadChannel(this.dir), this.signal);
  }

  leave(): void {
    this.subscriptions -= 1;
    if (this.subscriptions === 0) this.stop();
  }

  close(): void {
    this.signal.close();
    this.stop();
  }

  private stop(): void {
    this.stopWatching?.();
    this.stopWatching = undefined;
  }
}

function watch(channel: BroadcastChannel, signal: LogSignal): () => void {
  const poll = setInterval(() => signal.wake(), POLL_INTERVAL_MS);
  poll.unref();
  channel.onmessage = () => signal.wake();
  return () => {
    clearInterval(poll);
    channel.close();
  };
}
