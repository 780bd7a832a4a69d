import { createHash } from 'node:crypto';
import { blobTooLarge, type BlobStore, type OpenBlob, type StoredBlob } from './blob-store';

/** Blobs in this process's memory, for tests and demonstrations. */
export class MemoryBlobStore implements BlobStore {
  private readonly blobs = new Map<string, Uint8Array>();

  async put(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<StoredBlob> {
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of stream) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw blobTooLarge(maxBytes);
      chunks.push(chunk);
    }
    const content = Buffer.concat(chunks);
    const digest = createHash('sha256').update(content).digest('hex');
    this.blobs.set(digest, content);
    return { digest, sizeBytes };
  }

  async sizeOf(digest: string): Promise<number | undefined> {
    return this.blobs.get(digest)?.length;
  }

  async open(digest: string): Promise<OpenBlob | undefined> {
    const content = this.blobs.get(digest);
    return content && { sizeBytes: content.length, content: once(content) };
  }
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
