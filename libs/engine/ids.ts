import { hash, randomFillSync } from 'node:crypto';

/** Namespace of the name-based ids (UUIDv5) that Ledgerdesk makes. Never changes. */
export const LEDGERDESK_NAMESPACE = '6f0f5d0c-27c5-5c0a-9f43-0d6d1d1b7b0e';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const VARIANT = ['8', '9', 'a', 'b'];
const POOL_BYTES = 4096;
const SEQUENCE_MAX = 0xfff;

/** Whether the text is a UUID in lower case (RFC 9562). */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Whether the text is a UUID of version 7 in lower case. */
export function isUuid7(text: string): boolean {
  return UUID_7.test(text);
}

/** SHA-256 of UTF-8 text as 64 lower-case hexadecimal digits. About 1 µs for 1 kB. */
export function sha256(text: string): string {
  return hash('sha256', text);
}

/** The UUID of version 5 for a name: the same name gives the same id in each process, for ever. */
export function uuid5(name: string, namespace: string = LEDGERDESK_NAMESPACE): string {
  const bytes = Buffer.allocUnsafe(16 + Buffer.byteLength(name));
  if (namespace === LEDGERDESK_NAMESPACE) NAMESPACE_BYTES.copy(bytes);
  else bytesOf(namespace).copy(bytes);
  bytes.write(name, 16);
  const digest = hash('sha1', bytes);
  const variant = VARIANT[Number.parseInt(digest.charAt(16), 16) & 0x3] ?? '8';
  return (
    `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-` +
    `${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`
  );
}

const NAMESPACE_BYTES = bytesOf(LEDGERDESK_NAMESPACE);

/** Makes UUIDs of version 7 that grow with each call. Time and randomness come in as arguments. */
export function createUuid7(
  nowMs: () => number,
  fillRandom: (bytes: Uint8Array) => void,
): () => string {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  let lastMs = 0;
  let sequence = 0;
  const byte = (): number => {
    if (used === POOL_BYTES) {
      fillRandom(pool);
      used = 0;
    }
    used += 1;
    return pool[used - 1] ?? 0;
  };
  return () => {
    const ms = nowMs();
    if (ms > lastMs) {
      lastMs = ms;
      // The upper half stays free, so that a millisecond holds 2,048 ids at the least.
      sequence = ((byte() & 0x7) << 8) | byte();
    } else if (sequence < SEQUENCE_MAX) {
      sequence += 1;
    } else {
      lastMs += 1;
      sequence = 0;
    }
    const time = lastMs.toString(16).padStart(12, '0');
    const middle = `7${sequence.toString(16).padStart(3, '0')}`;
    const variant = `${hex((byte() & 0x3f) | 0x80)}${hex(byte())}`;
    let tail = '';
    for (let i = 0; i < 6; i += 1) tail += hex(byte());
    return `${time.slice(0, 8)}-${time.slice(8)}-${middle}-${variant}-${tail}`;
  };
}

/** A new UUID of version 7: sorts by time, and within this process by the order of the calls. */
export const newUuid7: () => string = createUuid7(
  () => Date.now(),
  (bytes) => {
    randomFillSync(bytes);
  },
);

function hex(byte: number): string {
  return HEX[byte] ?? '00';
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
