const WIDTH = 96;

/** Prints what the demonstration does, step by step, for people. */
export class Narrator {
  private step = 0;
  private title = '';

  constructor(private readonly write: (text: string) => void) {}

  heading(text: string): void {
    this.step += 1;
    this.title = text;
    this.write(`\n${this.step}. ${text}\n${'-'.repeat(Math.min(WIDTH, text.length + 4))}\n`);
  }

  /** Which step it is at: `step 3, "The board"`. */
  get place(): string {
    return `step ${this.step}, "${this.title}"`;
  }

  line(text = ''): void {
    this.write(`${text}\n`);
  }

  /** Columns as wide as their widest cell; numbers to the right. */
  table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    const widths = header.map((title, column) =>
      Math.max(title.length, ...rows.map((row) => String(row[column] ?? '').length)),
    );
    const format = (row: readonly (string | number)[]): string =>
      row
        .map((cell, column) =>
          typeof cell === 'number'
            ? String(cell).padStart(widths[column] ?? 0)
            : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd();
    this.line(`   ${format(header)}`);
    this.line(`   ${widths.map((width) => '-'.repeat(width)).join('  ')}`);
    for (const row of rows) this.line(`   ${format(row)}`);
  }
}

/** `resolved in 3 h 20 min`, for durations in minutes. */
export function minutesInWords(minutes: number | null): string {
  if (minutes === null) return '-';
  if (minutes < 60) return `${Math.round(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${Math.round(minutes % 60)} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
