import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb';
import { serverFilter, type ServerFilter } from './event-filter';
import type { EventLog, RecordedEvent, StartingPoint } from './event-log';
import type { FaultPlan } from './faults';
import {
  atPosition,
  eventMessage,
  startInLog,
  startInStream,
  streamIdentifier,
  streamName,
} from './messages';
import {
  fail,
  faultError,
  INVALID_POSITION,
  SHUTTING_DOWN,
  streamDeleted,
  type RpcError,
} from './rpc-errors';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

const LOG = '$all';

/** Ends a call: with an error for the client, or without where it was told to end politely. */
class Ended extends Error {
  constructor(readonly rpcError?: RpcError) {
    super('ended');
  }
}

interface OpenRead {
  readonly stop: AbortController;
  readonly isSubscription: boolean;
}

/** Read: of a stream or the log, once or as a subscription. */
export class Reads {
  private readonly open = new Map<ReadCall, OpenRead>();
  /** Events that subscriptions were given. */
  delivered = 0;
  private stalled: { readonly until: Promise<void>; readonly end: () => void } | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly faults: FaultPlan,
  ) {}

  get subscriptions(): number {
    return [...this.open.values()].filter(({ isSubscription }) => isSubscription).length;
  }

  async read(call: ReadCall): Promise<void> {
    const options = call.request.getOptions() ?? new ReadReq.Options();
    const stop = new AbortController();
    this.open.set(call, { stop, isSubscription: options.hasSubscription() });
    const leave = (): void => {
      this.open.delete(call);
      stop.abort();
    };
    call.on('cancelled', leave);
    call.on('close', leave);
    try {
      await (options.hasSubscription()
        ? this.follow(call, options, stop.signal)
        : this.readOnce(call, options));
      call.end();
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      if (error.rpcError !== undefined && !stop.signal.aborted) fail(call, error.rpcError);
    } finally {
      this.open.delete(call);
    }
  }

  /** Ends all subscriptions: with an error, or cleanly, as if there were nothing more to come. */
  endSubscriptions(how: 'cleanly' | 'with-error'): void {
    for (const [call, { isSubscription }] of this.open) {
      if (!isSubscription) continue;
      if (how === 'cleanly') call.end();
      else fail(call, SHUTTING_DOWN);
    }
  }

  /** From now on subscriptions stay open and deliver nothing, until `resume`. */
  stall(): void {
    let end: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (end = resolve));
    this.stalled ??= { until, end };
  }

  resume(): void {
    this.stalled?.end();
    this.stalled = undefined;
  }

  stopAll(): void {
    this.resume();
    for (const { stop } of this.open.values()) stop.abort();
  }

  private async readOnce(call: ReadCall, options: Options): Promise<void> {
    const fault = this.faults.nextForRead();
    if (fault?.kind === 'swallow-request') throw new Ended();
    if (fault?.kind === 'error' || fault?.kind === 'not-leader') throw new Ended(faultError(fault));
    if (fault?.kind === 'delay') await delay(fault.ms);
    let left = fault?.kind === 'cut' ? fault.afterEvents : Number.POSITIVE_INFINITY;
    for (const event of this.asked(call, options)) {
      if (left <= 0) throw new Ended(SHUTTING_DOWN);
      left -= 1;
      await send(call, eventMessage(event));
    }
    if (left <= 0) throw new Ended(SHUTTING_DOWN);
  }

  private asked(call: ReadCall, options: Options): Iterable<RecordedEvent> {
    const isBackwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS;
    const count = Number(options.getCount());
    const inStream = options.getStream();
    if (inStream === undefined) return this.askedOfLog(options, isBackwards, count);
    const stream = streamName(inStream.getStreamIdentifier());
    const reading = this.log.readStream(stream, startInStream(inStream), isBackwards, count);
    if (reading.kind === 'stream-deleted') throw new Ended(streamDeleted(stream));
    if (reading.kind === 'events') return reading.events;
    const missing = new ReadResp.StreamNotFound();
    missing.setStreamIdentifier(streamIdentifier(stream));
    const response = new ReadResp();
    response.setStreamNotFound(missing);
    call.write(response);
    return [];
  }

  /** Forwards a position is included; backwards it is the place just behind what is wanted. */
  private *askedOfLog(
    options: Options,
    isBackwards: boolean,
    count: number,
  ): Generator<RecordedEvent> {
    const { all } = this.log;
    const filter = filterOf(options);
    const start = this.indexOf(startInLog(options.getAll()));
    let sent = 0;
    for (let at = isBackwards ? start - 1 : start; sent < count; at += isBackwards ? -1 : 1) {
      const event = all[at];
      if (event === undefined) return;
      if (filter !== undefined && !filter.allows(event)) continue;
      sent += 1;
      yield event;
    }
  }

  /** A real log is a file: reading can only begin where a record does. */
  private indexOf(start: StartingPoint): number {
    if (start === 'start') return 0;
    if (start === 'end') return this.log.all.length;
    const index = this.log.indexAt(start);
    if (index === undefined) throw new Ended(INVALID_POSITION);
    return index;
  }

  private async follow(call: ReadCall, options: Options, stop: AbortSignal): Promise<void> {
    const confirmed = new ReadResp();
    const confirmation = new ReadResp.SubscriptionConfirmation();
    confirmation.setSubscriptionId(randomUUID());
    confirmed.setConfirmation(confirmation);
    const following = new Following(this.log, call, options, () => (this.delivered += 1));
    await send(call, confirmed);
    for (let isLive = false; !stop.aborted; isLive = true) {
      await this.stalled?.until;
      const seen = this.log.all.length;
      await following.deliver(stop);
      if (!isLive) await following.announceCaughtUp();
      await this.log.grown(seen, stop);
    }
  }
}

