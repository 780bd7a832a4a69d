import { join } from 'node:path';
import { FileBlobStore } from '@ledgerdesk/engine';
import { openEventStore, openEventStoreForReading, type EventStore } from '@ledgerdesk/event-store';
import {
  copyBlobs,
  copyHistory,
  type BlobCopyReport,
  type HistoryCopyReport,
} from '@ledgerdesk/exchange';
import { flows } from '@ledgerdesk/flows';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import { EXIT } from '../exit-codes';
import { toTable } from '../output';
import { beginProgress } from '../progress';
import { answer, type VerbContext } from '../verb';

export interface StoreCopyOptions {
  readonly blobsFrom?: string;
  readonly blobsTo?: string;
  /** False with `--no-blobs`. */
  readonly blobs: boolean;
}

/** Which folders of attachments belong to the two stores. */
interface BlobFolders {
  readonly from: string;
  readonly to: string;
}

type StoreCopyReport = HistoryCopyReport & Partial<BlobCopyReport>;

/**
 * `ledgerdesk store copy`: moves a whole history, and its attachments, to another event store. The
 * attachments go first, so that no event in the copy names one that is not there.
 */
export async function copyStore(
  context: VerbContext,
  from: string,
  to: string,
  options: StoreCopyOptions,
): Promise<number> {
  const folders = blobFolders(from, to, options);
  const source = await openEventStoreForReading(from);
  try {
    const target = await openEventStore(to);
    try {
      const report = await copied(context, { source, target, folders });
      answer(context, report, () => asText(report));
      return EXIT.ok;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

interface Copying {
  readonly source: EventStore;
  readonly target: EventStore;
  readonly folders: BlobFolders | undefined;
}

async function copied(
  { io }: VerbContext,
  { source, target, folders }: Copying,
): Promise<StoreCopyReport> {
  const progress = beginProgress(io, 'copying');
  try {
    const blobs = folders && (await copiedBlobs(folders, io.signal));
    const history = await copyHistory({
      from: source,
      to: target,
      flows: flows.map(({ name }) => name),
      onProgress: ({ done, total }) => progress.update(done, total),
      signal: io.signal,
    });
    return { ...history, ...blobs };
  } finally {
    progress.stop();
  }
}

function copiedBlobs({ from, to }: BlobFolders, signal: AbortSignal): Promise<BlobCopyReport> {
  const source = new FileBlobStore(from);
  return copyBlobs({
    from: source,
    to: new FileBlobStore(to),
    digests: source.digests(),
    signal,
  });
}

/**
 * Attachments of an embedded store are in the folder beside it; where a store is elsewhere, only
 * its owner knows.
 */
function blobFolders(
  from: string,
  to: string,
  { blobs, blobsFrom, blobsTo }: StoreCopyOptions,
): BlobFolders | undefined {
  if (!blobs) return undefined;
  return {
    from: blobsFrom ?? folderBeside(from, '--blobs-from'),
    to: blobsTo ?? folderBeside(to, '--blobs-to'),
  };
}

function folderBeside(url: string, option: string): string {
  const dir = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1];
  if (dir !== undefined) return join(dir, 'blobs');
  const scheme = url.slice(0, url.indexOf(':') + 1);
  throw new LedgerdeskError(
    'malformed.option',
    `"${scheme}" does not say where its attachments are; give their folder with ${option} ` +
      '(DATA_DIR/blobs of its engine), or --no-blobs to copy the events alone',
    { details: { option } },
  );
}

function asText(report: StoreCopyReport): string {
  const { events, eventsCopied, eventsThere, blobs, blobsCopied, blobsMissing } = report;
  const attachments =
    blobs === undefined
      ? []
      : [
          ['attachments', blobs],
          ['copied now', blobsCopied],
          ['gone from the source', blobsMissing],
        ];
  return toTable(
    ['history', 'every hash verified, in the source and in the copy'],
    [
      ['events', events],
      ['copied now', eventsCopied],
      ['there before', eventsThere],
      ...attachments,
      ['source up to', report.fromPosition],
      ['copy up to', report.toPosition],
      ['digest', report.digest],
      ['seconds', (report.durationMs / 1000).toFixed(1)],
    ],
  );
}
