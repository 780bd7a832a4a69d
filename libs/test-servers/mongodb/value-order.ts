import { ObjectId } from 'bson';

/** Order of the kinds of values among each other, as MongoDB sorts them. */
function rankOf(value: unknown): number {
  if (value === null || value === undefined) return 1;
  if (typeof value === 'number' || typeof value === 'bigint') return 2;
  if (typeof value === 'string') return 3;
  if (Array.isArray(value)) return 5;
  if (value instanceof ObjectId) return 7;
  if (typeof value === 'boolean') return 8;
  if (value instanceof Date) return 9;
  return 4;
}

/**
 * Compares two values without a collation: numbers by size, texts by their UTF-8 bytes, missing
 * like null and lowest. Documents and lists have no order here.
 */
export function compareValues(a: unknown, b: unknown): number {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string));
  if (a instanceof ObjectId) {
    return Buffer.compare(Buffer.from(a.id), Buffer.from((b as ObjectId).id));
  }
  if (rankOf(a) === 1 || Array.isArray(a)) return 0;
  return Number(a) - Number(b);
}

/** Whether an order comparison between the two can be true at all. */
export function isComparable(a: unknown, b: unknown): boolean {
  return rankOf(a) === rankOf(b);
}

/** The values at a path, looking into lists on the way, as filters do. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return Array.isArray(value) ? [value, ...(value as unknown[])] : [value];
  if (Array.isArray(value)) return value.flatMap((part) => valuesAt(part, path));
  if (typeof value !== 'object' || value === null) return [undefined];
  return valuesAt((value as Record<string, unknown>)[step], rest);
}
