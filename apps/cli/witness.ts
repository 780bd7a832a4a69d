import { existsSync } from 'node:fs';
import type { Fault, StreamHead, VerifyReport } from '@ledgerdesk/audit';
import { strangeReadModels, streamOf } from '@ledgerdesk/engine';
import { parsePosition, type EventStore } from '@ledgerdesk/event-store';
import { isLedgerdeskError } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { readModels, ticketListName } from '@ledgerdesk/read-models';
import type { ReadStore } from '@ledgerdesk/read-store';
import type { CliIo } from './cli-io';
import { openReadModels, readModelsFile, type OpenedReadModels } from './read-models';

const PAGE_ROWS = 1000;

/**
 * Lends the read models as a second witness of the log. Without them the log is verified by itself:
 * they are no need, and nothing is written where they are absent.
 */
export async function withWitness<Answer>(
  url: string,
  io: CliIo,
  use: (witness: ReadStore | undefined) => Promise<Answer>,
): Promise<Answer> {
  const opened = await openWitness(url, io);
  try {
    return await use(opened?.readStore);
  } finally {
    await opened?.close();
  }
}

async function openWitness(url: string, { stderr }: CliIo): Promise<OpenedReadModels | undefined> {
  const file = readModelsFile(url);
  if (file !== undefined && !existsSync(file)) return undefined;
  try {
    return await openReadModels(url);
  } catch (error) {
    if (!isLedgerdeskError(error) || error.kind === 'invalid') throw error;
    stderr.write(`ledgerdesk: the read models bear no witness: ${error.message}\n`);
    return undefined;
  }
}

/** How far the read models saw each ticket go: a log whose tail was cut off is behind them. */
export async function* recordedHeads(readStore: ReadStore): AsyncGenerator<StreamHead> {
  const generations = await readStore.generations();
  for (const process of processes) {
    const list = ticketListName(process);
    if (!generations.some(({ projection, live }) => projection === list && live)) continue;
    yield* headsOf(readStore, list, process.name);
  }
}

async function* headsOf(
  readStore: ReadStore,
  list: string,
  process: string,
): AsyncGenerator<StreamHead> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ReadStore['find']>> = await readStore.find(list, list, {
      limit: PAGE_ROWS,
      ...(cursor !== null && { cursor }),
    });
    for (const { id, document } of page.items) {
      const { revision, position } = document;
      if (typeof revision !== 'number' || typeof position !== 'string') continue;
      yield {
        stream: streamOf(process, id),
        revision: BigInt(revision),
        position: parsePosition(position),
      };
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** Adds that the log is not the one that the read models were folded from, where that is so. */
export async function withMarksCompared(
  report: VerifyReport,
  eventStore: EventStore,
  readStore: ReadStore,
): Promise<VerifyReport> {
  const strange = await strangeReadModels({ eventStore, readStore }, readModels);
  if (strange.length === 0) return report;
  const faults: Fault[] = strange.map(({ checkpoint, mark, reason }) => ({
    kind: 'anchor-mismatch',
    stream: null,
    revision: null,
    position: mark?.position ?? checkpoint,
    message: reason.message,
  }));
  return {
    ...report,
    ok: false,
    faults: [...report.faults, ...faults],
    faultCount: report.faultCount + faults.length,
  };
}
