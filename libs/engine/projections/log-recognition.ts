import { LOG_START, type EventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError, type Projection } from '@ledgerdesk/kernel';
import type { GenerationStatus } from '@ledgerdesk/read-store';

/**
 * Whether the documents of a generation were folded from another log than this one, which was
 * restored from a backup or replaced: the error to tell then, undefined where all is well. The
 * newest event that the documents have seen has to stand where it stood, and no event that concerns
 * the projection between it and the checkpoint. Cost: one read of at most two events.
 *
 * The error is `corrupt.checkpoint-ahead` or `corrupt.other-log`.
 */
export async function strangenessOf(
  eventStore: Pick<EventStore, 'head' | 'readAll'>,
  { name, streamPrefixes }: Pick<Projection, 'name' | 'streamPrefixes'>,
  { checkpoint, mark }: Pick<GenerationStatus, 'checkpoint' | 'mark'>,
): Promise<LedgerdeskError | undefined> {
  if (checkpoint === LOG_START) return undefined;
  const head = await eventStore.head();
  if (checkpoint > head) return checkpointAhead(name, checkpoint, head);
  const after = mark === undefined ? LOG_START : mark.position - 1n;
  const hashes: string[] = [];
  const filter = { streamPrefixes };
  for await (const event of eventStore.readAll({ after, until: checkpoint, filter, limit: 2 })) {
    hashes.push(event.hash);
  }
  const expected = mark === undefined ? [] : [mark.hash];
  const isSame = hashes.length === expected.length && hashes[0] === expected[0];
  return isSame ? undefined : otherLog(name, checkpoint);
}

function checkpointAhead(projection: string, checkpoint: bigint, head: bigint): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.checkpoint-ahead',
    `Projection ${projection} holds events up to position ${checkpoint}, the log ends at ${head}: ` +
      'the log was restored from a backup or is another one. Its documents are built anew.',
    { details: { projection, checkpoint: String(checkpoint), head: String(head) } },
  );
}

function otherLog(projection: string, checkpoint: bigint): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.other-log',
    `Projection ${projection} holds events up to position ${checkpoint} that are not those of this ` +
      'log: it was restored from a backup or is another one. Its documents are built anew.',
    { details: { projection, checkpoint: String(checkpoint) } },
  );
}
