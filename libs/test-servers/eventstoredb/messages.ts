import { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { ExpectedRevision, ProposedEvent, RecordedEvent, StartingPoint } from './event-log';

// Between the messages of the wire and the values of the log.

/** Ticks of .NET: 100 ns each. */
const TICKS_PER_MS = 10_000n;

export function streamName(identifier: StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function streamIdentifier(stream: string): StreamIdentifier {
  const identifier = new StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream, 'utf8'));
  return identifier;
}

export function uuidMessage(text: string): UUID {
  const uuid = new UUID();
  uuid.setString(text);
  return uuid;
}

/** A UUID comes as text or as two signed 64-bit halves. */
export function uuidText(uuid: UUID | undefined): string {
  const halves = uuid?.getStructured();
  if (halves === undefined) return uuid?.getString().toLowerCase() ?? '';
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(BigInt(halves.getMostSignificantBits()), 0);
  bytes.writeBigInt64BE(BigInt(halves.getLeastSignificantBits()), 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The cases have the same numbers in every message that has them. */
export function expectedRevision(which: number, revision: string | number): ExpectedRevision {
  if (which === 3) return 'no_stream';
  if (which === 4) return 'any';
  return which === 5 ? 'stream_exists' : BigInt(revision);
}

interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export function proposedEvent(message: ProposedMessage): ProposedEvent {
  return {
    id: uuidText(message.getId()),
    type: message.getMetadataMap().get('type') ?? '',
    isJson: message.getMetadataMap().get('content-type') === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

/** What the server weighs against its append limit: the type counts two bytes a character. */
export function appendBytes(events: readonly ProposedEvent[]): number {
  let bytes = 0;
  for (const { data, metadata, type } of events) {
    bytes += data.length + metadata.length + type.length * 2;
  }
  return bytes;
}

interface PositionMessage {
  setCommitPosition(position: string): unknown;
  setPreparePosition(position: string): unknown;
}

/** Commit and prepare are the same for whatever was not written in an old explicit transaction. */
export function atPosition<Message extends PositionMessage>(
  message: Message,
  position: bigint,
): Message {
  message.setCommitPosition(String(position));
  message.setPreparePosition(String(position));
  return message;
}

interface StartOptions {
  hasStart(): boolean;
  hasEnd(): boolean;
}

export function startInStream(
  options: (StartOptions & { getRevision(): string }) | undefined,
): StartingPoint {
  if (options === undefined || options.hasStart()) return 'start';
  return options.hasEnd() ? 'end' : BigInt(options.getRevision());
}

export function startInLog(
  options:
    (StartOptions & { getPosition(): { getCommitPosition(): string } | undefined }) | undefined,
): StartingPoint {
  if (options === undefined || options.hasStart()) return 'start';
  return options.hasEnd() ? 'end' : BigInt(options.getPosition()?.getCommitPosition() ?? 0);
}

export function eventMessage(event: RecordedEvent): ReadResp {
  const record = new ReadResp.ReadEvent.RecordedEvent();
  record.setId(uuidMessage(event.id));
  record.setStreamIdentifier(streamIdentifier(event.stream));
  record.setStreamRevision(String(event.revision));
  atPosition(record, event.position);
  const metadata = record.getMetadataMap();
  metadata.set('type', event.type);
  metadata.set('created', String(BigInt(event.created.getTime()) * TICKS_PER_MS));
  metadata.set('content-type', event.isJson ? 'application/json' : 'application/octet-stream');
  record.setData(event.data);
  record.setCustomMetadata(event.metadata);
  const read = new ReadResp.ReadEvent();
  read.setEvent(record);
  read.setCommitPosition(String(event.position));
  const response = new ReadResp();
  response.setEvent(read);
  return response;
}

/** Sets the case that repeats what the append expected. */
export function echoExpected<Empty>(
  expected: ExpectedRevision,
  empty: Empty,
  setters: {
    readonly any: (value: Empty) => unknown;
    readonly noStream: (value: Empty) => unknown;
    readonly streamExists: (value: Empty) => unknown;
    readonly revision: (value: string) => unknown;
  },
): void {
  if (expected === 'any') setters.any(empty);
  else if (expected === 'no_stream') setters.noStream(empty);
  else if (expected === 'stream_exists') setters.streamExists(empty);
  else setters.revision(String(expected));
}
