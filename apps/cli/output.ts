/** JSON for programs: positions and revisions are decimal text, as over HTTP. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  );
}

/** A table for people: a heading and rows, in columns as wide as their widest cell. */
export function toTable(heading: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [heading, ...rows.map((row) => row.map(toCell))];
  const widths = heading.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

const CELL_LENGTH_MAX = 120;

/** A value on one line; nothing in it can move the cursor of a terminal. */
export function toCell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'string' ? value : toJson(value).replace(/^"(\d+)"$/, '$1');
  const line = text.replaceAll(/\p{Cc}+/gu, ' ');
  return line.length > CELL_LENGTH_MAX ? `${line.slice(0, CELL_LENGTH_MAX - 1)}…` : line;
}
