import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { GlobalPosition, Revision } from './event-store.port';

const DECIMAL = /^(0|[1-9]\d{0,18})$/;

/** A global position from its text form. Error: `malformed.position`. */
export function parsePosition(text: string): GlobalPosition {
  return parse('position', text);
}

/** The text form of a position: decimal digits, no sign, no leading zero. */
export function formatPosition(position: GlobalPosition): string {
  return position.toString();
}

/** A stream revision from its text form. Error: `malformed.position`. */
export function parseRevision(text: string): Revision {
  return parse('revision', text);
}

/** The text form of a revision: decimal digits, no sign, no leading zero. */
export function formatRevision(revision: Revision): string {
  return revision.toString();
}

function parse(what: string, text: string): bigint {
  if (DECIMAL.test(text)) return BigInt(text);
  const shown = text.slice(0, 40);
  throw new LedgerdeskError(
    'malformed.position',
    `"${shown}" is not a ${what}; give up to 19 decimal digits without a sign or leading zeros.`,
    { details: { text: shown } },
  );
}
