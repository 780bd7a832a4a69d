import type { Engine } from '@ledgerdesk/engine';
import { utcTimeOf } from '@ledgerdesk/kernel';
import type { FastifyRequest } from 'fastify';
import type { HttpApiSettings } from '../http-api.options';
import { awaitPosition } from '../lists/position-wait';
import { invalidQuery, QueryParameters } from '../request/query-parameters';
import { ticketParameterOf } from '../request/ticket-parameter';

const WAIT = ['minPosition', 'minPositionTimeoutMs'] as const;

/**
 * The query of a view, which may also say what position to wait for.
 *
 * @throws LedgerdeskError `invalid.query` for a parameter that the view does not know.
 */
export function viewQuery(request: FastifyRequest, ...allowed: readonly string[]): QueryParameters {
  return new QueryParameters(request).allowOnly(...allowed, ...WAIT);
}

/**
 * Waits until the projections of a view have come to the position that the query asks for, and to
 * `asOf`, where it is shown as of a position.
 */
export async function awaitView(
  { engine, limits }: HttpApiSettings,
  projections: readonly string[],
  query: QueryParameters,
  asOf?: bigint,
): Promise<void> {
  await awaitPosition(engine, projections, query, limits, asOf);
}

/** The id of the ticket in the path, which must be there; with its state. */
export async function ticketOf(
  engine: Engine,
  process: string,
  request: FastifyRequest,
): ReturnType<Engine['tickets']['load']> {
  return engine.tickets.load(process, ticketParameterOf(request));
}

/**
 * A time of the query in UTC: a time with its offset, or a day for its beginning.
 *
 * @throws LedgerdeskError `invalid.query`
 */
export function timeOf(query: QueryParameters, name: string): string | undefined {
  const text = query.text(name);
  if (text === undefined) return undefined;
  // In a URL an unescaped plus sign is a blank: `+01:00` is meant.
  const given = text.replace(/ (?=\d{2}:\d{2}$)/, '+');
  const time = utcTimeOf(/^\d{4}-\d{2}-\d{2}$/.test(given) ? `${given}T00:00:00Z` : given);
  if (time !== undefined) return time;
  throw invalidQuery(
    name,
    `${name} is ${text.slice(0, 40)}; give a time with its offset such as 2026-03-01T12:00:00Z, or a day`,
  );
}
