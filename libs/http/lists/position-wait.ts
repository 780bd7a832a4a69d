import type { Engine } from '@ledgerdesk/engine';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { HttpLimits } from '../http-api.options';
import type { QueryParameters } from '../request/query-parameters';

/**
 * Holds a read until the projections have reached the position that `minPosition` names, and that
 * as of which they are read; at most `minPositionTimeoutMs`.
 *
 * @param asOf position as of which the projections are read, where it is one of the past
 * @throws LedgerdeskError `unavailable.projection-behind` when it did not come that far in time,
 * `invalid.query`.
 */
export async function awaitPosition(
  engine: Pick<Engine, 'projections'>,
  projections: readonly string[],
  query: QueryParameters,
  limits: Pick<HttpLimits, 'minPositionTimeoutMs' | 'minPositionTimeoutMaxMs'>,
  asOf?: bigint,
): Promise<void> {
  const minPosition = query.position('minPosition');
  const position = asOf === undefined || asOf < (minPosition ?? 0n) ? minPosition : asOf;
  const timeoutMs =
    query.integer('minPositionTimeoutMs', 0, limits.minPositionTimeoutMaxMs) ??
    Math.min(limits.minPositionTimeoutMs, limits.minPositionTimeoutMaxMs);
  if (position === undefined) return;
  const reached = await Promise.all(
    projections.map((projection) => engine.projections.waitFor(projection, position, timeoutMs)),
  );
  const behind = projections.find((_, index) => reached[index] !== true);
  if (behind !== undefined) throw notReached(behind, position, timeoutMs);
}

function notReached(projection: string, position: bigint, timeoutMs: number): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.projection-behind',
    `${projection} did not reach position ${position} within ${timeoutMs} ms; ask again, or for an earlier position`,
    { details: { projection, minPosition: String(position), timeoutMs } },
  );
}
