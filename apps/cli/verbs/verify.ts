import { verifyLog, type LogAnchor, type VerifyReport } from '@ledgerdesk/audit';
import { parsePosition } from '@ledgerdesk/event-store';
import { isLedgerdeskError, LedgerdeskError } from '@ledgerdesk/kernel';
import { EXIT } from '../exit-codes';
import { toTable } from '../output';
import { beginProgress } from '../progress';
import { withLog } from '../stores';
import { answer, type VerbContext } from '../verb';
import { recordedHeads, withMarksCompared, withWitness } from '../witness';

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
      return withWitness(location.readStoreUrl, io, async (witness) => {
        const report = await verifyLog({
          ...log,
          ...(witness !== undefined && { witnesses: recordedHeads(witness) }),
          ...(stream !== undefined && { stream }),
          ...(anchor !== undefined && { anchor }),
          onProgress: (done) => progress.update(done, events),
          signal: io.signal,
        });
        if (stream !== undefined && report.events === 0 && report.ok) throw missingStream(stream);
        if (stream !== undefined || witness === undefined) return report;
        return withMarksCompared(report, log.eventStore, witness);
      });
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
  const read = `${counted(events, 'event')} in ${counted(streams, 'stream')}`;
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
    `NOT as recorded: ${counted(faultCount, 'fault')} in ${read}\n` +
    toTable(['fault', 'stream', 'revision', 'position', 'what was found'], rows) +
    (faultCount > rows.length ? `and ${faultCount - rows.length} more\n` : '')
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
