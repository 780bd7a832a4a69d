import * as shared from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb';
import { BatchAppendReq as NewerBatchAppendReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb';
import fc from 'fast-check';
import {
  appendMessages,
  readAnswer,
  type WireAnswer,
  type WireAppend,
} from './eventstoredb.append-messages';
import { toWire } from './eventstoredb.events';

// Goal: what is sent and read is what EventStoreDB means. Method: the other half of each test is
// the code that the client's authors have generated from the server's own files.

const CORRELATION_ID = '0b5a2f0e-6f57-4d38-9c5f-5f6a0d2f9b11';

const event = toWire({
  id: '5a1f0f53-0b1c-4f0a-8f0a-0d4f5a1b2c3d',
  type: 'IncidentRegistered',
  body: '{"title":"Druckt nicht – überhaupt nicht 🖨"}',
  hash: 'ab'.repeat(32),
});

const append: WireAppend = {
  correlationId: CORRELATION_ID,
  stream: 'incident-ä',
  expected: 'no_stream',
  timeoutMs: 2_500,
  events: [event],
};

function asServer(messages: readonly Uint8Array[]): readonly BatchAppendReq[] {
  return messages.map((message) => BatchAppendReq.deserializeBinary(message));
}

function asSent(answer: BatchAppendResp): Uint8Array {
  return answer.serializeBinary();
}

function answerOn(correlationId: shared.UUID): BatchAppendResp {
  const answer = new BatchAppendResp();
  answer.setCorrelationId(correlationId);
  return answer;
}

function textId(text = CORRELATION_ID): shared.UUID {
  const id = new shared.UUID();
  id.setString(text);
  return id;
}

function success(commit: string | undefined): BatchAppendResp.Success {
  const result = new BatchAppendResp.Success();
  if (commit === undefined) return result;
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(commit);
  position.setPreparePosition(commit);
  result.setPosition(position);
  return result;
}

/** `google.rpc.Status` with one detail, whose type has the name. */
function refusal(name: string, message: string): Status {
  const field = (key: number, bytes: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([key, bytes.length]), bytes]);
  const detail = field(0x0a, Buffer.from(`type.googleapis.com/${name}`));
  const status = Buffer.concat([field(0x12, Buffer.from(message)), field(0x1a, detail)]);
  return Status.deserializeBinary(status);
}

function readRefusal(name: string, message: string): WireAnswer {
  const answer = answerOn(textId());
  answer.setError(refusal(name, message));
  return readAnswer(asSent(answer));
}

describe('the messages of an append', () => {
  it('say what the server has to know', () => {
    const [request] = asServer(appendMessages(append));
    const [message] = request?.getProposedMessagesList() ?? [];
    const options = request?.getOptions();
    const text = (bytes?: string): string => Buffer.from(bytes ?? '', 'base64').toString('utf8');

    expect(request?.getCorrelationId()?.getString()).toBe(CORRELATION_ID);
    expect(request?.getIsFinal()).toBe(true);
    expect(text(options?.getStreamIdentifier()?.getStreamName_asB64())).toBe('incident-ä');
    expect(options?.hasNoStream()).toBe(true);
    expect(message?.getId()?.getString()).toBe(event.id);
    expect(message?.getMetadataMap().toObject()).toEqual([
      ['content-type', 'application/octet-stream'],
      ['type', 'IncidentRegistered'],
    ]);
    expect(text(message?.getData_asB64())).toBe(event.data);
    expect(text(message?.getCustomMetadata_asB64())).toBe(event.metadata);
  });

  it('give the server a span of time, which clients of 6.2 do not know yet', () => {
    const [message] = appendMessages(append);
    const request = NewerBatchAppendReq.deserializeBinary(message ?? Buffer.of());
    const deadline = request.getOptions()?.getDeadline();
    expect(deadline?.toObject()).toEqual({ seconds: 2, nanos: 500_000_000 });
  });

  it.each([0n, 41n, 9_007_199_254_740_991n])('expect revision %s', (expected) => {
    const [request] = asServer(appendMessages({ ...append, expected }));
    expect(String(request?.getOptions()?.getStreamPosition())).toBe(String(expected));
  });

  it('expect nothing where anything will do', () => {
    const [request] = asServer(appendMessages({ ...append, expected: 'any' }));
    expect(request?.getOptions()?.hasAny()).toBe(true);
  });

  it('are several where one would be too long: the first has the options, the last is final', () => {
    const long = { ...event, data: 'x'.repeat(1_200_000), bytes: 1_200_000 };
    const requests = asServer(appendMessages({ ...append, events: Array(7).fill(long) }));

    expect(requests.map((request) => request.getProposedMessagesList().length)).toEqual([
      2, 2, 2, 1,
    ]);
    expect(requests.map((request) => request.hasOptions())).toEqual([true, false, false, false]);
    expect(requests.map((request) => request.getIsFinal())).toEqual([false, false, false, true]);
    const ids = requests.map((request) => request.getCorrelationId()?.getString());
    expect(new Set(ids)).toEqual(new Set([CORRELATION_ID]));
  });

  it('are one where a single event is longer than a message should be', () => {
    const long = { ...event, data: 'x'.repeat(4_000_000), bytes: 4_000_000 };
    expect(appendMessages({ ...append, events: [long] })).toHaveLength(1);
  });
});

