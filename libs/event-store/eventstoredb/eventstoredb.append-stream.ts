import { convertToCommandError, type EventStoreDBClient } from '@eventstore/db-client';
import { Client, type CallOptions, type ClientDuplexStream, type Metadata } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { TimeLimit } from '../time-limit';
import {
  appendMessages,
  readAnswer,
  type ExpectedEnd,
  type WireAnswer,
} from './eventstoredb.append-messages';
import { AppendFailed, failureOf } from './eventstoredb.errors';
import type { WireEvent } from './eventstoredb.events';
import { tookTooLong } from './eventstoredb.timing';

type Call = ClientDuplexStream<Uint8Array, Uint8Array>;

/** The commit position; undefined for events that were there already. */
export type AppendPosition = bigint | undefined;

interface PendingAppend {
  readonly resolve: (position: AppendPosition) => void;
  readonly reject: (error: Error) => void;
}

/** The client's own stub keeps what is pending where the failure of another call empties it. */
class StreamsStub extends Client {
  batchAppend(metadata: Metadata, options: CallOptions): Call {
    const asItIs = (bytes: Uint8Array): Buffer => bytes as Buffer;
    return this.makeBidiStreamRequest(
      '/event_store.client.streams.Streams/BatchAppend',
      asItIs,
      asItIs,
      metadata,
      options,
    );
  }
}

/**
 * The appends of one client, by one call of `BatchAppend` over the client's own channel. A call that
 * ends takes along only what was sent by it, and the next append begins another. Decision 0022.
 */
export class AppendStream {
  private call: AppendCall | undefined;
  private opening: Promise<AppendCall> | undefined;
  private readonly timeLimit: TimeLimit;

  constructor(
    private readonly client: EventStoreDBClient,
    timeoutMs: number,
    private readonly ended: AbortSignal,
  ) {
    this.timeLimit = new TimeLimit(timeoutMs);
  }

  /**
   * Sends an append once.
   *
   * @throws AppendFailed, CommandError of the client, Error: see `failureOf`.
   */
  async append(
    stream: string,
    events: readonly WireEvent[],
    expected: ExpectedEnd,
  ): Promise<AppendPosition> {
    const call = this.call?.isOver === false ? this.call : await this.begun();
    return call.send(stream, events, expected);
  }

  /** The client looks for the node that leads, which may take longer than an append has. */
  private begun(): Promise<AppendCall> {
    this.opening ??= this.begin().finally(() => {
      this.opening = undefined;
    });
    return this.timeLimit.within(
      this.opening,
      (ms) => new AppendFailed('not-sent', `no node of EventStoreDB was found within ${ms} ms`),
    );
  }

  // What the client gives those who extend it: its channel with discovery, credentials and TLS, and
  // its look at each failure, after which it goes to the node that leads.
  private async begin(): Promise<AppendCall> {
    const open = this.client['GRPCStreamCreator'](StreamsStub, 'batchAppend', (stub) =>
      stub.batchAppend(...this.client['callArguments']({}, { deadline: Infinity })),
    );
    const call = new AppendCall(await open(), this.timeLimit);
    if (this.ended.aborted) {
      // The client knows only streams that were there when it was disposed of.
      call.cancel();
      throw new AppendFailed('not-sent', 'the connection was left before an append was sent');
    }
    this.call = call;
    return call;
  }
}

/** One call, and what waits for an answer on it. */
class AppendCall {
  private readonly pending = new Map<string, PendingAppend>();
  private heard: Uint8Array[] = [];
  /** Appends whose time was over: the server may still be at work on them. */
  private unanswered = 0;
  isOver = false;

  constructor(
    private readonly call: Call,
    private readonly timeLimit: TimeLimit,
  ) {
    call.on('data', (bytes: Uint8Array) => this.hear(bytes));
    call.on('error', (error) => this.end(convertToCommandError(error)));
    call.on('end', () => {
      call.end();
      this.end(new Error('the server has ended the stream of appends'));
    });
  }

  send(
    stream: string,
    events: readonly WireEvent[],
    expected: ExpectedEnd,
  ): Promise<AppendPosition> {
    if (this.isOver) {
      const reason = 'the stream of appends was over before an append was sent';
      return Promise.reject(new AppendFailed('not-sent', reason));
    }
    const { timeoutMs } = this.timeLimit;
    const correlationId = randomUUID();
    const messages = appendMessages({ correlationId, stream, expected, timeoutMs, events });
    const answer = new Promise<AppendPosition>((resolve, reject) => {
      this.pending.set(correlationId, { resolve, reject });
    });
    for (const message of messages) this.call.write(message);
    return this.timeLimit.within(answer, () => {
      this.pending.delete(correlationId);
      this.unanswered += 1;
      return tookTooLong(`appending to ${stream}`)(timeoutMs);
    });
  }

  cancel(): void {
    this.isOver = true;
    this.call.cancel();
  }

  /**
   * Answers that came together are given together. All who waited go on in step, each stretch of
   * code one after the other, and what they send next leaves together: with 32 writers a command
   * costs 7 % less.
   */
  private hear(bytes: Uint8Array): void {
    if (this.heard.length === 0) setImmediate(() => this.settleHeard());
    this.heard.push(bytes);
  }

  private settleHeard(): void {
    const answers = this.heard;
    this.heard = [];
    try {
      for (const bytes of answers) this.settle(readAnswer(bytes));
    } catch (cause) {
      // Whatever it was that answered: nothing more is to be learnt on this call.
      this.abandon(new Error('the server has answered in bytes without meaning', { cause }));
      this.call.cancel();
    }
  }

  /** An answer to an append that nobody waits for any more is passed over. */
  private settle(answer: WireAnswer): void {
    const append = this.pending.get(answer.correlationId);
    this.pending.delete(answer.correlationId);
    if (answer.kind === 'written') append?.resolve(answer.position);
    else append?.reject(new AppendFailed(answer.failure, answer.message));
  }

  private end(error: Error): void {
    this.settleHeard();
    this.abandon(this.isOfOne(error) ? error : new AppendFailed('lost', error.message));
  }

  // That a node does not lead ends the call for the one append that it would not take; what else
  // was under way there may have been written.
  private isOfOne(error: Error): boolean {
    return failureOf(error) !== 'not-leader' || this.pending.size + this.unanswered <= 1;
  }

  private abandon(error: Error): void {
    this.isOver = true;
    for (const { reject } of this.pending.values()) reject(error);
    this.pending.clear();
  }
}
