import type { ReadDocument } from '@ledgerdesk/kernel';
import { textOf, type DocumentReader } from '../document-reader';
import { WORK } from './work.projection';

/** What a ticket is called, wherever it is shown beside others. */
export interface TicketLabel {
  readonly process: string;
  readonly id: string;
  readonly number: string | null;
  readonly title: string | null;
  readonly state: string | null;
}

/** The label of a ticket that was folded from its own stream. */
export function ticketLabelOf(process: string, id: string, state: object): TicketLabel {
  const known = state as ReadDocument;
  return {
    process,
    id,
    number: textOf(known, 'number'),
    title: textOf(known, 'title') ?? textOf(known, 'name'),
    state: textOf(known, 'state'),
  };
}

/** Values of one `$in`. */
const NAMES_AT_ONCE = 500;

/** The labels of tickets by id; those that are not there are absent. */
export async function labelsOf(
  reader: DocumentReader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TicketLabel>> {
  return labelsBy(reader, 'id', ids);
}

/** The labels of tickets by number; those that are not there are absent. */
export async function labelsByNumber(
  reader: DocumentReader,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, TicketLabel>> {
  return labelsBy(reader, 'number', numbers);
}

async function labelsBy(
  reader: DocumentReader,
  field: 'id' | 'number',
  names: readonly string[],
): Promise<ReadonlyMap<string, TicketLabel>> {
  const labels = new Map<string, TicketLabel>();
  for (let at = 0; at < names.length; at += NAMES_AT_ONCE) {
    const filter = { [field]: { $in: names.slice(at, at + NAMES_AT_ONCE) } };
    const page = await reader.find(WORK, WORK, { filter, limit: NAMES_AT_ONCE });
    for (const { document } of page.items) {
      labels.set(textOf(document, field) ?? '', labelOf(document));
    }
  }
  return labels;
}

function labelOf(document: ReadDocument): TicketLabel {
  return {
    process: textOf(document, 'process') ?? '',
    id: textOf(document, 'id') ?? '',
    number: textOf(document, 'number'),
    title: textOf(document, 'title'),
    state: textOf(document, 'state'),
  };
}