describe('an answer', () => {
  it.each(['0', '42', '9007199254740993', '18446744073709551615'])(
    'tells the position %s',
    (commit) => {
      const answer = answerOn(textId());
      answer.setSuccess(success(commit));
      expect(readAnswer(asSent(answer))).toEqual({
        correlationId: CORRELATION_ID,
        kind: 'written',
        position: BigInt(commit),
      });
    },
  );

  it('has no position where the events were there already', () => {
    const answer = answerOn(textId());
    answer.setSuccess(success(undefined));
    expect(readAnswer(asSent(answer))).toMatchObject({ kind: 'written', position: undefined });
  });

  it('names its append by text or by two numbers', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const hex = uuid.replaceAll('-', '');
        const half = (from: number): string =>
          String(BigInt.asIntN(64, BigInt(`0x${hex.slice(from, from + 16)}`)));
        const structured = new shared.UUID.Structured();
        structured.setMostSignificantBits(half(0));
        structured.setLeastSignificantBits(half(16));
        const numbers = new shared.UUID();
        numbers.setStructured(structured);
        for (const id of [textId(uuid), numbers]) {
          const answer = answerOn(id);
          answer.setSuccess(success('1'));
          expect(readAnswer(asSent(answer)).correlationId).toBe(uuid);
        }
      }),
    );
  });

  it.each([
    ['WrongExpectedVersion', 'wrong-revision'],
    ['StreamDeleted', 'stream-deleted'],
    ['AccessDenied', 'denied'],
    ['MaximumAppendSizeExceeded', 'too-large'],
    ['MaximumAppendEventSizeExceeded', 'too-large'],
    ['Timeout', 'lost'],
    ['Unknown', 'lost'],
    ['SomethingOfALaterServer', 'lost'],
  ])('that is the refusal %s is told as %s', (name, failure) => {
    expect(readRefusal(`event_store.client.${name}`, 'no')).toEqual({
      correlationId: CORRELATION_ID,
      kind: 'refused',
      failure,
      message: 'no',
    });
  });

  it.each([
    ['Server Is Not Ready', 'not-sent'],
    ['Server Is Busy', 'not-sent'],
    ['No leader info available in response', 'not-leader'],
    ['Unknown NotHandledReason (9)', 'lost'],
  ])('of a node that handles no append and says "%s" is told as %s', (message, failure) => {
    const answer = readRefusal('google.protobuf.Empty', message);
    expect(answer).toMatchObject({ kind: 'refused', failure, message });
  });

  it('without meaning is an error', () => {
    expect(() => readAnswer(Buffer.from('no message at all'))).toThrow(Error);
  });
});
