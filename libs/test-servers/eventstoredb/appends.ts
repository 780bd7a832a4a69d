import { setTimeout as delay } from 'node:timers/promises';
import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import * as shared from '@eventstore/db-client/generated/shared_pb';
import {
  AppendResp,
  BatchAppendResp,
  type AppendReq,
  type BatchAppendReq,
} from '@eventstore/db-client/generated/streams_pb';
import type { AppendOutcome, EventLog, ExpectedRevision, ProposedEvent } from './event-log';
import type { FaultPlan } from './faults';
import {
  appendBytes,
  atPosition,
  echoExpected,
  expectedRevision,
  proposedEvent,
  streamIdentifier,
  streamName,
  uuidMessage,
  uuidText,
} from './messages';
import {
  batchError,
  fail,
  faultError,
  namedError,
  plainError,
  SHUTTING_DOWN,
  streamDeleted,
  type RpcError,
} from './rpc-errors';

type AppendCall = ServerReadableStream<AppendReq, AppendResp>;
type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

interface PendingAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: ProposedEvent[];
}

/** The result of the log, or what a planned fault makes of it. */
type Answer =
  | { readonly kind: 'answer'; readonly outcome: AppendOutcome }
  | { readonly kind: 'failure'; readonly error: RpcError }
  | { readonly kind: 'silence' }
  | { readonly kind: 'hang-up' };

/** Append, one call for each; and BatchAppend, one long call for all of a connection. */
export class Appends {
  /** How many appends came in by each of the two ways. */
  readonly received = { unary: 0, batch: 0 };

  constructor(
    private readonly log: EventLog,
    private readonly faults: FaultPlan,
    private readonly appendBytesMax: number,
    private readonly onDiskFailure: () => void,
  ) {}

  unary(call: AppendCall, reply: sendUnaryData<AppendResp>): void {
    let options: AppendReq.Options | undefined;
    const events: ProposedEvent[] = [];
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message !== undefined) events.push(proposedEvent(message));
    });
    call.on('end', () => {
      this.received.unary += 1;
      if (options === undefined) {
        reply(plainError(status.INVALID_ARGUMENT, 'The options have to come first.'));
        return;
      }
      const stream = streamName(options.getStreamIdentifier());
      const which = options.getExpectedStreamRevisionCase();
      const expected = expectedRevision(which, options.getRevision());
      void this.answerUnary({ stream, expected, events }, reply);
    });
  }

  batch(call: BatchCall): void {
    const pending = new Map<string, PendingAppend>();
    call.on('data', (request: BatchAppendReq) => {
      const id = uuidText(request.getCorrelationId());
      const options = request.getOptions();
      if (options !== undefined) {
        const stream = streamName(options.getStreamIdentifier());
        const which = options.getExpectedStreamPositionCase();
        const expected = expectedRevision(which, options.getStreamPosition());
        pending.set(id, { stream, expected, events: [] });
      }
      const append = pending.get(id);
      append?.events.push(...request.getProposedMessagesList().map(proposedEvent));
      if (append === undefined || !request.getIsFinal()) return;
      pending.delete(id);
      this.received.batch += 1;
      void this.answerBatch(call, id, append);
    });
    call.on('end', () => call.end());
    call.on('error', () => undefined);
  }

  private async answerUnary(
    append: PendingAppend,
    reply: sendUnaryData<AppendResp>,
  ): Promise<void> {
    const { stream, expected, events } = append;
    if (appendBytes(events) > this.appendBytesMax) {
      const details = `Maximum Append Size of ${this.appendBytesMax} Exceeded.`;
      const limit = { 'maximum-append-size': String(this.appendBytesMax) };
      const name = 'maximum-append-size-exceeded';
      reply(namedError(status.INVALID_ARGUMENT, details, name, limit));
      return;
    }
    const answer = await this.answerTo(append);
    if (answer.kind === 'silence') return;
    if (answer.kind === 'hang-up') reply(SHUTTING_DOWN);
    else if (answer.kind === 'failure') reply(answer.error);
    else if (answer.outcome.kind === 'stream-deleted') reply(streamDeleted(stream));
    else reply(null, unaryReply(answer.outcome, expected));
  }

  private async answerBatch(call: BatchCall, id: string, append: PendingAppend): Promise<void> {
    const response = new BatchAppendResp();
    response.setCorrelationId(uuidMessage(id));
    response.setStreamIdentifier(streamIdentifier(append.stream));
    if (appendBytes(append.events) > this.appendBytesMax) {
      const detail = new shared.MaximumAppendSizeExceeded();
      detail.setMaxappendsize(this.appendBytesMax);
      response.setError(batchError(3, 'MaximumAppendSizeExceeded', detail));
    } else {
      const answer = await this.answerTo(append);
      if (answer.kind === 'silence') return;
      if (answer.kind === 'hang-up') {
        call.end();
        return;
      }
      if (answer.kind === 'failure') {
        fail(call, answer.error);
        return;
      }
      fillBatchReply(response, answer.outcome, append);
    }
    if (!call.cancelled && !call.destroyed) call.write(response);
  }

  private async answerTo({ stream, expected, events }: PendingAppend): Promise<Answer> {
    const fault = this.faults.nextForAppend();
    switch (fault?.kind) {
      case 'lose-request':
        return { kind: 'failure', error: SHUTTING_DOWN };
      case 'swallow-request':
        return { kind: 'silence' };
      case 'hang-up':
        return { kind: 'hang-up' };
      case 'error':
      case 'not-leader':
        return { kind: 'failure', error: faultError(fault) };
      case 'delay':
        await delay(fault.ms);
        break;
      default:
    }
    const outcome = this.log.append(stream, expected, events);
    if (outcome.kind === 'written' && this.log.writer !== undefined && !(await this.isFlushed())) {
      return { kind: 'silence' };
    }
    if (fault?.kind === 'lose-reply') return { kind: 'failure', error: SHUTTING_DOWN };
    return fault?.kind === 'swallow-reply' ? { kind: 'silence' } : { kind: 'answer', outcome };
  }

  /** A server whose disk fails says nothing more: it ends itself, and every call with it. */
  private async isFlushed(): Promise<boolean> {
    try {
      await this.log.flushed();
      return true;
    } catch {
      this.onDiskFailure();
      return false;
    }
  }
}

