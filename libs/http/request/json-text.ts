import { LedgerdeskError } from '@ledgerdesk/kernel';

/** Levels of nesting that a body may have. */
export const JSON_DEPTH_MAX = 32;

/**
 * Reads strict JSON (RFC 8259 narrowed as I-JSON, RFC 7493, narrows it): no duplicate names, no
 * NUL, no lone surrogates, none of the names that could reach a prototype, at most
 * {@link JSON_DEPTH_MAX} levels. Cost: one parse, one pass over the text and one over the value.
 *
 * @param source what the text is, as an error names it
 * @throws LedgerdeskError `malformed.json`, `invalid.json-text`.
 */
export function parseStrictJson(text: string, source = 'the body'): unknown {
  const value = parse(text, source);
  const members = inspect(value, 0, text.includes('\\u'));
  if (members !== countMembers(text)) {
    throw new LedgerdeskError(
      'invalid.json-text',
      'an object in the JSON has the same name twice; send each name once',
    );
  }
  return value;
}

function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LedgerdeskError(
      'malformed.json',
      `${source} is not JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable'}`,
    );
  }
}

// Gives the number of members of all objects in the value. UTF-8 carries no lone surrogates and the
// parser refuses raw control characters, so strings are looked at only where the text has escapes.
function inspect(value: unknown, depth: number, hasEscapes: boolean): number {
  if (typeof value === 'string') {
    if (hasEscapes) checkString(value);
    return 0;
  }
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= JSON_DEPTH_MAX) {
    throw new LedgerdeskError(
      'invalid.json-text',
      `the JSON is nested deeper than ${JSON_DEPTH_MAX} levels; send it flatter`,
    );
  }
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += inspect(item, depth + 1, hasEscapes);
    return members;
  }
  for (const key of Object.keys(value)) {
    checkKey(key, hasEscapes);
    members += 1 + inspect((value as Record<string, unknown>)[key], depth + 1, hasEscapes);
  }
  return members;
}

function checkKey(key: string, hasEscapes: boolean): void {
  if (key in Object.prototype) {
    throw new LedgerdeskError('invalid.json-text', `the JSON names "${key}"; leave it out`, {
      details: { errors: [{ field: key, message: `${key} is not a field of any command` }] },
    });
  }
  if (hasEscapes) checkString(key);
}

function checkString(text: string): void {
  if (text.isWellFormed() && !text.includes('\0')) return;
  throw new LedgerdeskError(
    'invalid.json-text',
    'a text in the JSON has a NUL character or half a surrogate pair; send well-formed Unicode',
  );
}

// Outside strings, valid JSON has one colon for each member.
function countMembers(text: string): number {
  let members = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x3a) members += 1;
    else if (code === 0x22) at = endOfString(text, at);
  }
  return members;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
  return backslashes % 2 === 1;
}
