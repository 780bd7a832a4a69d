import type { Long } from 'protobufjs';
import { Root, type IMapField } from 'protobufjs/light';
import type { Failure } from './eventstoredb.errors';
import type { WireEvent } from './eventstoredb.events';

/** Bytes of events in one message: the client's own bound, well below what a server takes. */
const MESSAGE_BYTES_MAX = 3 * 1024 * 1024;

/** Where a stream has to end for an append to be taken: its last revision, nowhere, or anywhere. */
export type ExpectedEnd = bigint | 'no_stream' | 'any';

/** One append as it goes over the wire. */
export interface WireAppend {
  readonly correlationId: string;
  readonly stream: string;
  readonly expected: ExpectedEnd;
  /** So long the server waits for the last message, unless its own write time-out is shorter. */
  readonly timeoutMs: number;
  readonly events: readonly WireEvent[];
}

/** What the server answers to one append. No position: the events were there already. */
export type WireAnswer = { readonly correlationId: string } & (
  | { readonly kind: 'written'; readonly position: bigint | undefined }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly message: string }
);

/** Text by text. */
const METADATA: IMapField = { keyType: 'string', type: 'string', id: 2 };

/**
 * The messages of `BatchAppend` in `streams.proto` (EventStoreDB 23.10 and later) with the fields
 * that are used here. Bodies are declared as text where the server has bytes: alike on the wire,
 * and written without a copy.
 */
const types = Root.fromJSON({
  nested: {
    Uuid: {
      fields: { structured: { type: 'Structured', id: 1 }, string: { type: 'string', id: 2 } },
    },
    Structured: { fields: { high: { type: 'int64', id: 1 }, low: { type: 'int64', id: 2 } } },
    Empty: { fields: {} },
    Duration: { fields: { seconds: { type: 'int64', id: 1 }, nanos: { type: 'int32', id: 2 } } },
    StreamIdentifier: { fields: { streamName: { type: 'string', id: 3 } } },
    Options: {
      fields: {
        streamIdentifier: { type: 'StreamIdentifier', id: 1 },
        streamPosition: { type: 'uint64', id: 2 },
        noStream: { type: 'Empty', id: 3 },
        any: { type: 'Empty', id: 4 },
        deadline: { type: 'Duration', id: 7 },
      },
    },
    ProposedMessage: {
      fields: {
        id: { type: 'Uuid', id: 1 },
        metadata: METADATA,
        customMetadata: { type: 'string', id: 3 },
        data: { type: 'string', id: 4 },
      },
    },
    Request: {
      fields: {
        correlationId: { type: 'Uuid', id: 1 },
        options: { type: 'Options', id: 2 },
        proposedMessages: { rule: 'repeated', type: 'ProposedMessage', id: 3 },
        isFinal: { type: 'bool', id: 4 },
      },
    },
    Position: { fields: { commit: { type: 'uint64', id: 1 } } },
    Success: { fields: { position: { type: 'Position', id: 3 } } },
    Detail: { fields: { typeUrl: { type: 'string', id: 1 } } },
    Status: {
      fields: { message: { type: 'string', id: 2 }, details: { type: 'Detail', id: 3 } },
    },
    Response: {
      fields: {
        correlationId: { type: 'Uuid', id: 1 },
        error: { type: 'Status', id: 2 },
        success: { type: 'Success', id: 3 },
      },
    },
  },
});
const requests = types.lookupType('Request');
const responses = types.lookupType('Response');

/** As protobufjs decodes it: null for a message that is not there. */
interface Response {
  readonly correlationId: {
    readonly string: string;
    readonly structured: { readonly high: Long; readonly low: Long } | null;
  } | null;
  readonly error: {
    readonly message: string;
    readonly details: { readonly typeUrl: string } | null;
  } | null;
  readonly success: { readonly position: { readonly commit: Long } | null } | null;
}

/** What the details of an error name, where more is known then than that there was one. */
const FAILURES: Readonly<Partial<Record<string, Failure>>> = {
  WrongExpectedVersion: 'wrong-revision',
  StreamDeleted: 'stream-deleted',
  AccessDenied: 'denied',
  MaximumAppendSizeExceeded: 'too-large',
  MaximumAppendEventSizeExceeded: 'too-large',
};

/** Without details, by what is said: the node has done nothing with the append. */
const NOT_HANDLED: Readonly<Partial<Record<string, Failure>>> = {
  'Server Is Not Ready': 'not-sent',
  'Server Is Busy': 'not-sent',
  'No leader info available in response': 'not-leader',
};

/** The messages of one append, in their order; the last one says that it is whole. */
export function appendMessages(append: WireAppend): readonly Uint8Array[] {
  const correlationId = { string: append.correlationId };
  const parts = partsOf(append.events);
  return parts.map((events, index) =>
    requests
      .encode({
        correlationId,
        ...(index === 0 && { options: optionsOf(append) }),
        proposedMessages: events.map(proposedMessage),
        isFinal: index === parts.length - 1,
      })
      .finish(),
  );
}

/**
 * Reads one answer of the server.
 *
 * @throws RangeError, Error where the bytes are no such answer.
 */
export function readAnswer(bytes: Uint8Array): WireAnswer {
  const { correlationId: id, error, success } = responses.decode(bytes) as unknown as Response;
  const correlationId = id?.structured ? uuidOf(id.structured) : (id?.string ?? '');
  if (error === null) {
    const commit = success?.position?.commit;
    return { correlationId, kind: 'written', position: commit && uint64Of(commit) };
  }
  const name = error.details?.typeUrl.split('.').at(-1) ?? '';
  const failure = FAILURES[name] ?? NOT_HANDLED[error.message] ?? 'lost';
  return { correlationId, kind: 'refused', failure, message: error.message };
}

// A span of time, where the client of 6.2 gives an instant: the clocks need not agree.
function optionsOf({ stream, expected, timeoutMs: ms }: WireAppend): object {
  return {
    streamIdentifier: { streamName: stream },
    ...(expected === 'no_stream' && { noStream: {} }),
    ...(expected === 'any' && { any: {} }),
    ...(typeof expected === 'bigint' && { streamPosition: Number(expected) }),
    deadline: { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 },
  };
}

function proposedMessage({ id, type, contentType, data, metadata }: WireEvent): object {
  return {
    id: { string: id },
    metadata: { type, 'content-type': contentType },
    customMetadata: metadata,
    data,
  };
}

function partsOf(events: readonly WireEvent[]): readonly (readonly WireEvent[])[] {
  const parts: WireEvent[][] = [[]];
  let bytes = 0;
  for (const event of events) {
    bytes += event.bytes;
    if (bytes > MESSAGE_BYTES_MAX && parts.at(-1)?.length !== 0) {
      parts.push([]);
      bytes = event.bytes;
    }
    parts.at(-1)?.push(event);
  }
  return parts;
}

// The server may give the id as text or as two numbers.
function uuidOf({ high, low }: { readonly high: Long; readonly low: Long }): string {
  const hex = [high, low].map((half) => uint64Of(half).toString(16).padStart(16, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function uint64Of({ high, low }: Long): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
