/**
 * How a generation is searched: by the server's text index, or by an index of the words where the
 * server has none. Which documents are found does not depend on it.
 */
export type SearchIndex = 'text' | 'words';

/** A filter on stored documents: what the driver's own type says of fields is less than we know. */
export type StoredFilter = Readonly<Record<string, unknown>>;

interface SearchFilter {
  readonly $text?: { readonly $search: string };
  readonly $and: readonly StoredFilter[];
}

/** Lengths of the beginnings that stand in the text index beside the whole words. */
const PREFIX_LENGTHS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48] as const;

/** What a text index is sure to take as one term: no marks and no letters that modify others. */
const ONE_TERM = /^[\p{Ll}\p{Lo}\p{Nd}]+$/u;

/**
 * The text that the text index reads: each word and its beginnings of certain lengths, because a
 * text index finds whole terms only and the last word of a search is a beginning.
 */
export function searchTerms(words: readonly string[]): string {
  const terms = new Set<string>();
  for (const word of words) {
    const letters = [...word];
    for (const length of PREFIX_LENGTHS) {
      if (length < letters.length) terms.add(letters.slice(0, length).join(''));
    }
    terms.add(word);
  }
  return [...terms].join(' ');
}

/**
 * All words occur, the last one as a beginning. The text index is asked for the longest term alone:
 * several would be an "or". The words themselves decide.
 */
export function searchFilter(words: readonly string[], index: SearchIndex): SearchFilter {
  const whole = words.slice(0, -1);
  const prefix = words.at(-1) ?? '';
  // Words are letters and digits, so nothing in them means anything to a regular expression.
  const exact = [...whole.map((word) => ({ words: word })), { words: { $regex: `^${prefix}` } }];
  if (index === 'words') return { $and: exact };
  const terms = [...whole, indexedPrefix(prefix)].filter((term) => ONE_TERM.test(term));
  const [longest] = terms.sort((a, b) => b.length - a.length);
  return longest === undefined ? { $and: exact } : { $text: { $search: longest }, $and: exact };
}

function indexedPrefix(prefix: string): string {
  const letters = [...prefix];
  const length = PREFIX_LENGTHS.findLast((known) => known <= letters.length) ?? 1;
  return letters.slice(0, length).join('');
}
