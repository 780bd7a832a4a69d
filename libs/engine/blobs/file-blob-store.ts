import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, opendir, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import {
  blobTooLarge,
  isBlobDigest,
  type BlobStore,
  type OpenBlob,
  type StoredBlob,
} from './blob-store';

const LEFT_OVER_AFTER_MS = 24 * 60 * 60 * 1000;
const FOLDER = /^[0-9a-f]{2}$/;
const DISK_CALLS = new Set([
  'mkdir',
  'scandir',
  'opendir',
  'open',
  'write',
  'fsync',
  'close',
  'rename',
  'stat',
  'unlink',
]);

/**
 * Blobs as files `<dir>/<first two digits>/<digest>`. A blob is written under another name, flushed
 * to the disk and then renamed, so that a crash leaves all of it or none of it under its digest.
 */
export class FileBlobStore implements BlobStore {
  private readonly incoming: string;
  private ready: Promise<void> | undefined;

  constructor(private readonly dir: string) {
    this.incoming = join(dir, 'incoming');
  }

  /**
   * @throws LedgerdeskError `limit.blob-size`, `unavailable.disk-full`, `unavailable.blob-store`:
   * nothing is kept. What the stream itself throws comes through as it is.
   */
  async put(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredBlob> {
    const partial = join(this.incoming, randomUUID());
    try {
      await this.prepare();
      const stored = await writeDurably(partial, stream, maxBytes);
      await this.publish(partial, stored.digest);
      return stored;
    } catch (error) {
      throw storageError(error);
    } finally {
      // A partial file that cannot be removed now is cleared away after the next start.
      await rm(partial, { force: true }).catch(() => undefined);
    }
  }

  async sizeOf(digest: string): Promise<number | undefined> {
    if (!isBlobDigest(digest)) return undefined;
    try {
      return (await stat(this.pathOf(digest))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw storageError(error);
    }
  }

  async open(digest: string): Promise<OpenBlob | undefined> {
    const sizeBytes = await this.sizeOf(digest);
    if (sizeBytes === undefined) return undefined;
    return { sizeBytes, content: contentOf(this.pathOf(digest)) };
  }

  /** Every blob that is stored, in no order. None where the folder does not exist. */
  async *digests(): AsyncGenerator<string, void, undefined> {
    try {
      for await (const { name } of await opendir(this.dir)) {
        if (!FOLDER.test(name)) continue;
        for await (const file of await opendir(join(this.dir, name))) {
          if (isBlobDigest(file.name)) yield file.name;
        }
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw storageError(error);
    }
  }

  private prepare(): Promise<void> {
    this.ready ??= makeIncoming(this.incoming).catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    return this.ready;
  }

  private async publish(partial: string, digest: string): Promise<void> {
    if ((await this.sizeOf(digest)) !== undefined) return;
    const target = this.pathOf(digest);
    await mkdir(dirname(target), { recursive: true });
    await rename(partial, target);
    // The rename survives a crash only once the folders that name the file are on the disk too.
    await syncFolder(dirname(target));
    await syncFolder(this.dir);
  }

  private pathOf(digest: string): string {
    return join(this.dir, digest.slice(0, 2), digest);
  }
}

/**
 * Makes the folder of partial files and clears away what a crash left there a day ago or longer.
 */
async function makeIncoming(incoming: string): Promise<void> {
  await mkdir(incoming, { recursive: true });
  const oldest = Date.now() - LEFT_OVER_AFTER_MS;
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const { mtimeMs } = await stat(path);
    if (mtimeMs < oldest) await rm(path, { force: true });
  }
}

// Errors of the disk name the system call; those of the stream that is stored are not ours.
function storageError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || !DISK_CALLS.has(syscall)) return error;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  return new LedgerdeskError(
    isFull ? 'unavailable.disk-full' : 'unavailable.blob-store',
    isFull
      ? 'the disk of the blob store is full; nothing was kept, make room and try again'
      : `the blob store could not ${syscall}: ${String(code)}; nothing was kept, check its folder`,
    { cause: error },
  );
}

async function writeDurably(
  path: string,
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<StoredBlob> {
  const file = await open(path, 'wx');
  try {
    const stored = await writeAll(file, stream, maxBytes);
    await file.sync();
    return stored;
  } finally {
    await file.close();
  }
}

async function writeAll(
  file: FileHandle,
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<StoredBlob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of stream) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw blobTooLarge(maxBytes);
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  return { digest: hash.digest('hex'), sizeBytes };
}

async function* contentOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) {
      yield chunk as Uint8Array;
    }
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
