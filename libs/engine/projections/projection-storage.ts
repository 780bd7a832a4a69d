import type { CollectionDefinition, Projection } from '@ledgerdesk/kernel';
import type { ProjectionStorage } from '@ledgerdesk/read-store';

/**
 * Reserved collection that each projection has beside its own: the events that it could not fold.
 * Their documents are {@link ParkedEvent}, found by the position as text.
 */
export const PARKED_COLLECTION = 'parked';

/** More events than this are not bad luck: the projection stops instead of parking them. */
export const PARKED_MAX = 10_000;

/** An event that a projection went past because reading or folding it failed. */
export interface ParkedEvent {
  /** Decimal text. */
  readonly position: string;
  readonly stream: string;
  /** Decimal text. */
  readonly revision: string;
  readonly type: string;
  /** Stable code of the error, or `defect.fold` where it had none. */
  readonly code: string;
  /** What went wrong, at most 1,000 characters. */
  readonly reason: string;
  /** ISO 8601, UTC: when this generation of the projection met it. */
  readonly parkedAt: string;
}

const parked: CollectionDefinition = {
  name: PARKED_COLLECTION,
  fields: { stream: 'text', type: 'text', code: 'text', parkedAt: 'text' },
};

/** All collections of a projection, the reserved one last. */
export function storageOf(projection: Projection): ProjectionStorage {
  return {
    name: projection.name,
    version: projection.version,
    collections: [
      projection.documents,
      ...(projection.aggregates ?? []).map(({ collection }) => collection),
      parked,
    ],
  };
}
