import type { RecordedEvent } from '@ledgerdesk/kernel';

/** What fits into the key of an instance and the field of a problem. */
const PATTERN_LENGTH_MAX = 200;
const HASH_LENGTH = 8;

const ITEM = 'item:';
const CLASS = 'class:';

/**
 * The pattern that an event of an incident, or of a problem with a pattern, is about:
 * `item:relay-1` or `class:email/outlook/no mail`. Undefined where an incident names neither item
 * nor category.
 */
export function patternOf({ type, data }: RecordedEvent): string | undefined {
  switch (type) {
    case 'IncidentRegistered':
      return itemPattern(data['configurationItem']);
    case 'IncidentConfigurationItemChanged':
      return itemPattern(data['to']);
    case 'IncidentClassified':
    case 'IncidentReclassified':
      return classPattern(data);
    case 'ProblemPatternTaken':
    case 'ProblemPatternReleased':
      return ownPattern(String(data['pattern']));
    default:
      return undefined;
  }
}

/** Problems may have patterns of other kinds: of failed changes, say. */
function ownPattern(pattern: string): string | undefined {
  return pattern.startsWith(ITEM) || pattern.startsWith(CLASS) ? pattern : undefined;
}

function itemPattern(item: unknown): string | undefined {
  return typeof item === 'string' ? fitted(`${ITEM}${item}`) : undefined;
}

/** A category alone is no pattern: it says too little of what incidents have in common. */
function classPattern(data: Readonly<Record<string, unknown>>): string | undefined {
  const parts = [data['category'], data['subcategory'], data['symptom']];
  const known = parts.map((part) => (typeof part === 'string' ? part : ''));
  return known.filter((part) => part !== '').length < 2
    ? undefined
    : fitted(`${CLASS}${known.join('/')}`);
}

/** A pattern that is too long is cut, with a hash of the whole so that two stay two. */
function fitted(pattern: string): string {
  if (pattern.length <= PATTERN_LENGTH_MAX) return pattern;
  const cut = pattern.slice(0, PATTERN_LENGTH_MAX - HASH_LENGTH - 1);
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}~${hashOf(pattern)}`;
}

/** FNV-1a of 32 bits: nothing depends on its strength. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(HASH_LENGTH, '0');
}
