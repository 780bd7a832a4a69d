import { LedgerdeskError } from '@ledgerdesk/kernel';

/**
 * `invalid.query`: the query asks what no index serves, or what is not of the language.
 *
 * @param path - the place in the query, such as `filter.$or[1].priority.$gt`.
 */
export function invalidQuery(
  path: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): LedgerdeskError {
  return new LedgerdeskError('invalid.query', `${path}: ${message}`, {
    details: { path, ...details },
  });
}

/**
 * `invalid.collection`: a definition that cannot be stored, or a collection that nobody declared.
 */
export function invalidCollection(
  message: string,
  details: Readonly<Record<string, unknown>>,
): LedgerdeskError {
  return new LedgerdeskError('invalid.collection', message, { details });
}

/** `invalid.document`: one change of a batch does not fit its collection; nothing was stored. */
export function invalidDocument(collection: string, id: unknown, message: string): LedgerdeskError {
  return new LedgerdeskError(
    'invalid.document',
    `Document ${JSON.stringify(String(id))} of ${collection}: ${message}. Nothing of the batch was stored.`,
    { details: { collection, id: String(id) } },
  );
}

/** `invalid.checkpoint`: a checkpoint that runs backwards or below zero. */
export function invalidCheckpoint(after: bigint, checkpoint: bigint): LedgerdeskError {
  return new LedgerdeskError(
    'invalid.checkpoint',
    `A batch leads from checkpoint ${after} to ${checkpoint}; give 0 or more, and never backwards.`,
    { details: { after: String(after), checkpoint: String(checkpoint) } },
  );
}

/** `conflict.checkpoint`: another writer moved the checkpoint; fold again from the stored one. */
export function checkpointConflict(
  projection: string,
  generation: number,
  expected: bigint,
  actual: bigint,
): LedgerdeskError {
  return new LedgerdeskError(
    'conflict.checkpoint',
    `Generation ${generation} of ${projection} stands at checkpoint ${actual}, the batch expected ` +
      `${expected}. Nothing was stored; read the checkpoint and fold on from there.`,
    { details: { projection, generation, expected: String(expected), actual: String(actual) } },
  );
}

/** `conflict.fenced`: somebody with a later lease writes here now. */
export function fenced(
  projection: string,
  generation: number,
  token: number,
  seen: number,
): LedgerdeskError {
  return new LedgerdeskError(
    'conflict.fenced',
    `Generation ${generation} of ${projection} is led under token ${seen}, the batch came under ` +
      `${token}: the lease has passed on. Nothing was stored; stop writing.`,
    { details: { projection, generation, token, seen } },
  );
}

/** `missing.generation` */
export function missingGeneration(projection: string, generation: number): LedgerdeskError {
  return new LedgerdeskError(
    'missing.generation',
    `Projection ${projection} has no generation ${generation}: it was dropped or never made. ` +
      'Create a new one and fill it from the log.',
    { details: { projection, generation } },
  );
}

/** `invalid.generation`: the step is not allowed for a generation in this state. */
export function invalidGeneration(
  projection: string,
  generation: number,
  message: string,
): LedgerdeskError {
  return new LedgerdeskError(
    'invalid.generation',
    `Generation ${generation} of ${projection} ${message}.`,
    { details: { projection, generation } },
  );
}

/** `incompatible.generation`: it was filled by another version or other collections. */
export function incompatibleGeneration(
  projection: string,
  generation: number,
  stored: number,
  asked: number,
): LedgerdeskError {
  return new LedgerdeskError(
    'incompatible.generation',
    `Generation ${generation} of ${projection} was filled by version ${stored} with its own ` +
      `collections; they are not those of the version ${asked} that asks. Raise the version when ` +
      'the collections change, and build a new generation.',
    { details: { projection, generation, stored, asked } },
  );
}

/** `unavailable.projection`: no generation has been promoted yet. */
export function projectionUnavailable(projection: string): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.projection',
    `Projection ${projection} has no live generation yet; wait until its first build is promoted.`,
    { details: { projection } },
  );
}

/** `unavailable.read-store-closed` */
export function storeClosed(): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.read-store-closed',
    'The read store is closed; nothing was written. Open it again.',
  );
}
