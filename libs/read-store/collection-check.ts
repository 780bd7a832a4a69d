import { canonicalJson, type CollectionDefinition } from '@ledgerdesk/kernel';
import { createHash } from 'node:crypto';
import { invalidCollection } from './read-store.errors';
import type { ProjectionStorage } from './read-store.port';

/** How much one projection may declare. */
export const STORAGE_LIMITS = {
  collectionsMax: 20,
  fieldsMax: 60,
  compoundIndexesMax: 20,
  compoundFieldsMax: 5,
  textFieldsMax: 20,
  nameLengthMax: 60,
} as const;

const KINDS: readonly unknown[] = ['text', 'number', 'boolean'];
// Names become names of tables and columns, so nothing but plain words passes, and no `__`.
const STORE_NAME = /^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * Asserts that every adapter can store what a projection declares.
 *
 * @throws LedgerdeskError `invalid.collection` that names the place.
 */
export function checkStorage(storage: ProjectionStorage): void {
  checkName(storage.name, 'projection', STORE_NAME);
  if (!Number.isSafeInteger(storage.version) || storage.version < 1) {
    throw invalidCollection(
      `Projection ${storage.name} has version ${storage.version}; versions are whole numbers from 1.`,
      { projection: storage.name },
    );
  }
  const { collections } = storage;
  checkCount(collections.length, 1, STORAGE_LIMITS.collectionsMax, `${storage.name}: collections`);
  checkDistinct(
    collections.map((collection) => collection.name),
    `${storage.name}: collections`,
  );
  for (const collection of collections) checkCollection(collection);
}

/**
 * Projections whose names differ only in case cannot live in one store.
 *
 * @throws LedgerdeskError `invalid.collection`
 */
export function checkProjectionName(name: string, known: readonly string[]): void {
  const other = known.find((n) => n !== name && n.toLowerCase() === name.toLowerCase());
  if (other !== undefined) {
    throw invalidCollection(
      `Projection ${name} differs from ${other} only in case; give it another name.`,
      { projection: name },
    );
  }
}

/** @throws LedgerdeskError `invalid.collection` that lists the declared ones. */
export function requireCollection(
  storage: ProjectionStorage,
  collection: string,
): CollectionDefinition {
  const found = storage.collections.find((definition) => definition.name === collection);
  if (found !== undefined) return found;
  const declared = storage.collections.map((definition) => definition.name);
  throw invalidCollection(
    `Projection ${storage.name} has no collection "${collection}"; it has ${declared.join(', ')}.`,
    { projection: storage.name, collection, declared },
  );
}

/** SHA-256 of what the collections declare: equal digests, equal tables. 64 hexadecimal digits. */
export function storageDigest(storage: ProjectionStorage): string {
  const shape = storage.collections.map(({ name, fields, compoundIndexes, textFields }) => ({
    name,
    fields,
    compoundIndexes: compoundIndexes ?? [],
    textFields: textFields ?? [],
  }));
  return createHash('sha256').update(canonicalJson(shape)).digest('hex');
}

function checkCollection(collection: CollectionDefinition): void {
  const { name, compoundIndexes = [], textFields = [] } = collection;
  checkName(name, 'collection', STORE_NAME);
  const fields = Object.keys(collection.fields);
  checkCount(fields.length, 0, STORAGE_LIMITS.fieldsMax, `${name}: fields`);
  checkDistinct(fields, `${name}: fields`);
  for (const field of fields) {
    checkName(field, `field of ${name}`, FIELD_NAME);
    const kind: unknown = collection.fields[field];
    if (!KINDS.includes(kind)) {
      throw invalidCollection(
        `${name}.${field} is of kind "${String(kind)}"; give text, number or boolean.`,
        { collection: name, field },
      );
    }
  }
  checkCount(textFields.length, 0, STORAGE_LIMITS.textFieldsMax, `${name}: text fields`);
  checkDistinct(textFields, `${name}: text fields`);
  for (const field of textFields) checkName(field, `text field of ${name}`, FIELD_NAME);
  for (const field of collection.timeFields ?? []) checkIsText(collection, field, 'times');
  for (const field of Object.keys(collection.wordFields ?? {})) {
    checkIsText(collection, field, 'words');
  }
  const indexesMax = STORAGE_LIMITS.compoundIndexesMax;
  checkCount(compoundIndexes.length, 0, indexesMax, `${name}: compound indexes`);
  checkDistinct(
    compoundIndexes.map((index) => index.join(',')),
    `${name}: compound indexes`,
  );
  for (const index of compoundIndexes) checkCompoundIndex(collection, index);
}

function checkIsText({ name, fields }: CollectionDefinition, field: string, what: string): void {
  if (Object.hasOwn(fields, field) && fields[field] === 'text') return;
  throw invalidCollection(`${name}: ${field} is to hold ${what}; declare it as a field of text.`, {
    collection: name,
    field,
  });
}

function checkCompoundIndex(collection: CollectionDefinition, index: readonly string[]): void {
  const place = `${collection.name}: compound index (${index.join(', ')})`;
  checkCount(index.length, 2, STORAGE_LIMITS.compoundFieldsMax, place);
  checkDistinct(index, place);
  const stranger = index.find((field) => !Object.hasOwn(collection.fields, field));
  if (stranger !== undefined) {
    throw invalidCollection(`${place} names ${stranger}, which is not a declared field.`, {
      collection: collection.name,
      field: stranger,
    });
  }
}

function checkName(name: unknown, what: string, pattern: RegExp): void {
  const lengthMax = STORAGE_LIMITS.nameLengthMax;
  const isPlain = typeof name === 'string' && name.length <= lengthMax && pattern.test(name);
  // `constructor` and its like would be found on every object.
  if (isPlain && !(name in Object.prototype)) return;
  throw invalidCollection(
    `"${String(name)}" is no name for a ${what}; give 1 to ${lengthMax} letters and digits that start with a letter.`,
    { name: String(name) },
  );
}

function checkCount(count: number, min: number, max: number, place: string): void {
  if (count >= min && count <= max) return;
  throw invalidCollection(`${place}: ${count} given, ${min} to ${max} allowed.`, { place, count });
}

// Ignoring case, because the names of tables and columns do.
function checkDistinct(names: readonly string[], place: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    const folded = name.toLowerCase();
    if (seen.has(folded)) throw invalidCollection(`${place}: ${name} stands twice.`, { place });
    seen.add(folded);
  }
}
