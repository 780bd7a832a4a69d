import type { EventStore, StoredEvent, SubscriptionMessage } from '@ledgerdesk/event-store';
import {
  flowStream,
  hasErrorCode,
  messageOf,
  openCommands,
  type EventRegistry,
  type FlowDefinition,
  type FlowEvent,
  type FlowInstance,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { PolicyBook } from '../policies/policy-book';
import type { BackOff } from '../subscriptions/back-off';
import {
  isIncurable,
  subscribeSupervised,
  type SupervisedSubscription,
} from '../subscriptions/supervised-subscription';
import { isOperated, type FlowAddress, type FlowCatalogue } from './flow-catalogue';
import type { FlowCheckpoints } from './flow-checkpoints';
import type { FlowDispatcher } from './flow-dispatcher';
import type { FlowLimits } from './flow-limits';
import type { FlowReactor, FlowTimerHint } from './flow-reactor';

const TIMER_MOVED: FlowEvent['type'] = 'TimerMoved';

export interface FlowRunnerOptions {
  readonly eventStore: EventStore;
  readonly registry: EventRegistry;
  readonly catalogue: FlowCatalogue;
  readonly checkpoints: FlowCheckpoints;
  readonly reactor: FlowReactor;
  readonly dispatcher: FlowDispatcher;
  readonly limits: FlowLimits;
  readonly backOff: BackOff;
  readonly clock: Clock;
  /** Is shown the facts of policies in the order of the log, ahead of what follows them. */
  readonly policies?: PolicyBook;
  /** Runs before the log is followed: what lies behind the checkpoints is counted. */
  readonly prepare: (signal: AbortSignal) => Promise<void>;
  /** Whoever moved a timer, in whichever process. */
  readonly onTimer: (hint: FlowTimerHint) => void;
  /** Level with the log for the first time. */
  readonly onCaughtUp: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** What one batch brings to one instance, in the order of the log. */
interface Share {
  readonly address: FlowAddress;
  readonly events: RecordedEvent[];
}

/**
 * Follows the log and shows each event to the instances it concerns: those of one batch side by
 * side, the events of one instance one after the other.
 */
export class FlowRunner {
  private subscription: SupervisedSubscription | undefined;
  private readonly stopping = new AbortController();
  private isCaughtUp = false;
  /** When it was level with the log, and had rested if need be. */
  private levelAtMs = -Infinity;
  /** What `events` was then. */
  private levelEvents = 0;
  events = 0;
  /** Why it follows the log no more. */
  failure: string | null = null;

  constructor(private readonly options: FlowRunnerOptions) {}

  /** The log is read up to here. */
  get position(): bigint {
    return this.options.checkpoints.first();
  }

  checkpointOf(flow: string): bigint {
    return this.options.checkpoints.of(flow);
  }

  get restarts(): number {
    return this.subscription?.restarts ?? 0;
  }

  start(): void {
    const { eventStore, catalogue, checkpoints, limits, backOff, prepare, onFailure } =
      this.options;
    const policyTypes = this.options.policies?.eventTypes ?? [];
    this.subscription = subscribeSupervised({
      eventStore,
      filter: { eventTypes: [...new Set([...catalogue.eventTypes, ...policyTypes, TIMER_MOVED])] },
      batchEventsMax: limits.batchEventsMax,
      checkpoint: async () => {
        await prepare(this.stopping.signal);
        return checkpoints.first();
      },
      handle: (message, signal) => this.handle(message, signal),
      onDrop: ({ error }) => {
        if (error !== undefined) onFailure(error);
      },
      isFatal: (error) => isIncurable(error) || hasErrorCode(error, 'conflict.fenced'),
      backOff,
    });
    void this.subscription.done.then((end) => {
      if (end.reason !== 'failed') return;
      this.failure = messageOf(end.error);
      onFailure(end.error);
    });
  }

  /** Waits for the batch under way, then stores the checkpoint, unless somebody else leads now. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.subscription?.stop();
    try {
      await this.options.checkpoints.store();
    } catch (error) {
      if (!hasErrorCode(error, 'conflict.fenced')) throw error;
    }
  }

  private async handle(message: SubscriptionMessage, signal: AbortSignal): Promise<void> {
    const { checkpoints, dispatcher, onCaughtUp } = this.options;
    if (message.kind === 'caught-up') {
      await checkpoints.advance(message.position);
      if (!this.isCaughtUp) onCaughtUp();
      this.isCaughtUp = true;
      await this.restWhileBusy(signal);
      return;
    }
    await this.show(message.events);
    const last = message.events.at(-1);
    if (last !== undefined && !signal.aborted) await checkpoints.advance(last.position);
    await dispatcher.whenTakingMore();
  }

  // Each look at the log costs its thread some time, be it for one event or many.
  private async restWhileBusy(signal: AbortSignal): Promise<void> {
    const { limits, backOff, clock } = this.options;
    const { busyRestMs, busyRestMaxMs } = limits;
    const sinceMs = clock.now().getTime() - this.levelAtMs;
    const restMs = Math.min(Math.max(busyRestMs, this.events - this.levelEvents), busyRestMaxMs);
    if (sinceMs < restMs) await backOff.delay(restMs, signal);
    this.levelAtMs = clock.now().getTime();
    this.levelEvents = this.events;
  }

  private noteTimer({ stream, data, position }: RecordedEvent): void {
    const { catalogue, onTimer } = this.options;
    if (catalogue.addressOf(stream) === undefined) return;
    onTimer({ dueAt: String(data['dueAt']), position });
  }

  private async show(rows: readonly StoredEvent[]): Promise<void> {
    const shares = new Map<string, Share>();
    for (const row of rows) {
      // Its types are those of this build's flows, so one that cannot be decoded is a fault of the
      // log or of an upcaster: the subscription stops, as a projection would.
      const event = this.options.registry.decode(row);
      this.options.policies?.note(event);
      if (event.type === TIMER_MOVED) this.noteTimer(event);
      for (const address of await this.addressesOf(event)) {
        const stream = flowStream(address.flow.name, address.key);
        const share = shares.get(stream) ?? { address, events: [] };
        share.events.push(event);
        shares.set(stream, share);
      }
    }
    this.events += rows.length;
    const queue = [...shares.values()];
    await this.options.reactor.foresee(queue.map(({ address }) => address));
    const lanes = Math.min(this.options.limits.reactionsAtOnceMax, queue.length);
    await Promise.all(Array.from({ length: lanes }, () => this.work(queue)));
  }

  private async work(queue: Share[]): Promise<void> {
    for (let share = queue.shift(); share !== undefined; share = queue.shift()) {
      await this.showShare(share);
    }
  }

  private async showShare({ address, events }: Share): Promise<void> {
    const { reactor } = this.options;
    if (reactor.passesOver(address, events)) return;
    let instance: FlowInstance | undefined;
    let waiting: RecordedEvent[] = [];
    for (const event of events) {
      if (!isOperated(event)) {
        waiting.push(event);
        continue;
      }
      if (waiting.length > 0) await reactor.react(address, waiting);
      waiting = [];
      instance = await reactor.catchUp(address, event);
    }
    if (waiting.length > 0) instance = await reactor.react(address, waiting);
    if (instance === undefined || openCommands(instance).length === 0) return;
    this.options.dispatcher.drive(address);
  }

  private async addressesOf(event: RecordedEvent): Promise<readonly FlowAddress[]> {
    const { catalogue, checkpoints, reactor } = this.options;
    const isNew = (flow: FlowDefinition): boolean => event.position > checkpoints.of(flow.name);
    const faults: (readonly [FlowDefinition, unknown])[] = [];
    const addresses = catalogue.addressesOf(event, (flow, error) => faults.push([flow, error]));
    for (const [flow, error] of faults) {
      if (isNew(flow)) await reactor.park(flow, event, error);
    }
    return addresses.filter(({ flow }) => isNew(flow));
  }
}