/** One subscription: where it is, and when it last reported that. */
class Following {
  private readonly filter: ServerFilter | undefined;
  private readonly stream: string;
  /** Revision in a stream, position in the log: what is at or before it was asked not to come. */
  private readonly after: bigint;
  private index: number;
  private considered = 0;
  private reported = -1n;

  constructor(
    private readonly log: EventLog,
    private readonly call: ReadCall,
    options: Options,
    private readonly onDelivery: () => void,
  ) {
    this.filter = filterOf(options);
    const inStream = options.getStream();
    this.stream = inStream === undefined ? LOG : streamName(inStream.getStreamIdentifier());
    if (log.isTombstoned(this.stream)) throw new Ended(streamDeleted(this.stream));
    const start = inStream === undefined ? startInLog(options.getAll()) : startInStream(inStream);
    this.after = typeof start === 'bigint' ? start : -1n;
    this.index = this.startIndex(start);
  }

  async deliver(stop: AbortSignal): Promise<void> {
    for (; !stop.aborted; this.index += 1) {
      const event = this.log.all[this.index];
      if (event === undefined) return;
      if (this.isWanted(event)) {
        this.onDelivery();
        await send(this.call, eventMessage(event));
      }
      this.considered += 1;
      if (this.considered >= (this.filter?.checkpointEvery ?? Infinity)) {
        await this.checkpoint(event.position);
      }
    }
  }

  async announceCaughtUp(): Promise<void> {
    const last = this.log.all[this.index - 1];
    if (this.filter !== undefined && last !== undefined) await this.checkpoint(last.position);
    const response = new ReadResp();
    response.setCaughtUp(new ReadResp.CaughtUp());
    await send(this.call, response);
  }

  private isWanted(event: RecordedEvent): boolean {
    if (this.stream === LOG) {
      return event.position > this.after && this.filter?.allows(event) !== false;
    }
    if (event.stream !== this.stream || event.revision <= this.after) return false;
    return this.log.isVisible(event);
  }

  /** Behind the end of the log nothing is looked up: such a subscription goes live at once. */
  private startIndex(start: StartingPoint): number {
    if (start === 'end') return this.log.all.length;
    if (start === 'start' || this.stream !== LOG) return 0;
    const last = this.log.all.at(-1)?.position ?? 0n;
    if (start > last) return this.log.all.length;
    const index = this.log.indexAt(start);
    if (index === undefined) throw new Ended(INVALID_POSITION);
    return index + 1;
  }

  private async checkpoint(position: bigint): Promise<void> {
    this.considered = 0;
    if (position <= this.reported) return;
    this.reported = position;
    const response = new ReadResp();
    response.setCheckpoint(atPosition(new ReadResp.Checkpoint(), position));
    await send(this.call, response);
  }
}

function filterOf(options: Options): ServerFilter | undefined {
  const filter = options.getFilter();
  return filter === undefined ? undefined : serverFilter(filter);
}

/** Waits where the client is slower than the server. */
async function send(call: ReadCall, message: ReadResp): Promise<void> {
  if (call.cancelled || call.destroyed || call.writableEnded) throw new Ended();
  if (call.write(message)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (next: () => void) => (): void => {
      call.off('drain', drained);
      call.off('cancelled', left);
      call.off('close', left);
      next();
    };
    const drained = settle(resolve);
    const left = settle(() => reject(new Ended()));
    call.on('drain', drained).on('cancelled', left).on('close', left);
  });
}
