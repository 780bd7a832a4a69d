import type { BlobStore } from '@ledgerdesk/engine';
import { LedgerdeskError } from '@ledgerdesk/kernel';

/** What copying the attachments did. */
export interface BlobCopyReport {
  /** All that were named. */
  readonly blobs: number;
  /** By this run. What is neither copied nor missing was there with the same content. */
  readonly blobsCopied: number;
  /** Named, but gone from the source when their turn came, such as by an erasure. */
  readonly blobsMissing: number;
}

export interface BlobCopyOptions {
  readonly from: BlobStore;
  readonly to: BlobStore;
  /** Of the blobs in `from`, in any order. */
  readonly digests: AsyncIterable<string>;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Copies attachments, which are addressed by their content: one that is there is passed over, and
 * one whose content is not what its address says is refused.
 *
 * @throws LedgerdeskError `corrupt.copied-blob`, and what the blob stores give.
 */
export async function copyBlobs(options: BlobCopyOptions): Promise<BlobCopyReport> {
  const { from, to, digests, onProgress, signal } = options;
  let blobs = 0;
  let blobsCopied = 0;
  let blobsMissing = 0;
  for await (const digest of digests) {
    signal?.throwIfAborted();
    if ((await to.sizeOf(digest)) === undefined) {
      if (await copyBlob(digest, from, to)) blobsCopied += 1;
      else blobsMissing += 1;
    }
    blobs += 1;
    onProgress?.(blobs);
  }
  return { blobs, blobsCopied, blobsMissing };
}

/** False where the source has it no longer. */
async function copyBlob(digest: string, from: BlobStore, to: BlobStore): Promise<boolean> {
  const blob = await from.open(digest);
  if (blob === undefined) return false;
  const stored = await to.put(blob.content, blob.sizeBytes);
  if (stored.digest === digest) return true;
  throw new LedgerdeskError(
    'corrupt.copied-blob',
    `the attachment ${digest} has the content of ${stored.digest}; restore it from a backup, ` +
      'then copy again.',
    { details: { digest, found: stored.digest } },
  );
}
