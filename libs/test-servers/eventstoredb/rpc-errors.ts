import { Metadata, status } from '@grpc/grpc-js';
import { Status } from '@eventstore/db-client/generated/status_pb';
import type { NotLeaderFault, RpcFault } from './faults';

/** What a gRPC call is failed with. */
export interface RpcError {
  readonly code: status;
  readonly details: string;
  readonly metadata?: Metadata;
}

interface Failing {
  readonly cancelled: boolean;
  emit(event: 'error', error: RpcError): boolean;
}

/** A call that fails without any of EventStoreDB's own reasons. */
export function plainError(code: status, details: string): RpcError {
  return { code, details };
}

/** The client takes the kind of an error from the trailer `exception`, not from the status. */
export function namedError(
  code: status,
  details: string,
  exception: string,
  trailers: Readonly<Record<string, string>> = {},
): RpcError {
  const metadata = new Metadata();
  metadata.set('exception', exception);
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return { code, details, metadata };
}

export const SHUTTING_DOWN = plainError(status.UNAVAILABLE, 'Server is shutting down');

export const INVALID_POSITION = plainError(
  status.INVALID_ARGUMENT,
  'Trying to read from an invalid position.',
);

export function streamDeleted(stream: string): RpcError {
  const details = `Event stream '${stream}' is deleted.`;
  return namedError(status.FAILED_PRECONDITION, details, 'stream-deleted', {
    'stream-name': stream,
  });
}

/** What a planned fault makes of a call. */
export function faultError(fault: RpcFault | NotLeaderFault): RpcError {
  if (fault.kind === 'error') return plainError(fault.code, fault.details);
  return namedError(status.NOT_FOUND, 'Leader info available', 'not-leader', {
    'leader-endpoint-host': fault.host,
    'leader-endpoint-port': String(fault.port),
  });
}

/** Ends a call with an error, unless the client has left it already. */
export function fail(call: Failing, error: RpcError): void {
  if (!call.cancelled) call.emit('error', error);
}

/**
 * The error inside the reply of a batch append: a `google.rpc.Status` with exactly one `Any`, where
 * Google's own has a list. Written byte by byte, because the client's package does not bring the
 * types of `Any`.
 */
export function batchError(
  code: number,
  name: string,
  detail: { serializeBinary(): Uint8Array },
): Status {
  const any = Buffer.concat([
    field(1, Buffer.from(`type.googleapis.com/event_store.client.${name}`)),
    field(2, detail.serializeBinary()),
  ]);
  const bytes = [Buffer.from([0x08, code]), field(2, Buffer.from(name)), field(3, any)];
  return Status.deserializeBinary(Buffer.concat(bytes));
}

function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
