import { MemoryBlobStore, sha256 } from '@ledgerdesk/engine';
import { copyBlobs } from './blob-copy';

describe('copying attachments', () => {
  it('counts one that is gone when its turn comes as missing, not as copied', async () => {
    const [from, to] = [new MemoryBlobStore(), new MemoryBlobStore()];
    const { digest } = await from.put(content('a screenshot'), 100);
    const gone = sha256('erased meanwhile');

    const report = await copyBlobs({ from, to, digests: listed(gone, digest) });

    expect(report).toEqual({ blobs: 2, blobsCopied: 1, blobsMissing: 1 });
    expect(await to.sizeOf(gone)).toBeUndefined();
  });
});

async function* content(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function* listed(...digests: readonly string[]): AsyncGenerator<string> {
  yield* digests;
}
