import { LOG_START, type EventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError, type Projection } from '@ledgerdesk/kernel';
import type { GenerationStatus, ReadStore } from '@ledgerdesk/read-store';

/** Whether the documents of a generation were folded from this log. */
export type LogRecognition =
  | { readonly kind: 'same' }
  /** They bear no mark although this log has events for them: they are built anew. */
  | { readonly kind: 'unmarked' }
  /** They were folded from another log: nothing of them may be served. */
  | { readonly kind: 'other'; readonly reason: LedgerdeskError };

type RecognisedLog = Pick<EventStore, 'head' | 'readAll'>;
type MarkedGeneration = Pick<GenerationStatus, 'version' | 'checkpoint' | 'mark'>;
type RecognisedProjection = Pick<Projection, 'name' | 'version' | 'streamPrefixes'>;

const SAME: LogRecognition = { kind: 'same' };

/**
 * Compares a generation with the log. The newest event that the documents have seen has to stand
 * where it stood, and no event that concerns the projection between it and the checkpoint; that
 * second question is not asked of another version, which may have been about other streams.
 *
 * The reason for a log that is another one is `corrupt.checkpoint-ahead` or `corrupt.other-log`.
 * Cost: one read of at most two events.
 */
export async function recogniseLog(
  eventStore: RecognisedLog,
  { name, version, streamPrefixes }: RecognisedProjection,
  { checkpoint, mark, version: markedVersion }: MarkedGeneration,
): Promise<LogRecognition> {
  if (checkpoint === LOG_START) return SAME;
  const head = await eventStore.head();
  if (checkpoint > head) return { kind: 'other', reason: checkpointAhead(name, checkpoint, head) };
  const after = mark === undefined ? LOG_START : mark.position - 1n;
  const asked =
    version === markedVersion
      ? { after, until: checkpoint, filter: { streamPrefixes } }
      : { after, until: mark?.position ?? checkpoint };
  const hashes: string[] = [];
  for await (const event of eventStore.readAll({ ...asked, limit: 2 })) hashes.push(event.hash);
  if (mark === undefined) return hashes.length === 0 ? SAME : { kind: 'unmarked' };
  const isSame = hashes.length === 1 && hashes[0] === mark.hash;
  return isSame ? SAME : { kind: 'other', reason: otherLog(name, checkpoint) };
}

/** A read model whose documents are of another log than the one that is there. */
export interface StrangeReadModel {
  readonly projection: string;
  readonly generation: number;
  /** How far the other log went, as far as this read model saw it. */
  readonly checkpoint: bigint;
  /** The newest event of the other log that it saw. */
  readonly mark?: GenerationStatus['mark'];
  readonly reason: LedgerdeskError;
}

/** The live read models among `projections` that were folded from another log. */
export async function strangeReadModels(
  stores: { readonly eventStore: RecognisedLog; readonly readStore: ReadStore },
  projections: readonly RecognisedProjection[],
): Promise<readonly StrangeReadModel[]> {
  const live = (await stores.readStore.generations()).filter((generation) => generation.live);
  const strange: StrangeReadModel[] = [];
  for (const projection of projections) {
    const found = live.find((generation) => generation.projection === projection.name);
    if (found === undefined) continue;
    const recognition = await recogniseLog(stores.eventStore, projection, found);
    if (recognition.kind !== 'other') continue;
    const { generation, checkpoint, mark } = found;
    const { reason } = recognition;
    strange.push({ projection: projection.name, generation, checkpoint, mark, reason });
  }
  return strange;
}

/**
 * Has to be called before read models are served: what was folded from another log must not be
 * seen, nor thrown away before somebody has said that the log was meant to be replaced.
 *
 * @throws LedgerdeskError `corrupt.checkpoint-ahead`, `corrupt.other-log`
 */
export async function assertSameLog(
  stores: { readonly eventStore: RecognisedLog; readonly readStore: ReadStore },
  projections: readonly RecognisedProjection[],
): Promise<void> {
  const [first] = await strangeReadModels(stores, projections);
  if (first !== undefined) throw first.reason;
}

const WAY_ON =
  'Nothing is served from it. Run `ledgerdesk verify`; if the log was replaced on purpose, as by a ' +
  'restored backup, accept that with `ledgerdesk projections accept-log`.';

function checkpointAhead(projection: string, checkpoint: bigint, head: bigint): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.checkpoint-ahead',
    `Read model ${projection} has seen events up to position ${checkpoint}, the log ends at ` +
      `${head}: its tail was cut off, or it is another one. ${WAY_ON}`,
    { details: { projection, checkpoint: String(checkpoint), head: String(head) } },
  );
}

function otherLog(projection: string, checkpoint: bigint): LedgerdeskError {
  return new LedgerdeskError(
    'corrupt.other-log',
    `Read model ${projection} has seen events up to position ${checkpoint} that are not those of ` +
      `this log: it was altered, or it is another one. ${WAY_ON}`,
    { details: { projection, checkpoint: String(checkpoint) } },
  );
}
