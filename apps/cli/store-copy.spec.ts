import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { EXIT } from './exit-codes';
import { CommandLine, SERVICENOW_SAMPLE } from './testing/command-line';

let cli: CommandLine;
let source: string;
let target: string;

beforeEach(async () => {
  cli = await CommandLine.open();
  source = join(cli.dir, 'source');
  target = join(cli.dir, 'target');
  await cli.run('import', 'servicenow', SERVICENOW_SAMPLE, '--data', source);
});

afterEach(() => cli.close());

const copy = (...options: readonly string[]): Promise<Record<string, unknown>> =>
  cli.json('store', 'copy', `sqlite:${source}`, `sqlite:${target}`, ...options);

async function attach(text: string): Promise<string> {
  const digest = createHash('sha256').update(text).digest('hex');
  const folder = join(source, 'blobs', digest.slice(0, 2));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, digest), text);
  return digest;
}

describe('store copy', () => {
  it('moves a history that verifies to the same anchor', async () => {
    const report = await copy();
    const before = await cli.json('verify', '--data', source);
    const after = await cli.json('verify', '--data', target);

    expect(after).toMatchObject({ ok: true, events: before['events'] });
    expect((after['anchor'] as { digest: string }).digest).toBe(report['digest']);
    expect((before['anchor'] as { digest: string }).digest).toBe(report['digest']);
    expect(report).toMatchObject({ eventsCopied: before['events'], eventsThere: 0, blobs: 0 });
  });

  it('copies nothing the second time', async () => {
    const { events } = await copy();
    expect(await copy()).toMatchObject({ eventsCopied: 0, eventsThere: events });
  });

  it('takes the attachments along, each once', async () => {
    const digest = await attach('a screenshot');
    expect(await copy()).toMatchObject({ blobs: 1, blobsCopied: 1, blobsMissing: 0 });
    expect(await copy()).toMatchObject({ blobs: 1, blobsCopied: 0 });
    const copied = join(target, 'blobs', digest.slice(0, 2), digest);
    expect(await readFile(copied, 'utf8')).toBe('a screenshot');
  });

  it('refuses an attachment that is not what its address says', async () => {
    const digest = await attach('a screenshot');
    await writeFile(join(source, 'blobs', digest.slice(0, 2), digest), 'another one');
    expect(await copy()).toMatchObject({ code: 'corrupt.copied-blob', digest });
  });

  it('asks where attachments belong that are not beside a store', async () => {
    const { exitCode, stderr } = await cli.run('store', 'copy', `sqlite:${source}`, 'memory:');
    expect(exitCode).toBe(EXIT.usage);
    expect(stderr).toContain('--blobs-to');
    const alone = await cli.run('store', 'copy', `sqlite:${source}`, 'memory:', '--no-blobs');
    expect(alone.exitCode).toBe(EXIT.ok);
    expect(alone.stdout).toMatch(/copied now +\d+\n/);
  });

  it('refuses a target with another history', async () => {
    const other = join(cli.dir, 'other');
    await cli.run('import', 'servicenow', SERVICENOW_SAMPLE, '--source', 'b', '--data', other);
    const answer = await cli.json('store', 'copy', `sqlite:${source}`, `sqlite:${other}`);
    expect(answer).toMatchObject({ code: 'conflict.copy-target', exitCode: EXIT.unavailable });
  });

  it('says that there is no store to copy', async () => {
    const nowhere = join(cli.dir, 'nowhere');
    const { exitCode } = await cli.run('store', 'copy', `sqlite:${nowhere}`, `sqlite:${target}`);
    expect(exitCode).toBe(EXIT.missing);
  });
});