type GoogleEmpty = NonNullable<ReturnType<BatchAppendResp.Success['getNoStream']>>;

type Settled = Exclude<AppendOutcome, { kind: 'stream-deleted' }>;

function unaryReply(outcome: Settled, expected: ExpectedRevision): AppendResp {
  const response = new AppendResp();
  const empty = new shared.Empty();
  if (outcome.kind === 'written') {
    const success = new AppendResp.Success();
    if (outcome.revision < 0n) success.setNoStream(empty);
    else success.setCurrentRevision(String(outcome.revision));
    if (outcome.position === null) success.setNoPosition(empty);
    else success.setPosition(atPosition(new AppendResp.Position(), outcome.position));
    response.setSuccess(success);
    return response;
  }
  const wrong = new AppendResp.WrongExpectedVersion();
  if (outcome.current < 0n) wrong.setCurrentNoStream(empty);
  else wrong.setCurrentRevision(String(outcome.current));
  echoExpected(expected, empty, {
    any: (value) => wrong.setExpectedAny(value),
    noStream: (value) => wrong.setExpectedNoStream(value),
    streamExists: (value) => wrong.setExpectedStreamExists(value),
    revision: (value) => wrong.setExpectedRevision(value),
  });
  response.setWrongExpectedVersion(wrong);
  return response;
}

function fillBatchReply(
  response: BatchAppendResp,
  outcome: AppendOutcome,
  { stream, expected }: PendingAppend,
): void {
  // Empty of google.protobuf here, of event_store.client above: alike on the wire.
  const anEmpty: unknown = new shared.Empty();
  const empty = anEmpty as GoogleEmpty;
  if (outcome.kind === 'written') {
    const success = new BatchAppendResp.Success();
    if (outcome.revision < 0n) success.setNoStream(empty);
    else success.setCurrentRevision(String(outcome.revision));
    if (outcome.position === null) success.setNoPosition(empty);
    else success.setPosition(atPosition(new shared.AllStreamPosition(), outcome.position));
    response.setSuccess(success);
  } else if (outcome.kind === 'stream-deleted') {
    const detail = new shared.StreamDeleted();
    detail.setStreamIdentifier(streamIdentifier(stream));
    response.setError(batchError(5, 'StreamDeleted', detail));
  } else {
    const detail = new shared.WrongExpectedVersion();
    if (outcome.current < 0n) detail.setCurrentNoStream(empty);
    else detail.setCurrentStreamRevision(String(outcome.current));
    echoExpected(expected, empty, {
      any: (value) => detail.setExpectedAny(value),
      noStream: (value) => detail.setExpectedNoStream(value),
      streamExists: (value) => detail.setExpectedStreamExists(value),
      revision: (value) => detail.setExpectedStreamPosition(value),
    });
    response.setError(batchError(6, 'WrongExpectedVersion', detail));
  }
}
