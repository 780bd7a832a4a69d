import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  blobTooLarge,
  isBlobDigest,
  type BlobStore,
  type OpenBlob,
  type StoredBlob,
} from './blob-store';

/**
 * Blobs as files `<dir>/<first two digits>/<digest>`. A blob is written under another name, flushed
 * to the disk and then renamed, so that a crash leaves all of it or none of it under its digest.
 */
export class FileBlobStore implements BlobStore {
  constructor(private readonly dir: string) {}

  async put(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredBlob> {
    const incoming = join(this.dir, 'incoming');
    await mkdir(incoming, { recursive: true });
    const partial = join(incoming, randomUUID());
    try {
      const stored = await writeDurably(partial, stream, maxBytes);
      await this.publish(partial, stored.digest);
      return stored;
    } finally {
      await rm(partial, { force: true });
    }
  }

  async has(digest: string): Promise<boolean> {
    return (await this.sizeOf(digest)) !== undefined;
  }

  async open(digest: string): Promise<OpenBlob | undefined> {
    const sizeBytes = await this.sizeOf(digest);
    if (sizeBytes === undefined) return undefined;
    return { sizeBytes, content: contentOf(this.pathOf(digest)) };
  }

  private async publish(partial: string, digest: string): Promise<void> {
    if (await this.has(digest)) return;
    const target = this.pathOf(digest);
    await mkdir(dirname(target), { recursive: true });
    await rename(partial, target);
    // The rename survives a crash only once the folders that name the file are on the disk too.
    await syncFolder(dirname(target));
    await syncFolder(this.dir);
  }

  private async sizeOf(digest: string): Promise<number | undefined> {
    if (!isBlobDigest(digest)) return undefined;
    try {
      return (await stat(this.pathOf(digest))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private pathOf(digest: string): string {
    return join(this.dir, digest.slice(0, 2), digest);
  }
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
