import { Aggregator, Context, Query, find, updateOne } from 'mingo';
import { badValue, notModelled, type BsonDocument } from './server-failure';
import { compareValues, isComparable, valuesAt } from './value-order';

type QueryOperator = NonNullable<NonNullable<Parameters<typeof Context.init>[0]>['query']>['$gt'];

const LOGICAL = ['$and', '$or', '$nor'];
const OPERATORS = new Set([
  ...['$eq', '$ne', '$in', '$nin', '$gt', '$gte', '$lt', '$lte', '$exists'],
  ...['$not', '$regex', '$options', '$all', '$elemMatch', '$size', '$type'],
]);
const STAGES = new Set(['$group', '$sort', '$skip', '$limit', '$project', '$count']);
const UPDATES = new Set([
  ...['$set', '$unset', '$setOnInsert', '$inc', '$mul', '$min', '$max'],
  ...['$push', '$addToSet', '$pull', '$rename', '$currentDate'],
]);

/**
 * mingo compares texts by their UTF-16 units, a server by their bytes; so the four order
 * comparisons and the sort are own code. They have names of their own, because mingo keeps its.
 */
const ORDERED = Context.init({
  query: {
    $ordered_gt: orderOperator((order) => order > 0),
    $ordered_gte: orderOperator((order) => order >= 0),
    $ordered_lt: orderOperator((order) => order < 0),
    $ordered_lte: orderOperator((order) => order <= 0),
  },
});
const OWN_ORDER = ['$gt', '$gte', '$lt', '$lte'];

/** What a filter without `$text` means. */
export function matcher(filter: BsonDocument): (document: BsonDocument) => boolean {
  checkFilter(filter);
  const query = new Query(withOwnOrder(filter) as BsonDocument, { context: ORDERED });
  return (document) => query.test(document);
}

export function sorted(
  documents: readonly BsonDocument[],
  sort: BsonDocument = {},
): readonly BsonDocument[] {
  const keys = Object.entries(sort).map(([path, direction]) => {
    if (direction !== 1 && direction !== -1) throw notModelled(`a sort by ${String(direction)}`);
    return { path: path.split('.'), direction };
  });
  if (keys.length === 0) return documents;
  return [...documents].sort((a, b) => {
    for (const { path, direction } of keys) {
      const order = compareValues(valuesAt(a, path)[0], valuesAt(b, path)[0]);
      if (order !== 0) return order * direction;
    }
    return 0;
  });
}

export function projected(
  documents: readonly BsonDocument[],
  projection: BsonDocument = {},
): BsonDocument[] {
  if (Object.keys(projection).length === 0) return [...documents];
  const found = find([...documents], {}, projection as never).all();
  return found;
}

export function aggregated(
  documents: readonly BsonDocument[],
  pipeline: readonly BsonDocument[],
): BsonDocument[] {
  for (const stage of pipeline) {
    const [name = ''] = Object.keys(stage);
    if (!STAGES.has(name)) throw notModelled(`the stage ${name}`);
    if (name === '$match') throw notModelled('$match behind the first stage');
  }
  const run = new Aggregator([...pipeline]);
  return run.run(documents.map(copyOf));
}

/**
 * A document after an update by operators, by a pipeline, or a replacement. Changes no argument.
 */
export function updated(
  before: BsonDocument,
  update: BsonDocument | BsonDocument[],
  options: { readonly isInsert: boolean; readonly arrayFilters?: unknown },
): BsonDocument {
  if (options.arrayFilters !== undefined) throw notModelled('arrayFilters');
  if (Array.isArray(update)) return withOperators(before, update);
  const names = Object.keys(update);
  if (!names.some((name) => name.startsWith('$'))) {
    return '_id' in before ? { _id: before['_id'], ...copyOf(update) } : copyOf(update);
  }
  const unknown = names.find((name) => !UPDATES.has(name));
  if (unknown !== undefined) throw notModelled(`the update operator ${unknown}`);
  const { $setOnInsert, ...rest } = update;
  if (!options.isInsert || $setOnInsert === undefined) return withOperators(before, rest);
  const $set = { ...(rest['$set'] as BsonDocument | undefined), ...($setOnInsert as BsonDocument) };
  return withOperators(before, { ...rest, $set });
}

/** What an upsert begins with: the equalities of the filter. */
export function upsertSeed(filter: BsonDocument): BsonDocument {
  const seed: BsonDocument = {};
  for (const [key, condition] of Object.entries(filter)) {
    if (key === '$and') {
      for (const part of condition as BsonDocument[]) Object.assign(seed, upsertSeed(part));
    } else if (!key.startsWith('$')) {
      const equal = equalityOf(condition);
      if (equal !== undefined && key.includes('.')) throw notModelled('an upsert by a path');
      if (equal !== undefined) seed[key] = equal.value;
    }
  }
  return seed;
}

/** A deep copy of documents and lists; other values are never changed in place. */
function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)])) as T;
}

function withOperators(
  before: BsonDocument,
  modifier: BsonDocument | BsonDocument[],
): BsonDocument {
  const documents = [copyOf(before)];
  const isEmpty = !Array.isArray(modifier) && Object.keys(modifier).length === 0;
  if (!isEmpty) updateOne(documents, {}, copyOf(modifier) as never, { cloneMode: 'deep' });
  return documents[0] ?? {};
}

function equalityOf(condition: unknown): { readonly value: unknown } | undefined {
  const isPlain =
    typeof condition === 'object' &&
    condition !== null &&
    Object.getPrototypeOf(condition) === Object.prototype;
  if (!isPlain) return { value: condition };
  const conditions = condition as BsonDocument;
  const isOperators = Object.keys(conditions).some((name) => name.startsWith('$'));
  if (!isOperators) return { value: condition };
  return '$eq' in conditions ? { value: conditions['$eq'] } : undefined;
}

function checkFilter(filter: BsonDocument): void {
  for (const [key, condition] of Object.entries(filter)) {
    if (LOGICAL.includes(key)) {
      if (!Array.isArray(condition) || condition.length === 0) {
        throw badValue('$and/$or/$nor must be a nonempty array');
      }
      for (const part of condition as BsonDocument[]) checkFilter(part);
    } else if (key === '$text') {
      throw notModelled('$text anywhere but at the top of a filter');
    } else if (key.startsWith('$') && key !== '$expr') {
      throw badValue(`unknown top level operator: ${key}`);
    } else if (key !== '$expr') {
      checkCondition(condition);
    }
  }
}

function checkCondition(condition: unknown): void {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) return;
  for (const name of Object.keys(condition)) {
    if (name.startsWith('$') && !OPERATORS.has(name)) throw badValue(`unknown operator: ${name}`);
  }
}

function withOwnOrder(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withOwnOrder);
  if (typeof part !== 'object' || part === null) return part;
  if (Object.getPrototypeOf(part) !== Object.prototype) return part;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      OWN_ORDER.includes(key) ? key.replace('$', '$ordered_') : key,
      key === '$expr' ? value : withOwnOrder(value),
    ]),
  );
}

function orderOperator(holds: (order: number) => boolean): QueryOperator {
  return (...args) => {
    const [selector, operand] = args as readonly unknown[];
    const path = String(selector).split('.');
    return (document: unknown): boolean =>
      valuesAt(document, path).some(
        (value) =>
          value !== undefined &&
          isComparable(value, operand) &&
          holds(compareValues(value, operand)),
      );
  };
}
