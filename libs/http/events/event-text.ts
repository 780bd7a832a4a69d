import type { StoredEvent } from '@ledgerdesk/event-store';

/**
 * JSON of an event as it was recorded: the sealed body, byte for byte but for two members in front,
 * its position and hash. Whoever takes these two away and writes the rest as canonical JSON can
 * check the hash. Cost: one concatenation, no parsing.
 */
export function eventText({ body, hash, position }: StoredEvent): string {
  return `{"position":"${position}","hash":"${hash}",${body.slice(1)}`;
}
