import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeServiceNowFile } from '../testing';
import { readServiceNowCsv, type ReadLine } from './servicenow-csv';
import { SERVICENOW_COLUMNS } from './source-row';

let dir: string;
let file: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'servicenow-csv-'));
  file = join(dir, 'log.csv');
});

afterEach(() => rm(dir, { recursive: true }));

async function read(): Promise<readonly ReadLine[]> {
  const lines: ReadLine[] = [];
  for await (const line of readServiceNowCsv(file)) lines.push(line);
  return lines;
}

const shown = (lines: readonly ReadLine[]): unknown =>
  lines.map((line) => ('row' in line ? [line.line, line.row.number] : [line.line, line.refused]));

describe('reading an incident log', () => {
  it.each([false, true])(
    'gives its rows with their lines (compressed: %p)',
    async (isCompressed) => {
      await writeServiceNowFile(file, [{}, { number: 'INC0000002' }], { isCompressed });
      expect(shown(await read())).toEqual([
        [2, 'INC0000001'],
        [3, 'INC0000002'],
      ]);
    },
  );

  it('takes a byte order mark, CRLF, quotes and an empty line', async () => {
    const quoted = { location: '"Köln, ""Dom"""' };
    await writeServiceNowFile(file, [quoted, '', { number: 'INC0000002' }]);
    const text = await readFile(file, 'utf8');
    await writeFile(file, `\uFEFF${text.replaceAll('\n', '\r\n')}`);
    const [first, second] = await read();
    expect(first).toMatchObject({ line: 2, row: { cells: { location: 'Köln, "Dom"' } } });
    expect(second).toMatchObject({ line: 4, row: { number: 'INC0000002' } });
  });

  it('goes on behind rows that it refuses', async () => {
    await writeServiceNowFile(file, ['INC0000001,New', { priority: 'high' }, {}]);
    expect(shown(await read())).toEqual([
      [2, 'the row has 2 cells; give 36'],
      [3, 'priority is "high"; give a level such as 2 - Medium'],
      [4, 'INC0000001'],
    ]);
  });

  it('takes the columns in any order', async () => {
    await writeServiceNowFile(file, [{}]);
    const rows = (await readFile(file, 'utf8')).trim().split('\n');
    const reversed = rows.map((row) => row.split(',').reverse().join(','));
    await writeFile(file, reversed.join('\n'));
    expect(shown(await read())).toEqual([[2, 'INC0000001']]);
  });

  it('names every missing column of a header', async () => {
    const header = SERVICENOW_COLUMNS.filter((name) => name !== 'rfc' && name !== 'notify');
    await writeServiceNowFile(file, [], { header: header.join(',') });
    await expect(read()).rejects.toMatchObject({
      code: 'malformed.import-header',
      details: { missing: ['notify', 'rfc'] },
    });
  });

  it('refuses a header with columns that it would pass over', async () => {
    await writeServiceNowFile(file, [], { header: [...SERVICENOW_COLUMNS, 'more'].join(',') });
    await expect(read()).rejects.toMatchObject({ code: 'malformed.import-header' });
  });

  it('refuses an empty file and one that is not there', async () => {
    await expect(read()).rejects.toMatchObject({ code: 'missing.import-file' });
    await writeFile(file, '');
    await expect(read()).rejects.toMatchObject({ code: 'malformed.import-header' });
  });

  it('gives the rows before the end of a file that was cut off, then says so', async () => {
    const rows = Array.from({ length: 4000 }, (_, index) => ({ number: `INC${index}` }));
    await writeServiceNowFile(file, rows, { isCompressed: true });
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length / 2));
    const lines: ReadLine[] = [];
    const reading = (async () => {
      for await (const line of readServiceNowCsv(file)) lines.push(line);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'malformed.import-truncated' });
    await expect(reading).rejects.toThrow(/ends in the middle.*run the import again/s);
    expect(lines.every((line) => 'row' in line)).toBe(true);
  });

  it('says that a compressed file is damaged', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => ({ number: `INC${index}` }));
    await writeServiceNowFile(file, rows, { isCompressed: true });
    const bytes = await readFile(file);
    bytes.fill(0xff, 40, 60);
    await writeFile(file, bytes);
    await expect(read()).rejects.toMatchObject({ code: 'malformed.import-file' });
  });

  it('does not take in the rest of the file behind a quote that is never closed', async () => {
    await writeServiceNowFile(file, [{}]);
    await appendFile(file, `"INC2,${'x'.repeat(100_000)}\n`);
    await expect(read()).rejects.toMatchObject({ code: 'malformed.import-file' });
  });
});
