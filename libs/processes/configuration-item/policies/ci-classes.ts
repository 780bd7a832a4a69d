/** A value of an attribute. */
export type AttributeValue = string | number | boolean;

/** What an attribute of a class may hold. */
export interface CIAttribute {
  /** `date` is ISO 8601 without a time: `2026-03-01`. */
  readonly type: 'text' | 'integer' | 'boolean' | 'date' | 'choice';
  /** The words of a `choice`. */
  readonly words?: readonly string[];
  /** A text's longest value in UTF-16 code units; default {@link ATTRIBUTE_TEXT_MAX}. */
  readonly max?: number;
  readonly isMandatory?: boolean;
}

/** A class as the schema declares it: what it adds to its parents. */
export interface CIClass {
  readonly title: string;
  /** The classes that it inherits from; the later one wins where two declare one attribute. */
  readonly parents?: readonly string[];
  /** Only a parent of others: no item is of it. */
  readonly isAbstract?: boolean;
  /** Its items are things or rights in somebody's custody. Inherited. */
  readonly isAsset?: boolean;
  readonly attributes?: Readonly<Record<string, CIAttribute>>;
  /** The attributes whose values, together, no two items of the class share. Inherited. */
  readonly identifiedBy?: readonly string[];
}

/** The classes of configuration items, by name. */
export type CIClasses = Readonly<Record<string, CIClass>>;

/** A class with all that it inherits. */
export interface CIClassSchema {
  readonly name: string;
  readonly title: string;
  readonly isAbstract: boolean;
  readonly isAsset: boolean;
  readonly attributes: Readonly<Record<string, CIAttribute>>;
  readonly identifiedBy: readonly string[];
  /** Itself and all that it inherits from. */
  readonly lineage: ReadonlySet<string>;
}

/** The longest text of an attribute that names no limit of its own, in UTF-16 code units. */
const ATTRIBUTE_TEXT_MAX = 200;

/**
 * A class with all that it inherits; undefined for a name that the schema does not know. Cost: one
 * visit of each ancestor.
 */
export function ciClassSchema(classes: CIClasses, name: string): CIClassSchema | undefined {
  return resolved(classes, name, []);
}

/** The names of the classes of which items can be, in alphabetical order. */
export function concreteClasses(classes: CIClasses): readonly string[] {
  return Object.keys(classes)
    .filter((name) => classes[name]?.isAbstract !== true)
    .sort();
}

function resolved(
  classes: CIClasses,
  name: string,
  below: readonly string[],
): CIClassSchema | undefined {
  const own = Object.hasOwn(classes, name) ? classes[name] : undefined;
  if (own === undefined || below.includes(name)) return undefined;
  const parents = (own.parents ?? []).flatMap(
    (parent) => resolved(classes, parent, [...below, name]) ?? [],
  );
  return {
    name,
    title: own.title,
    isAbstract: own.isAbstract ?? false,
    isAsset: own.isAsset ?? parents.some(({ isAsset }) => isAsset),
    attributes:
      parents.reduceRight<CIClass['attributes']>(
        (attributes, parent) => ({ ...parent.attributes, ...attributes }),
        own.attributes,
      ) ?? {},
    identifiedBy: own.identifiedBy ?? parents.at(-1)?.identifiedBy ?? [],
    lineage: new Set([name, ...parents.flatMap(({ lineage }) => [...lineage])]),
  };
}

const DATE = /^\d{4}-\d\d-\d\d$/;

/** In what a value differs from its attribute, in words; undefined where it fits. */
export function attributeFault(value: unknown, attribute: CIAttribute): string | undefined {
  const { type, words = [], max = ATTRIBUTE_TEXT_MAX } = attribute;
  switch (type) {
    case 'text':
      return isPlainText(value, max) ? undefined : `is text of 1 to ${max} characters`;
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : 'is a whole number';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'is true or false';
    case 'date':
      return isDate(value) ? undefined : 'is a date, such as 2026-03-01';
    case 'choice':
      return words.includes(value as string) ? undefined : `is one of ${words.join(', ')}`;
  }
}

function isPlainText(value: unknown, max: number): boolean {
  return (
    typeof value === 'string' &&
    value.length <= max &&
    value.trim() !== '' &&
    value.isWellFormed() &&
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(value)
  );
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !DATE.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
