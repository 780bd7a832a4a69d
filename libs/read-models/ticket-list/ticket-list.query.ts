import type { ProcessDefinition, ReadDocument } from '@ledgerdesk/kernel';
import type { DocumentFilter, DocumentQuery, DocumentReader, Positioned } from '../document-reader';
import { ticketListName } from './ticket-list.projection';

export interface TicketListQuery extends DocumentQuery {
  /** Words that must all occur in the text fields, the last one as a prefix. */
  readonly text?: string;
  /** Also count all that match: costs a pass over the index entries that do. */
  readonly isTotalWanted?: boolean;
}

export interface TicketListPage extends Positioned {
  readonly items: readonly ReadDocument[];
  /** Null on the last page: a list is never cut off without saying so. */
  readonly nextCursor: string | null;
  /** How many tickets match, over all pages; only where it was asked for. */
  readonly total?: number;
}

/**
 * One page of the list of a process. `position` is a lower bound: everything up to it is in the
 * page. Errors: those of the read store, `invalid.query` above all.
 */
export async function listTickets(
  reader: DocumentReader,
  process: Pick<ProcessDefinition, 'name'>,
  { text, isTotalWanted = false, ...query }: TicketListQuery = {},
): Promise<TicketListPage> {
  const name = ticketListName(process);
  const filter: DocumentFilter | undefined =
    text === undefined ? query.filter : { ...query.filter, $text: { $search: text } };
  const position = await reader.checkpoint(name);
  const page = await reader.find(name, name, { ...query, ...(filter && { filter }) });
  return {
    items: page.items.map(({ document }) => withoutFacts(document)),
    nextCursor: page.nextCursor,
    position: position.toString(),
    ...(isTotalWanted && { total: await reader.count(name, name, filter) }),
  };
}

/** A document of the list as clients see it. */
export function withoutFacts(document: ReadDocument): ReadDocument {
  const { facts: _, ...shown } = document;
  return shown;
}
