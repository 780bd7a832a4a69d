import type { BlobStore } from '@ledgerdesk/engine';
import { LedgerdeskError } from '@ledgerdesk/kernel';

/** What copying the attachments did. */
export interface BlobCopyReport {
  readonly blobs: number;
  /** By this run; the others were there with the same content. */
  readonly blobsCopied: number;
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
  for await (const digest of digests) {
    signal?.throwIfAborted();
    if ((await to.sizeOf(digest)) === undefined) {
      await copyBlob(digest, from, to);
      blobsCopied += 1;
    }
    blobs += 1;
    onProgress?.(blobs);
  }
  return { blobs, blobsCopied };
}

async function copyBlob(digest: string, from: BlobStore, to: BlobStore): Promise<void> {
  const blob = await from.open(digest);
  if (blob === undefined) return;
  const stored = await to.put(blob.content, blob.sizeBytes);
  if (stored.digest === digest) return;
  throw new LedgerdeskError(
    'corrupt.copied-blob',
    `the attachment ${digest} has the content of ${stored.digest}; restore it from a backup, ` +
      'then copy again.',
    { details: { digest, found: stored.digest } },
  );
}
