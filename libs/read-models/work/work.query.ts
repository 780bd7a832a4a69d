import type { ReadDocument } from '@ledgerdesk/kernel';
import type { DocumentReader } from '../document-reader';
import type { TicketListPage, TicketListQuery } from '../ticket-list/ticket-list.query';
import { WORK } from './work.projection';

/**
 * One page of the work of all processes. `position` is a lower bound: everything up to it is in the
 * page. Errors: those of the read store, `invalid.query` above all.
 */
export async function listWork(
  reader: DocumentReader,
  { text, isTotalWanted = false, ...query }: TicketListQuery = {},
): Promise<TicketListPage> {
  const filter = text === undefined ? query.filter : { ...query.filter, $text: { $search: text } };
  const position = await reader.checkpoint(WORK);
  const page = await reader.find(WORK, WORK, { ...query, ...(filter && { filter }) });
  return {
    items: page.items.map(({ document }) => shown(document)),
    nextCursor: page.nextCursor,
    position: position.toString(),
    ...(isTotalWanted && { total: await reader.count(WORK, WORK, filter) }),
  };
}

function shown(document: ReadDocument): ReadDocument {
  const { facts: _facts, references: _references, ...row } = document;
  return row;
}
