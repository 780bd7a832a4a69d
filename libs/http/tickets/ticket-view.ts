import type { LoadedTicket } from '@ledgerdesk/engine';

/** What names a folded ticket and says how current it is. */
export interface TicketHead extends Pick<
  LoadedTicket,
  'process' | 'id' | 'stream' | 'state' | 'revision' | 'position' | 'hash'
> {
  readonly occurredAt?: string;
  readonly recordedAt?: string;
}

/** A ticket as clients see it: its state with what the log knows about it. */
export function ticketView(ticket: TicketHead): Readonly<Record<string, unknown>> {
  return {
    ...ticket.state,
    process: ticket.process,
    id: ticket.id,
    stream: ticket.stream,
    revision: String(ticket.revision),
    position: String(ticket.position),
    hash: ticket.hash,
  };
}

/** The strong tag of a ticket at a revision. */
export function etagOf(revision: bigint): string {
  return `"${revision}"`;
}
