import type { RecordedEvent } from '@ledgerdesk/kernel';

/** Who did something, and when in business time. */
export interface Stamp {
  readonly at: string;
  readonly by: string;
}

export function stamp(event: Pick<RecordedEvent, 'occurredAt' | 'actor'>): Stamp {
  return { at: event.occurredAt, by: event.actor };
}

/** The list with one entry replaced; the very same list where no entry has the id. */
export function replaceEntry<Entry extends { readonly id: number }>(
  entries: readonly Entry[],
  id: number,
  replace: (entry: Entry) => Entry,
): readonly Entry[] {
  const index = entries.findIndex((entry) => entry.id === id);
  const entry = entries[index];
  return entry === undefined ? entries : entries.with(index, replace(entry));
}

/** The number of the next entry: one above the highest, so that a number is never given twice. */
export function nextEntry(entries: readonly { readonly id: number }[]): number {
  return (entries.at(-1)?.id ?? 0) + 1;
}
