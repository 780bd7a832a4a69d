/** Longer words are cut here, in documents and in searches alike. In characters. */
export const WORD_LENGTH_MAX = 64;

const BEYOND_ASCII = /[^ -~\s]/;
const MARKS = /\p{M}+/gu;
const ASCII_WORD = /[a-z0-9]+/g;
const WORD = /[\p{L}\p{N}]+/gu;

/**
 * The distinct words of a text in the one form in which all adapters compare them: lower case,
 * without accents, letters and digits only. Scripts that write without spaces give one word for
 * each run of letters.
 */
export function searchWords(text: string): string[] {
  if (!BEYOND_ASCII.test(text)) return distinct(text.toLowerCase().match(ASCII_WORD));
  const folded = text
    .normalize('NFKD')
    .replace(MARKS, '')
    // By way of upper case, so that ß meets SS; the final sigma is the one letter that comes back
    // in two forms.
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ');
  return distinct(folded.match(WORD));
}

function distinct(words: readonly string[] | null): string[] {
  return [...new Set(words?.map(cut))];
}

function cut(word: string): string {
  return word.length <= WORD_LENGTH_MAX ? word : [...word].slice(0, WORD_LENGTH_MAX).join('');
}
