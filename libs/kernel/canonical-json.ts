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

/**
 * The value as whoever reads its canonical JSON will find it: members that are `undefined` are
 * gone, and what is left is plain. Gives the very same object where that holds already. Cost: one
 * pass.
 */
export function canonicalValue<Value>(value: Value): Value {
  return plainOf(value) as Value;
}

function plainOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return Object.is(value, -0) ? 0 : value;
  }
  return Array.isArray(value) ? plainArray(value) : plainObject(value as Record<string, unknown>);
}

function plainArray(values: readonly unknown[]): readonly unknown[] {
  const plain = values.map((value) => plainOf(value ?? null));
  return plain.every((value, index) => Object.is(value, values[index])) ? values : plain;
}

function plainObject(object: Record<string, unknown>): Record<string, unknown> {
  if (Object.getPrototypeOf(object) !== Object.prototype) return copyOf(object);
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined || !Object.is(plainOf(value), value)) return copyOf(object);
  }
  return object;
}

function copyOf(object: Record<string, unknown>): Record<string, unknown> {
  const members = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members.map(([key, value]) => [key, plainOf(value)]));
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
  const keys = sorted(Object.keys(object));
  let text = '';
  for (const key of keys) {
    const value = object[key];
    if (value === undefined) continue;
    text += (text === '' ? '' : ',') + nameOf(key) + canonicalJson(value);
  }
  return `{${text}}`;
}

/** Names of members that are kept written out. */
const NAMES_MAX = 5_000;
/** Longest name that is kept. */
const NAME_LENGTH_MAX = 50;
const names = new Map<string, string>();

// The names of members are few and come again and again.
function nameOf(key: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = `${canonicalString(key)}:`;
  if (names.size < NAMES_MAX && key.length <= NAME_LENGTH_MAX) names.set(key, name);
  return name;
}

// In place and mostly in order already: the built-in sort would allocate for each object.
function sorted(keys: string[]): readonly string[] {
  if (keys.length > INSERTION_SORT_MAX) return keys.sort();
  for (let i = 1; i < keys.length; i += 1) {
    const key = keys[i] as string;
    let at = i;
    for (; at > 0 && (keys[at - 1] as string) > key; at -= 1) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}

const INSERTION_SORT_MAX = 40;

function notCanonical(what: string): LedgerdeskError {
  return new LedgerdeskError(
    'malformed.not-canonical',
    `${what} has no canonical JSON form (RFC 8785); send finite numbers and well-formed Unicode`,
  );
}
