import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isLedgerdeskError, LedgerdeskError, type ErrorCode } from '@ledgerdesk/kernel';
import { parse, type Parser } from 'csv-parse';
import { parseSourceRow, SERVICENOW_COLUMNS, type ColumnOrder, type SourceRow } from './source-row';

/** One line of the file: a row, or why it is none. The header is line 1. */
export type ReadLine = GoodLine | BadLine;

export interface GoodLine {
  readonly line: number;
  readonly row: SourceRow;
  /** The cells as they stand in the file. */
  readonly text: string;
}

interface BadLine {
  readonly line: number;
  readonly number: string | null;
  readonly refused: string;
}

export interface CsvReadOptions {
  readonly signal?: AbortSignal;
  /** Bytes of the file (compressed where it is) as they are read. */
  readonly onBytes?: (bytes: number) => void;
}

/** A record that is longer belongs to a quote that was never closed. */
const RECORD_BYTES_MAX = 64 * 1024;
const READ_BYTES = 256 * 1024;
const CELL_SEPARATOR = '\u001f';
const NUMBER_SHOWN_MAX = 60;

/**
 * Reads the rows of an incident log, plain or gzip, in the order of the file. One part of the file
 * at a time: memory does not grow with it.
 *
 * @throws LedgerdeskError `missing.import-file`, `malformed.import-header` that lists the missing
 * columns, `malformed.import-truncated` for a file that ends in the middle, `malformed.import-
 * file`.
 */
export async function* readServiceNowCsv(
  file: string,
  options: CsvReadOptions = {},
): AsyncGenerator<ReadLine, void, undefined> {
  const bytes = await bytesOf(file, options);
  let columns: ColumnOrder | undefined;
  let line = 0;
  try {
    for await (const { record, info } of bytes as AsyncIterable<CsvRecord>) {
      line = info.lines;
      if (columns === undefined) columns = columnsOf(record, file);
      else yield lineOf(record, line, columns);
    }
  } catch (error) {
    throw translate(error, file, line);
  } finally {
    bytes.destroy();
  }
  if (columns === undefined) throw headerMissing(file, SERVICENOW_COLUMNS);
}

/** What csv-parse gives with `info`. */
interface CsvRecord {
  readonly record: readonly string[];
  /** `lines` is the line that the record ends on. */
  readonly info: { readonly lines: number };
}

async function bytesOf(file: string, { signal, onBytes }: CsvReadOptions): Promise<Parser> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: RECORD_BYTES_MAX,
    info: true,
  });
  const isCompressed = await isGzip(file);
  const source: Readable = createReadStream(file, {
    highWaterMark: READ_BYTES,
    ...(signal === undefined ? {} : { signal }),
  });
  source.on('data', (chunk: Buffer) => onBytes?.(chunk.length));
  // The error reaches the reader through the parser, which the pipeline destroys with it.
  const ended = (): void => undefined;
  if (isCompressed) pipeline(source, createGunzip(), parser, ended);
  else pipeline(source, parser, ended);
  return parser;
}

async function isGzip(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new LedgerdeskError(
      'missing.import-file',
      `${file} cannot be read; give the path of a readable CSV file, plain or gzip`,
      { cause, details: { file } },
    );
  }
}

function columnsOf(header: readonly string[], file: string): ColumnOrder {
  const names = header.map((name) => name.trim());
  const missing = SERVICENOW_COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) throw headerMissing(file, missing);
  if (names.length !== SERVICENOW_COLUMNS.length) {
    throw new LedgerdeskError(
      'malformed.import-header',
      `the header of ${file} has ${names.length} columns; give exactly the ` +
        `${SERVICENOW_COLUMNS.length} of the incident log, so that nothing is passed over`,
      { details: { file, columns: names.slice(0, 100) } },
    );
  }
  return SERVICENOW_COLUMNS.map((column) => ({ column, index: names.indexOf(column) }));
}

function lineOf(cells: readonly string[], line: number, columns: ColumnOrder): ReadLine {
  const number = numberOf(cells, columns);
  if (cells.length !== columns.length) {
    const refused = `the row has ${cells.length} cells; give ${columns.length}`;
    return { line, number, refused };
  }
  const row = parseSourceRow(cells, columns);
  if ('refused' in row) return { line, number, refused: row.refused };
  return { line, row, text: cells.join(CELL_SEPARATOR) };
}

function numberOf(cells: readonly string[], columns: ColumnOrder): string | null {
  const number = cells[columns[0]?.index ?? 0] ?? '';
  return number === '' ? null : number.slice(0, NUMBER_SHOWN_MAX);
}

function headerMissing(file: string, missing: readonly string[]): LedgerdeskError {
  return new LedgerdeskError(
    'malformed.import-header',
    `the header of ${file} lacks the columns ${missing.join(', ')}; give an incident log of ` +
      'ServiceNow with its column names in the first line',
    { details: { file, missing } },
  );
}

function translate(error: unknown, file: string, line: number): unknown {
  if (isLedgerdeskError(error) || !isNodeError(error) || error.name === 'AbortError') return error;
  const { code } = error;
  if (code === 'Z_BUF_ERROR') {
    return malformed(
      'malformed.import-truncated',
      file,
      line,
      'the file ends in the middle',
      error,
    );
  }
  if (code.startsWith('Z_')) {
    const what = 'the compressed file is damaged';
    return malformed('malformed.import-file', file, line, what, error);
  }
  if (code.startsWith('CSV_')) {
    return malformed('malformed.import-file', file, line, `it is not CSV: ${error.message}`, error);
  }
  return malformed('malformed.import-file', file, line, error.message, error);
}

// Not by instanceof: errors of Node's own streams may come from another realm.
function isNodeError(error: unknown): error is Error & { readonly code: string } {
  return typeof error === 'object' && error !== null && 'message' in error && 'code' in error;
}

function malformed(
  code: ErrorCode,
  file: string,
  line: number,
  what: string,
  cause: unknown,
): LedgerdeskError {
  return new LedgerdeskError(
    code,
    `${file}, after line ${line}: ${what}; what was imported up to there stays. ` +
      'Give the whole file and run the import again: it goes on from there.',
    { cause, details: { file, line } },
  );
}
