import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { streamOf } from '@ledgerdesk/engine';
import { parsePosition } from '@ledgerdesk/event-store';
import { verifyLog, type LogAnchor, type StreamHead, type VerifyReport } from '@ledgerdesk/audit';
import { isLedgerdeskError, LedgerdeskError } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { ticketListName } from '@ledgerdesk/read-models';
import { openReadStore, READ_MODELS_FILE, type ReadStore } from '@ledgerdesk/read-store';
import type { CliIo } from '../cli-io';
import { EXIT } from '../exit-codes';
import type { StoreLocation } from '../location';
import { toTable } from '../output';
import { beginProgress } from '../progress';
import { withLog } from '../stores';
import { answer, type VerbContext } from '../verb';

export interface VerifyOptions {
  readonly stream?: string;
  readonly anchor?: string;
}

const SHOWN_FAULTS = 20;

/**
 * `ledgerdesk verify`: recomputes every hash and walks every chain. Exits 1 where it finds a fault.
 */
export async function verify(context: VerbContext, options: VerifyOptions): Promise<number> {
  const anchor = options.anchor === undefined ? undefined : anchorOf(options.anchor);
  const report = await verified(context, options.stream, anchor);
  answer(context, report, () => asText(report));
  return report.ok ? EXIT.ok : EXIT.found;
}

async function verified(
  { io, location }: VerbContext,
  stream: string | undefined,
  anchor: LogAnchor | undefined,
): Promise<VerifyReport> {
  const progress = beginProgress(io, 'verifying');
  try {
    return await withLog(location, async (log) => {
      const { events } = await log.eventStore.statistics();
      const report = await verifyLog({
        ...log,
        witnesses: recordedHeads(location, io),
        ...(stream !== undefined && { stream }),
        ...(anchor !== undefined && { anchor }),
        onProgress: (done) => progress.update(done, events),
        signal: io.signal,
      });
      if (stream !== undefined && report.events === 0 && report.ok) throw missingStream(stream);
      return report;
    });
  } catch (error) {
    // A file that is too damaged to be opened is a log that does not verify.
    if (isLedgerdeskError(error) && error.kind === 'corrupt') return unreadable(error);
    throw error;
  } finally {
    progress.stop();
  }
}

function missingStream(stream: string): LedgerdeskError {
  const shown = stream.slice(0, 100);
  return new LedgerdeskError(
    'missing.stream',
    `there is no stream ${shown}; give one such as incident-<id>`,
    { details: { stream: shown } },
  );
}

/** How far the read models saw each ticket go: a log whose tail was cut off is behind them. */
async function* recordedHeads(
  { readStoreUrl }: StoreLocation,
  io: CliIo,
): AsyncGenerator<StreamHead> {
  const readStore = await openWitness(readStoreUrl, io);
  if (readStore === undefined) return;
  try {
    const generations = await readStore.generations();
    for (const process of processes) {
      const list = ticketListName(process);
      if (!generations.some(({ projection, live }) => projection === list && live)) continue;
      yield* headsOf(readStore, list, process.name);
    }
  } finally {
    await readStore.close();
  }
}

/** Without read models the log is verified by itself: they are a second witness, not a need. */
async function openWitness(url: string, { stderr }: CliIo): Promise<ReadStore | undefined> {
  // Verifying makes no file, so that it works on a copy that cannot be written.
  const isThere = !url.startsWith('sqlite:') || existsSync(join(folderOf(url), READ_MODELS_FILE));
  if (!isThere) return undefined;
  try {
    return await openReadStore(url);
  } catch (error) {
    if (!isLedgerdeskError(error) || error.kind === 'invalid') throw error;
    stderr.write(`ledgerdesk: the read models bear no witness: ${error.message}\n`);
    return undefined;
  }
}

function folderOf(url: string): string {
  return url.slice('sqlite:'.length);
}

async function* headsOf(
  readStore: ReadStore,
  list: string,
  process: string,
): AsyncGenerator<StreamHead> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ReadStore['find']>> = await readStore.find(list, list, {
      limit: 1000,
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

function anchorOf(text: string): LogAnchor {
  const [position = '', digest = ''] = text.split(':');
  if (/^[0-9a-f]{64}$/.test(digest)) return { position: parsePosition(position), digest };
  throw new LedgerdeskError(
    'malformed.option',
    `"${text.slice(0, 100)}" is no anchor; give <position>:<digest> as an earlier run printed it`,
    { details: { option: '--anchor' } },
  );
}

function unreadable(error: LedgerdeskError): VerifyReport {
  const nowhere = { stream: null, revision: null, position: null };
  const faults = [{ kind: 'unreadable' as const, ...nowhere, message: error.message }];
  return { ok: false, events: 0, streams: 0, faults, faultCount: 1, anchor: null };
}

function asText({ ok, events, streams, faults, faultCount, anchor }: VerifyReport): string {
  const read = `${events} events in ${streams} streams`;
  if (ok) {
    const kept = anchor === null ? '' : `anchor ${anchor.position}:${anchor.digest}\n`;
    return `verified: ${read}, every hash and every chain as recorded\n${kept}`;
  }
  const rows = faults
    .slice(0, SHOWN_FAULTS)
    .map(({ kind, stream, revision, position, message }) => [
      kind,
      stream,
      revision,
      position,
      message,
    ]);
  return (
    `NOT as recorded: ${faultCount} faults in ${read}\n` +
    toTable(['fault', 'stream', 'revision', 'position', 'what was found'], rows) +
    (faultCount > rows.length ? `and ${faultCount - rows.length} more\n` : '')
  );
}
