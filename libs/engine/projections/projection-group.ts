import { setImmediate as nextTurn } from 'node:timers/promises';
import { hasErrorCode, type EventRegistry } from '@ledgerdesk/kernel';
import type { EventStore, StoredEvent, SubscriptionMessage } from '@ledgerdesk/event-store';
import type { BackOff } from '../subscriptions/back-off';
import {
  subscribeSupervised,
  type SupervisedSubscription,
} from '../subscriptions/supervised-subscription';
import { eventsBetween } from '../log-lag';
import type { BatchPacing } from './batch-pacing';
import { LogEntry, type LogBatch } from './log-batch';
import { BATCH_EVENTS_MAX, isIncurable, type ProjectionRunner } from './projection-runner';

/** Projections whose checkpoints lie closer than this follow the log together. */
const TOGETHER_WITHIN = 10_000n;
/** With so many events before it, a group does not rest. */
const FAR_BEHIND = 500n;
/** Projections of a group that are opened or stored at the same time, unless said otherwise. */
const AT_ONCE = 16;

/** Events that projections have folded, with the time that it took. */
export interface FoldedBatch {
  readonly events: readonly StoredEvent[];
  readonly projections: readonly string[];
  readonly startedMs: number;
}

/** What a group tells its host. */
interface GroupEvents {
  /** The documents of a projection hold all events up to its checkpoint. */
  readonly advanced: (runner: ProjectionRunner) => void;
  readonly failed: (runner: ProjectionRunner, error: unknown) => void;
  /** Another process leads it now. */
  readonly fenced: (runner: ProjectionRunner) => void;
  /** Each member serves and is level with the log: the group may be joined with another. */
  readonly settled: () => void;
  /** These stand too far behind the rest to keep it waiting: they need a group of their own. */
  readonly strayed: (runners: readonly ProjectionRunner[]) => void;
  readonly folded?: (batch: FoldedBatch) => void;
}

export interface ProjectionGroupOptions {
  readonly eventStore: EventStore;
  readonly registry: EventRegistry;
  readonly pacing: BatchPacing;
  readonly backOff: Partial<BackOff>;
  readonly nowMs: () => number;
  readonly events: GroupEvents;
  readonly storedAtOnce?: number;
}

/**
 * Projections that stand at about the same place of the log and follow it together: one
 * subscription, each event decoded once. Each has its own checkpoint, and passes over what it has.
 */
export class ProjectionGroup {
  /** When the group last stored something or was level with the log. */
  lastProgressMs: number;
  private readonly runners: ProjectionRunner[];
  private subscription: SupervisedSubscription | undefined;

  constructor(
    runners: readonly ProjectionRunner[],
    private readonly options: ProjectionGroupOptions,
  ) {
    this.runners = [...runners];
    this.lastProgressMs = options.nowMs();
  }

  get members(): readonly ProjectionRunner[] {
    return this.runners;
  }

  isSettled(): boolean {
    return this.runners.every(({ state }) => state === 'live');
  }

  /** Settles when the group was stopped, or when none of its members is left. */
  async run(): Promise<void> {
    const { eventStore, backOff } = this.options;
    const streamPrefixes = [
      ...new Set(this.runners.flatMap(({ projection }) => projection.streamPrefixes)),
    ];
    this.subscription = subscribeSupervised({
      eventStore,
      checkpoint: () => this.begin(),
      handle: (message, signal) => this.handle(message, signal),
      filter: { streamPrefixes },
      batchEventsMax: BATCH_EVENTS_MAX,
      isFatal: () => this.runners.length === 0,
      onDrop: ({ error }) => this.noteDrop(error),
      backOff,
    });
    await this.subscription.done;
  }

  /** Lets these go: what is under way for them may still be stored. */
  expel(names: ReadonlySet<string>): void {
    const kept = this.runners.filter(({ name }) => !names.has(name));
    this.runners.splice(0, this.runners.length, ...kept);
  }

  hurry(): void {
    this.options.pacing.hurry();
  }

  /** Begins again at the stored checkpoints and the live generations. */
  restart(): void {
    this.subscription?.restart();
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
  }

