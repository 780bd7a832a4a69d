import { calculateObjectSize, EJSON, ObjectId } from 'bson';
import { matcher } from './query-engine';
import { ServerFailure, type BsonDocument } from './server-failure';
import type { StoredIndex } from './stored-index';
import { checkTextIndex, textMatcher } from './text-index';
import { valuesAt } from './value-order';

const DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;
const INDEXES_MAX = 64;
const ID_INDEX: StoredIndex = { v: 2, name: '_id_', key: { _id: 1 } };

/**
 * The documents and indexes of one collection. Documents are never changed in place: a write puts a
 * new one there.
 */
export class CollectionState {
  readonly documents = new Map<string, BsonDocument>();
  readonly indexes: StoredIndex[] = [ID_INDEX];

  constructor(
    readonly database: string,
    public name: string,
  ) {}

  get namespace(): string {
    return `${this.database}.${this.name}`;
  }

  /** The documents that a filter finds, in order of insertion. By `_id` it looks up, not scans. */
  matching(filter: BsonDocument): BsonDocument[] {
    const { $text, ...rest } = filter;
    const isMatch = matcher(rest);
    const candidates = this.candidates(rest['_id']).filter(isMatch);
    if ($text === undefined) return candidates;
    return candidates.filter(textMatcher(this.indexes, $text as BsonDocument, rest));
  }

  insert(document: BsonDocument): BsonDocument {
    const withId = '_id' in document ? document : { _id: new ObjectId(), ...document };
    const key = keyOf(withId['_id']);
    if (this.documents.has(key)) throw this.duplicate(ID_INDEX, withId);
    this.put(key, withId);
    return withId;
  }

  /** Gives whether anything changed. */
  replace(before: BsonDocument, after: BsonDocument): boolean {
    if (isSame(before, after)) return false;
    const key = keyOf(before['_id']);
    if (keyOf(after['_id']) !== key) {
      throw new ServerFailure(
        66,
        'ImmutableField',
        "Performing an update on the path '_id' would modify the immutable field '_id'",
      );
    }
    this.put(key, after);
    return true;
  }

  remove(document: BsonDocument): void {
    this.documents.delete(keyOf(document['_id']));
  }

  createIndex(index: StoredIndex): void {
    const known = this.indexes.find(({ name }) => name === index.name);
    if (known !== undefined) {
      if (isSame(known.key, index.key)) return;
      throw new ServerFailure(
        86,
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index: ${index.name}`,
      );
    }
    if (this.indexes.length >= INDEXES_MAX) {
      throw new ServerFailure(67, 'CannotCreateIndex', 'add index fails, too many indexes');
    }
    if (Object.values(index.key).includes('text')) checkTextIndex(this.indexes, index);
    this.indexes.push({ v: 2, ...index });
  }

  dropIndexes(name: string): void {
    const kept = this.indexes.filter((index) =>
      name === '*' ? index.name === '_id_' : index.name !== name || index.name === '_id_',
    );
    this.indexes.splice(0, this.indexes.length, ...kept);
  }

  private candidates(id: unknown): BsonDocument[] {
    const ids = idsOf(id);
    if (ids === undefined) return [...this.documents.values()];
    const found = ids.map((one) => this.documents.get(keyOf(one)));
    return found.filter((document) => document !== undefined);
  }

  private put(key: string, document: BsonDocument): void {
    if (calculateObjectSize(document) > DOCUMENT_BYTES_MAX) {
      throw new ServerFailure(10334, 'BSONObjectTooLarge', 'BSONObj size is invalid');
    }
    for (const index of this.indexes) {
      if (index.unique === true) this.checkUnique(index, key, document);
    }
    this.documents.set(key, document);
  }

  private checkUnique(index: StoredIndex, key: string, document: BsonDocument): void {
    const mine = tupleOf(index, document);
    for (const [other, stored] of this.documents) {
      if (other !== key && tupleOf(index, stored) === mine) throw this.duplicate(index, document);
    }
  }

  private duplicate(index: StoredIndex, document: BsonDocument): ServerFailure {
    const keyValue = Object.fromEntries(
      Object.keys(index.key).map((field) => [field, valuesAt(document, field.split('.'))[0]]),
    );
    return new ServerFailure(
      11000,
      'DuplicateKey',
      `E11000 duplicate key error collection: ${this.namespace} index: ${index.name}`,
      { keyPattern: index.key, keyValue },
    );
  }
}

/** Text that is equal for equal BSON values. */
export function keyOf(value: unknown): string {
  if (typeof value === 'string') return `s${value}`;
  return EJSON.stringify({ value }, { relaxed: false });
}

function isSame(a: unknown, b: unknown): boolean {
  return keyOf(a) === keyOf(b);
}

/** The ids that a condition on `_id` names; undefined where it names none. */
function idsOf(id: unknown): readonly unknown[] | undefined {
  if (id === undefined || id === null) return undefined;
  if (typeof id !== 'object' || id instanceof ObjectId) return [id];
  const { $in, $eq } = id as BsonDocument;
  if ($eq !== undefined) return [$eq];
  return Array.isArray($in) ? [...new Set($in as unknown[])] : undefined;
}

function tupleOf(index: StoredIndex, document: BsonDocument): string {
  return keyOf(
    Object.keys(index.key).map((field) => valuesAt(document, field.split('.'))[0] ?? null),
  );
}
