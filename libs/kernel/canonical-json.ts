import { LedgerdeskError } from './errors';

export type JsonPrimitive = string | number | boolean | null;
export type JsonValue =
  JsonPrimitive | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

/**
 * JSON in the canonical form of RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space,
 * numbers as ECMAScript writes them. Keys whose value is `undefined` are left out.
 *
 * @throws LedgerdeskError `malformed.not-canonical` for what I-JSON (RFC 7493) cannot carry:
 * numbers that are not finite, lone surrogates, bigint, functions.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isFinite(value)) throw notCanonical(`the number ${String(value)}`);
      return Object.is(value, -0) ? '0' : String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value)
        ? canonicalArray(value)
        : canonicalObject(value as Record<string, unknown>);
    default:
      throw notCanonical(`a value of type ${typeof value}`);
  }
}

// Printable ASCII without the quote and the backslash: stands for itself.
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function canonicalString(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw notCanonical('a string with a lone surrogate');
  return JSON.stringify(value);
}

function canonicalArray(values: readonly unknown[]): string {
  let text = '[';
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) text += ',';
    text += canonicalJson(values[i] ?? null);
  }
  return text + ']';
}

function canonicalObject(object: Record<string, unknown>): string {
  const keys = Object.keys(object);
  if (!isSorted(keys)) keys.sort();
  let text = '{';
  let separator = '';
  for (const key of keys) {
    const value = object[key];
    if (value === undefined) continue;
    text += `${separator}${canonicalString(key)}:${canonicalJson(value)}`;
    separator = ',';
  }
  return text + '}';
}

// Envelopes are built with their keys in order, so the sort is the exception.
function isSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i += 1) {
    if ((keys[i - 1] as string) > (keys[i] as string)) return false;
  }
  return true;
}

function notCanonical(what: string): LedgerdeskError {
  return new LedgerdeskError(
    'malformed.not-canonical',
    `${what} has no canonical JSON form (RFC 8785); send finite numbers and well-formed Unicode`,
  );
}
