import { createHash } from 'node:crypto';
import { StreamEnds } from './stream-ends';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the ends of very many streams', () => {
  it('are all there with their last revision and hash, also after the table has grown', () => {
    const ends = new StreamEnds();
    const expected = new Map<string, bigint>();
    for (let event = 0; event < 12_000; event += 1) {
      const stream = `desk-${(event * 7) % 4_001}`;
      const revision = (expected.get(stream) ?? -1n) + 1n;
      expected.set(stream, revision);
      ends.set(stream, revision, hashOf(`${stream} ${revision}`));
    }
    expect(ends.size).toBe(expected.size);
    for (const [stream, revision] of expected) {
      expect(ends.revisionOf(stream)).toBe(revision);
      expect(ends.endsWith(stream, hashOf(`${stream} ${revision}`))).toBe(true);
      expect(ends.endsWith(stream, hashOf(`${stream} ${revision + 1n}`))).toBe(false);
    }
    expect(ends.revisionOf('desk-4001')).toBeUndefined();
  });

  it('take less than 200 bytes for each stream', () => {
    const ends = new StreamEnds();
    const streams = 100_000;
    for (let n = 0; n < streams; n += 1) ends.set(`desk-${n}`, 0n, '0'.repeat(64));
    const { table } = ends as unknown as { readonly table: Readonly<Record<string, Uint8Array>> };
    const bytes = Object.values(table).reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(bytes / streams).toBeLessThan(200);
    expect(bytes / streams).toBeGreaterThan(50);
  });

  it('keep apart hashes that are none, and the same text where it is right', () => {
    const ends = new StreamEnds();
    ends.set('desk-1', 0n, 'no hash');
    expect(ends.endsWith('desk-1', 'no hash')).toBe(true);
    expect(ends.endsWith('desk-1', 'none')).toBe(false);
    expect(ends.endsWith('desk-1', hashOf('no hash'))).toBe(false);
  });
});
