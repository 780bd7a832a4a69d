import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyRequest } from 'fastify';

const TICKET = /^[A-Za-z0-9-]{1,64}$/;
const UUID = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/i;

/**
 * The ticket that the path names, by id or number; a UUID in capitals is the same UUID.
 *
 * @throws LedgerdeskError `missing.ticket` for what can be neither.
 */
export function ticketParameterOf(request: FastifyRequest): string {
  const { id = '' } = request.params as { readonly id?: string };
  return checkedTicket(id);
}

/** As {@link ticketParameterOf}, for a ticket that a body names. */
export function checkedTicket(ticket: string): string {
  if (TICKET.test(ticket)) return UUID.test(ticket) ? ticket.toLowerCase() : ticket;
  throw new LedgerdeskError(
    'missing.ticket',
    'there is no such ticket; address it by its id (a UUID) or its number (such as INC-000123)',
    { details: { ticket: ticket.slice(0, 64) } },
  );
}
