import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobStore } from './blob-store';
import { FileBlobStore } from './file-blob-store';
import { MemoryBlobStore } from './memory-blob-store';

async function* chunks(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first half');
  throw new Error('the client went away');
}

async function contentOf(store: BlobStore, digest: string): Promise<string | undefined> {
  const blob = await store.open(digest);
  if (blob === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of blob.content) parts.push(part);
  const content = Buffer.concat(parts);
  expect(content).toHaveLength(blob.sizeBytes);
  return content.toString();
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-blobs-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe.each([
  ['MemoryBlobStore', (): BlobStore => new MemoryBlobStore()],
  ['FileBlobStore', (): BlobStore => new FileBlobStore(dir)],
])('%s', (_name, open) => {
  it('gives back what was put, under its SHA-256', async () => {
    const store = open();
    const { digest, sizeBytes } = await store.put(chunks('one, ', 'two'), 100);
    expect([digest, sizeBytes]).toEqual([digestOf('one, two'), 8]);
    expect(await store.sizeOf(digest)).toBe(sizeBytes);
    expect(await contentOf(store, digest)).toBe('one, two');
  });

  it('stores the same content once, also from two clients at once', async () => {
    const store = open();
    const stored = await Promise.all([1, 2, 3].map(() => store.put(chunks('same'), 100)));
    expect(new Set(stored.map(({ digest }) => digest)).size).toBe(1);
    expect(await contentOf(store, digestOf('same'))).toBe('same');
  });

  it('takes an empty blob, and one of just the size that is allowed', async () => {
    const store = open();
    expect(await store.put(chunks(), 4)).toEqual({ digest: digestOf(''), sizeBytes: 0 });
    expect(await store.put(chunks('four'), 4)).toMatchObject({ sizeBytes: 4 });
    expect(await contentOf(store, digestOf(''))).toBe('');
  });

  it('refuses more than is allowed and keeps nothing of it', async () => {
    const store = open();
    await expect(store.put(chunks('fo', 'ur', '!'), 4)).rejects.toMatchObject({
      code: 'limit.blob-size',
    });
    expect(await store.sizeOf(digestOf('four!'))).toBeUndefined();
  });

  it('keeps nothing of a stream that breaks off', async () => {
    const store = open();
    await expect(store.put(broken(), 100)).rejects.toThrow('the client went away');
    expect(await store.sizeOf(digestOf('first half'))).toBeUndefined();
  });

  it('has nothing under what is no digest', async () => {
    const store = open();
    await store.put(chunks('x'), 100);
    for (const text of ['0'.repeat(64), '../../etc/passwd', '', digestOf('x').toUpperCase()]) {
      expect(await store.sizeOf(text)).toBeUndefined();
      expect(await store.open(text)).toBeUndefined();
    }
  });

  it('ends the read when the consumer leaves', async () => {
    const store = open();
    const { digest } = await store.put(chunks('x'.repeat(300_000)), 1_000_000);
    const blob = await store.open(digest);
    let first = 0;
    for await (const part of blob?.content ?? []) {
      first = part.length;
      break;
    }
    expect(first).toBeGreaterThan(0);
    expect(await store.sizeOf(digest)).toBe(300_000);
  });
});

describe('FileBlobStore on disk', () => {
  it('leaves no partial file behind, neither of good streams nor of bad ones', async () => {
    const store = new FileBlobStore(dir);
    await store.put(chunks('good'), 100);
    await store.put(chunks('good'), 100);
    await expect(store.put(broken(), 100)).rejects.toThrow('the client went away');
    expect(await readdir(join(dir, 'incoming'))).toEqual([]);
  });

  it('clears away what a crash left there long ago, and nothing younger', async () => {
    await mkdir(join(dir, 'incoming'));
    await writeFile(join(dir, 'incoming', 'old'), 'half');
    await writeFile(join(dir, 'incoming', 'young'), 'half');
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(join(dir, 'incoming', 'old'), longAgo, longAgo);
    await new FileBlobStore(dir).put(chunks('x'), 100);
    expect(await readdir(join(dir, 'incoming'))).toEqual(['young']);
  });

  it('says by code that its folder is out of order, and works again once it is not', async () => {
    await writeFile(join(dir, 'incoming'), 'a file where the folder should be');
    const store = new FileBlobStore(dir);
    await expect(store.put(chunks('x'), 100)).rejects.toMatchObject({
      code: 'unavailable.blob-store',
    });
    await rm(join(dir, 'incoming'));
    await expect(store.put(chunks('x'), 100)).resolves.toMatchObject({ sizeBytes: 1 });
  });

  it('finds again what an earlier one stored', async () => {
    const { digest } = await new FileBlobStore(dir).put(chunks('kept'), 100);
    expect(await contentOf(new FileBlobStore(dir), digest)).toBe('kept');
  });
});

describe('the digests of a FileBlobStore', () => {
  it('name each blob once, and nothing that is not one', async () => {
    const store = new FileBlobStore(dir);
    await store.put(chunks('one'), 100);
    await store.put(chunks('two'), 100);
    await writeFile(join(dir, 'README'), 'not a blob');
    const digests: string[] = [];
    for await (const digest of store.digests()) digests.push(digest);
    expect(digests.sort()).toEqual([digestOf('one'), digestOf('two')].sort());
  });

  it('are none where the folder does not exist', async () => {
    const digests: string[] = [];
    for await (const digest of new FileBlobStore(join(dir, 'none')).digests()) digests.push(digest);
    expect(digests).toEqual([]);
  });
});
