import { ticketKey, type DecisionContext, type DecisionNeeds } from '@ledgerdesk/kernel';

/** What is a ticket of this system, so that a number can be looked up. */
export const ticketKinds: readonly string[] = [
  'incident',
  'problem',
  'known-error',
  'change',
  'configuration-item',
];

/** So that {@link idOfReference} finds what is named; nothing for what is no ticket here. */
export function referenceNeeds(kind: string | null, reference: string | null): DecisionNeeds {
  return kind === null || reference === null || !ticketKinds.includes(kind)
    ? {}
    : { related: [{ process: kind, ticket: reference }] };
}

/** The id of what is named, so that flows find it by the event alone; else as it was named. */
export function idOfReference(
  kind: string | null,
  reference: string,
  { related }: Pick<DecisionContext, 'related'>,
): string {
  if (kind === null) return reference;
  return related.get(ticketKey({ process: kind, ticket: reference }))?.id ?? reference;
}
