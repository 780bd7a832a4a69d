import { deserialize, serialize } from 'bson';
import type { BsonDocument } from './server-failure';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
const MESSAGE_BYTES_MAX = 48_000_000;
const MORE_TO_COME = 2;

/** A command that came in. */
export interface WireRequest {
  readonly requestId: number;
  /** The very first hello of a connection comes in the old form and is answered in it. */
  readonly isLegacyHello: boolean;
  readonly body: BsonDocument;
  /** The client wants no reply (`w: 0`). */
  readonly isUnanswered: boolean;
}

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private bytes = 0;
  /** Of the message that is on its way; 4 until its length is known. */
  private wanted = 4;

  /** The messages that are complete now. */
  read(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    // A large message comes in many chunks: they are joined once.
    if (this.bytes < this.wanted) return [];
    let buffered = Buffer.concat(this.chunks);
    const frames: Buffer[] = [];
    this.wanted = 4;
    while (buffered.length >= 4) {
      this.wanted = buffered.readInt32LE(0);
      if (this.wanted < HEADER_BYTES || this.wanted > MESSAGE_BYTES_MAX) {
        throw new Error(`a message of ${this.wanted} bytes`);
      }
      if (buffered.length < this.wanted) break;
      frames.push(buffered.subarray(0, this.wanted));
      buffered = buffered.subarray(this.wanted);
      this.wanted = 4;
    }
    this.chunks = [buffered];
    this.bytes = buffered.length;
    return frames;
  }
}

/** Reads one message. Throws on operation codes that drivers stopped using. */
export function readRequest(frame: Buffer): WireRequest {
  const requestId = frame.readInt32LE(4);
  const operation = frame.readInt32LE(12);
  if (operation === OP_QUERY) {
    return { requestId, isLegacyHello: true, body: { hello: 1 }, isUnanswered: false };
  }
  if (operation !== OP_MSG) throw new Error(`operation code ${operation}`);
  const isUnanswered = (frame.readUInt32LE(HEADER_BYTES) & MORE_TO_COME) !== 0;
  return { requestId, isLegacyHello: false, body: readSections(frame), isUnanswered };
}

/** The bytes of a reply. */
export function writeReply({ requestId, isLegacyHello }: WireRequest, body: BsonDocument): Buffer {
  const document = serialize(body, { ignoreUndefined: true });
  const head = Buffer.alloc(isLegacyHello ? 36 : 21);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(isLegacyHello ? OP_REPLY : OP_MSG, 12);
  if (isLegacyHello) {
    head.writeInt32LE(8, 16);
    head.writeInt32LE(1, 32);
  }
  return Buffer.concat([head, document]);
}

/** Section 0 is the command, sections 1 hold its lists of documents. */
function readSections(frame: Buffer): BsonDocument {
  let command: BsonDocument = {};
  const lists: BsonDocument = {};
  let at = HEADER_BYTES + 4;
  while (at < frame.length) {
    const kind = frame[at];
    at += 1;
    const size = frame.readInt32LE(at);
    if (kind === 0) {
      command = deserialize(frame.subarray(at, at + size));
    } else {
      const nameEnd = frame.indexOf(0, at + 4);
      const documents: BsonDocument[] = [];
      for (let next = nameEnd + 1; next < at + size; next += frame.readInt32LE(next)) {
        documents.push(deserialize(frame.subarray(next, next + frame.readInt32LE(next))));
      }
      lists[frame.toString('utf8', at + 4, nameEnd)] = documents;
    }
    at += size;
  }
  return { ...command, ...lists };
}
