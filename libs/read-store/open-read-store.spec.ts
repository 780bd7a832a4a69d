import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReadStore, READ_MODELS_FILE } from '.';

describe('a read store by its URL', () => {
  it('is kept in memory for memory:', async () => {
    const store = await openReadStore('memory:');
    expect(await store.generations()).toEqual([]);
    await store.close();
  });

  it('is one file in a folder, which is made, for sqlite:', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-read-store-'));
    const store = await openReadStore(`sqlite:${folder}/deep/below`);
    await store.close();
    await expect(access(join(folder, 'deep/below', READ_MODELS_FILE))).resolves.toBeUndefined();
    await rm(folder, { recursive: true, force: true });
  });

  it.each([
    '',
    'sqlite:',
    'memory:x',
    'mysql://root:secret@host/db',
    'mongodb://root:secret@',
    '/var/lib',
  ])('is refused for %j, without repeating what may be a password', async (url) => {
    await expect(openReadStore(url)).rejects.toMatchObject({
      code: 'invalid.read-store-url',
      message: expect.not.stringContaining('secret') as unknown,
    });
  });
});
