import { LedgerdeskError } from '@ledgerdesk/kernel';

/** A stored blob: its address is its content. */
export interface StoredBlob {
  /** SHA-256 of the content, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Attachments, addressed by content: the same content is stored once, and nothing ever changes. */
export interface BlobStore {
  /**
   * Stores what the stream yields; resolves once it would survive a crash.
   *
   * @throws LedgerdeskError `limit.blob-size` for more than `maxBytes`: nothing is kept.
   */
  put(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredBlob>;
  /** In bytes; undefined for a digest that is not stored. */
  sizeOf(digest: string): Promise<number | undefined>;
  /** Undefined for a digest that is not stored. Ends the read when the consumer leaves the loop. */
  open(digest: string): Promise<OpenBlob | undefined>;
  close?(): Promise<void>;
}

/** A blob opened for reading. Consume `content` once. */
export interface OpenBlob {
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

const DIGEST = /^[0-9a-f]{64}$/;

/** Whether the text can be the digest of a blob. */
export function isBlobDigest(text: string): boolean {
  return DIGEST.test(text);
}

/** `limit.blob-size` */
export function blobTooLarge(maxBytes: number): LedgerdeskError {
  return new LedgerdeskError(
    'limit.blob-size',
    `the blob has more than ${maxBytes} bytes; nothing of it was kept, send a smaller one`,
    { details: { bytesMax: maxBytes } },
  );
}
