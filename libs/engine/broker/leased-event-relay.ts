import type { ReadStore } from '@ledgerdesk/read-store';
import { Leadership } from '../leases/leadership';
import { EventRelay, type EventRelayFigures, type EventRelayOptions } from './event-relay';
import { RelayCheckpoint } from './relay-checkpoint';

export interface LeasedEventRelayOptions extends Omit<EventRelayOptions, 'checkpoint'> {
  readonly readStore: ReadStore;
  /** This process, under an id that no other start has had. */
  readonly holder: string;
  /** Default: that of `Leadership`. */
  readonly leaseTtlMs?: number;
}

/** What the relay did, and whether it is this process's turn. */
export interface LeasedEventRelayFigures extends EventRelayFigures {
  readonly isLeading: boolean;
}

const GROUP = 'event-relay';
const NAME = 'log';
const IDLE: EventRelayFigures = {
  published: 0,
  withoutData: 0,
  position: 0n,
  restarts: 0,
  failure: null,
};

/**
 * The relay of several processes: one at a time publishes, the others take over when it is gone.
 * Its checkpoint is written under the token of the lease, so that one that was thought dead cannot
 * move it. What such a one still publishes are repetitions.
 */
export class LeasedEventRelay {
  private readonly leadership: Leadership;
  private relay: EventRelay | undefined;
  private turn: Promise<void> = Promise.resolve();
  private publishedBefore = 0;

  constructor(private readonly options: LeasedEventRelayOptions) {
    const { readStore, holder, leaseTtlMs, onFailure } = options;
    this.leadership = new Leadership({
      leases: readStore.leases,
      group: GROUP,
      names: [NAME],
      holder,
      ...(leaseTtlMs !== undefined && { ttlMs: leaseTtlMs }),
      ...(onFailure && { onFailure }),
      onLead: (_, token) => this.takeTurn(() => this.begin(token)),
      onLose: () => this.takeTurn(() => this.end()),
    });
  }

  start(): void {
    this.leadership.start();
  }

  figures(): LeasedEventRelayFigures {
    const figures = this.relay?.figures() ?? IDLE;
    const isLeading = this.leadership.leads(NAME);
    return { ...figures, published: figures.published + this.publishedBefore, isLeading };
  }

  /** Stops to publish, then gives the lease back. Idempotent. */
  async stop(): Promise<void> {
    this.takeTurn(() => this.end());
    await this.turn;
    await this.leadership.stop();
    this.takeTurn(() => this.end());
    await this.turn;
  }

  private takeTurn(step: () => Promise<void>): void {
    this.turn = this.turn.then(step).catch((error: unknown) => this.options.onFailure?.(error));
  }

  private async begin(token: number): Promise<void> {
    await this.end();
    const { eventStore, readStore } = this.options;
    const checkpoint = new RelayCheckpoint(eventStore, readStore, token);
    this.relay = new EventRelay({ ...this.options, checkpoint });
    this.relay.start();
  }

  private async end(): Promise<void> {
    const relay = this.relay;
    this.relay = undefined;
    await relay?.stop();
    this.publishedBefore += relay?.figures().published ?? 0;
  }
}
