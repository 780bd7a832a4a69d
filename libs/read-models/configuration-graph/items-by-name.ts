import type { ReadDocument } from '@ledgerdesk/kernel';
import { textOf, type DocumentReader } from '../document-reader';
import { ticketListName } from '../ticket-list/ticket-list.projection';

const ITEMS = ticketListName({ name: 'configuration-item' });
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PAGE_SIZE = 1_000;

/** The projections that {@link itemsByName} reads. */
export const ITEM_PROJECTIONS: readonly string[] = [ITEMS];

/**
 * The configuration items behind what tickets call them: an id, a number or a name. What no item is
 * called is absent. Cost: one read for each id, and two queries; for at most 500 references.
 */
export async function itemsByName(
  reader: DocumentReader,
  references: readonly string[],
): Promise<ReadonlyMap<string, ReadDocument>> {
  const found = new Map<string, ReadDocument>();
  if (references.length === 0) return found;
  for (const id of references.filter((reference) => UUID.test(reference))) {
    const document = await reader.get(ITEMS, ITEMS, id);
    if (document !== undefined) found.set(id, document);
  }
  for (const field of ['name', 'number']) {
    const page = await reader.find(ITEMS, ITEMS, {
      filter: { [field]: { $in: references } },
      limit: PAGE_SIZE,
    });
    for (const { document } of page.items) found.set(textOf(document, field) ?? '', document);
  }
  return found;
}
