import { textLimits } from './fields';

/** The longest excerpt in UTF-16 code units. */
const EXCERPT_MAX = 500;

/** The beginning of a text, for lists and searches; never cut inside a surrogate pair. */
export function excerptOf(text: string | null): string | null {
  return text === null ? null : beginningOf(text, EXCERPT_MAX);
}

/** The first line of a text as a title. */
export function titleOf(text: string): string {
  return beginningOf(text.trim().split(/[\r\n\t]/, 1)[0] ?? '', textLimits.title);
}

function beginningOf(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