  /** Opens the generations and gives the position to begin behind. */
  private async begin(): Promise<bigint> {
    this.lastProgressMs = this.options.nowMs();
    await this.each((runner) => runner.open(this.options.eventStore));
    this.assertAnyLeft();
    this.runners.sort((a, b) => Number(b.checkpoint - a.checkpoint));
    const foremost = this.runners[0]?.checkpoint ?? 0n;
    const { eventStore } = this.options;
    const near = this.runners.filter(
      ({ checkpoint }) => eventsBetween(eventStore, checkpoint, foremost) <= TOGETHER_WITHIN,
    );
    const strayed = this.runners.splice(near.length);
    if (strayed.length > 0) this.options.events.strayed(strayed);
    for (const runner of this.runners) this.announce(runner);
    return this.runners.at(-1)?.checkpoint ?? 0n;
  }

  private async handle(message: SubscriptionMessage, signal: AbortSignal): Promise<void> {
    const { pacing, registry } = this.options;
    if (message.kind === 'caught-up') {
      await this.store({ entries: [], position: message.position });
      await this.approach(message.position);
      return;
    }
    const { events } = message;
    const startedMs = this.options.nowMs();
    const entries = events.map((event) => new LogEntry(event, registry));
    await this.store({ entries, position: events.at(-1)?.position ?? 0n });
    this.options.events.folded?.({
      events,
      projections: this.runners.map(({ name }) => name),
      startedMs,
    });
    if (!this.isSettled()) await this.approach(await this.options.eventStore.head());
    if (this.isSettled() && !(await this.isFarBehind(events))) {
      await pacing.rest(signal, events.length);
    }
  }

  /** No rest before the log's end is near. */
  private async isFarBehind(events: readonly StoredEvent[]): Promise<boolean> {
    if (events.length >= BATCH_EVENTS_MAX) return true;
    const { eventStore } = this.options;
    const position = events.at(-1)?.position ?? 0n;
    return eventsBetween(eventStore, position, await eventStore.head()) >= FAR_BEHIND;
  }

  private async store(batch: LogBatch): Promise<void> {
    await this.each(async (runner) => {
      await runner.write(batch);
      this.announce(runner);
      // A large batch takes a while for all of them: flows in the same thread go on in between.
      await nextTurn();
    });
    this.lastProgressMs = this.options.nowMs();
    this.assertAnyLeft();
  }

  private async approach(head: bigint): Promise<void> {
    if (this.isSettled()) return;
    await this.each(async (runner) => {
      if (runner.state === 'live') return;
      await runner.approach(head, () => this.options.eventStore.head());
      this.announce(runner);
    });
    this.assertAnyLeft();
    if (this.isSettled()) this.options.events.settled();
  }

  /** Projections do not wait for each other's requests where the read store is another process. */
  private async each(step: (runner: ProjectionRunner) => Promise<void>): Promise<void> {
    const { storedAtOnce = AT_ONCE } = this.options;
    const waiting = [...this.runners].values();
    const stepping = Array.from({ length: storedAtOnce }, async () => {
      for (const runner of waiting) await this.guard(runner, () => step(runner));
    });
    // Waits for all of them, so that nothing is written behind a failure.
    await Promise.allSettled(stepping);
    await Promise.all(stepping);
  }

  /** A projection that cannot go on leaves the group; the others do not wait for it. */
  private async guard(runner: ProjectionRunner, step: () => Promise<void>): Promise<void> {
    if (!this.runners.includes(runner)) return;
    try {
      await step();
    } catch (error) {
      const isFenced = hasErrorCode(error, 'conflict.fenced');
      if (!isFenced && !isIncurable(error)) throw error;
      this.expel(new Set([runner.name]));
      if (isFenced) {
        this.options.events.fenced(runner);
        return;
      }
      runner.fail(error);
      this.options.events.failed(runner, error);
    }
  }

  private announce(runner: ProjectionRunner): void {
    if (runner.isServing) this.options.events.advanced(runner);
  }

  private noteDrop(error: unknown): void {
    for (const runner of this.runners) {
      runner.restarts += 1;
      runner.noteError(error);
    }
  }

  private assertAnyLeft(): void {
    if (this.runners.length === 0) throw new Error('no projection of this group can go on');
  }
}
