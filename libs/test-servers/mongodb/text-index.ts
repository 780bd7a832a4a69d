import { badValue, notModelled, ServerFailure, type BsonDocument } from './server-failure';
import type { StoredIndex } from './stored-index';
import { compareValues, valuesAt } from './value-order';

const MARKS = /\p{M}+/gu;
const TERM = /[\p{L}\p{N}_]+/gu;

/**
 * `$text` as far as language `none` goes: the terms of the search are looked up without case and
 * accents, any of them suffices, quoted phrases must all occur. No stemming, stop words or scores.
 *
 * @throws ServerFailure 27 without a text index, as a real server; 238 for what is left out.
 */
export function textMatcher(
  indexes: readonly StoredIndex[],
  text: BsonDocument,
  filter: BsonDocument,
): (document: BsonDocument) => boolean {
  const index = indexes.find(isTextIndex);
  if (index === undefined) {
    throw new ServerFailure(27, 'IndexNotFound', 'text index required for $text query');
  }
  for (const [field, kind] of Object.entries(index.key)) {
    if (kind === 'text') break;
    if (filter[field] === undefined || typeof filter[field] === 'object') {
      throw badValue(`failed to use text index to satisfy $text query: no equality on ${field}`);
    }
  }
  const { $search, ...options } = text;
  if (typeof $search !== 'string') throw badValue('$search must be a string');
  if (Object.keys(options).length > 0) throw notModelled('options of $text');
  if (/(^|\s)-/.test($search)) throw notModelled('negated terms of $text');
  const phrases = [...$search.matchAll(/"([^"]+)"/g)].map(([, phrase = '']) => fold(phrase));
  const terms = termsOf($search);
  const fields = Object.keys(index.key).filter((field) => index.key[field] === 'text');
  return (document) => {
    const texts = fields.flatMap((field) =>
      valuesAt(document, field.split('.')).filter((value) => typeof value === 'string'),
    );
    const found = new Set(texts.flatMap(termsOf));
    return (
      terms.some((term) => found.has(term)) &&
      phrases.every((phrase) => texts.some((part) => fold(part).includes(phrase)))
    );
  };
}

function isTextIndex(index: StoredIndex): boolean {
  return Object.values(index.key).includes('text');
}

/** @throws ServerFailure for a second text index, or one in a language other than `none`. */
export function checkTextIndex(indexes: readonly StoredIndex[], index: StoredIndex): void {
  if (index.default_language !== 'none') {
    throw notModelled('text indexes of a language; give default_language: "none"');
  }
  const other = indexes.find((known) => isTextIndex(known) && known.name !== index.name);
  if (other === undefined) return;
  throw new ServerFailure(67, 'CannotCreateIndex', 'only one text index per collection allowed');
}

function termsOf(text: string): string[] {
  return [...new Set(fold(text).match(TERM))].sort(compareValues);
}

function fold(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').toLowerCase();
}
