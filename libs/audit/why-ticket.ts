import { LedgerdeskError } from '@ledgerdesk/kernel';
import { causationReader, type CausationStores } from './causation-reader';
import { streamOf, type TicketAddress, type TicketLog } from './ticket-log';
import { why, type Why, type WhyLimits } from './why';

export interface WhyTicketOptions extends WhyLimits {
  /** Id of one of the ticket's events, or `revision:N`. Default: its last event. */
  readonly event?: string;
}

const REVISION = /^revision:(0|[1-9]\d{0,17})$/;

/**
 * Why an event of a ticket happened, and what it led to. Cost: one read of the ticket's stream, and
 * that of {@link why}.
 *
 * @throws LedgerdeskError `missing.ticket`, `missing.event` for one that the ticket does not have.
 */
export async function whyTicket(
  log: CausationStores & Pick<TicketLog, 'eventStore'>,
  ticket: TicketAddress,
  { event, ...limits }: WhyTicketOptions = {},
): Promise<Why> {
  const revision = event === undefined ? undefined : REVISION.exec(event)?.[1];
  let position: bigint | undefined;
  let events = 0;
  for await (const row of log.eventStore.readStream(streamOf(ticket))) {
    events += 1;
    const isMeant =
      event === undefined || row.id === event.toLowerCase() || String(row.revision) === revision;
    if (isMeant) position = row.position;
  }
  if (position !== undefined) return why(causationReader(log), { position }, limits);
  if (events === 0) throw missingTicket(ticket.id);
  throw new LedgerdeskError(
    'missing.event',
    `the ticket has no event ${String(event).slice(0, 80)}; give the id of one of its events, or ` +
      `revision:0 to revision:${events - 1}`,
    { details: { event: String(event).slice(0, 80) } },
  );
}

function missingTicket(id: string): LedgerdeskError {
  return new LedgerdeskError(
    'missing.ticket',
    'there is no such ticket; address it by its id (a UUID) or its number (such as INC-000123)',
    { details: { ticket: id } },
  );
}
