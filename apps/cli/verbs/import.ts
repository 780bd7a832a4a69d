import { stat } from 'node:fs/promises';
import { importServiceNow, type ImportReport } from '@ledgerdesk/exchange';
import { EXIT } from '../exit-codes';
import { toTable } from '../output';
import { beginProgress } from '../progress';
import { withWriter } from '../stores';
import { answer, type VerbContext } from '../verb';

export interface ImportOptions {
  readonly source: string;
}

const SHOWN_REFUSED = 20;

/**
 * `ledgerdesk import servicenow`: an incident log becomes events. Exits 1 where rows were refused.
 */
export async function importFromServiceNow(
  context: VerbContext,
  file: string,
  { source }: ImportOptions,
): Promise<number> {
  const { io, location } = context;
  const bytes = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  const report = await withWriter(location, async (stores) => {
    const progress = beginProgress(io, 'importing');
    try {
      return await importServiceNow({
        ...stores,
        file,
        source,
        onProgress: ({ bytesRead }) => progress.update(bytesRead, bytes),
        signal: io.signal,
      });
    } finally {
      progress.stop();
    }
  });
  answer(context, report, () => asText(report));
  return report.rowsRefused === 0 ? EXIT.ok : EXIT.found;
}

function asText(report: ImportReport): string {
  const { rows, incidents, eventsAppended, rowsRepeated, rowsRefused, refused } = report;
  const summary = toTable(
    ['import', report.file],
    [
      ['rows read', rows],
      ['incidents', incidents],
      ['events appended', eventsAppended],
      ['rows that were there', rowsRepeated],
      ['rows refused', rowsRefused],
      ['seconds', (report.durationMs / 1000).toFixed(1)],
      ['events per second', report.eventsPerSecond],
      ...Object.entries(report.unmapped).map(([column, n]) => [`kept as a fact: ${column}`, n]),
    ],
  );
  if (rowsRefused === 0) return summary;
  const shown = refused.slice(0, SHOWN_REFUSED);
  const lines = shown.map(({ line, number, reason }) => [line, number, reason]);
  const more = rowsRefused - shown.length;
  const rest = more > 0 ? `and ${more} more\n` : '';
  return `${summary}\n${toTable(['line', 'number', 'refused because'], lines)}${rest}`;
}
