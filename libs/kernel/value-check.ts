/**
 * What is wrong with a value, each fault with its place in it and what would be right; none for a
 * sound one. Pure.
 */
export type ValueCheck = (value: unknown, place?: string) => readonly string[];

interface Bounds {
  readonly min?: number;
  readonly max: number;
}

type Fields = Readonly<Record<string, ValueCheck>>;

/** Faults that are named at the most: who mends them sees the rest next time. */
const FAULTS_MAX = 20;
const ROOT = 'value';
/** Highest number where only a model says what is right: a count of days must stay a date. */
const NUMBER_MAX = 1_000_000;
/** Deepest list or object within a value that is checked by the shape of another. */
const DEPTH_MAX = 12;

const NONE: readonly string[] = [];
const NAME_LENGTH_MAX = 200;

function whole(min: number, max: number): ValueCheck {
  return (value, place = ROOT) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? NONE
      : [`${place} is a whole number from ${min} to ${max}`];
}

function text(max: number): ValueCheck {
  return (value, place = ROOT) =>
    isText(value, max) ? NONE : [`${place} is a text of 1 to ${max} characters`];
}

const flag: ValueCheck = (value, place = ROOT) =>
  typeof value === 'boolean' ? NONE : [`${place} is true or false`];

function word(words: readonly string[]): ValueCheck {
  return (value, place = ROOT) =>
    words.some((each) => each === value) ? NONE : [`${place} is one of ${words.join(', ')}`];
}

function list(each: ValueCheck, { min = 0, max }: Bounds): ValueCheck {
  return (value, place = ROOT) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      return [`${place} is a list of ${min} to ${max} entries`];
    }
    return limited(value.flatMap((entry, index) => each(entry, `${place}[${index}]`)));
  };
}

function map(each: ValueCheck, { min = 0, max }: Bounds): ValueCheck {
  return (value, place = ROOT) => {
    const keys = isObject(value) ? Object.keys(value) : undefined;
    if (keys === undefined || keys.length < min || keys.length > max) {
      return [`${place} is an object of ${min} to ${max} entries`];
    }
    const entries = value as Readonly<Record<string, unknown>>;
    return limited(
      keys.flatMap((key) =>
        isText(key, NAME_LENGTH_MAX)
          ? each(entries[key], `${place}.${key}`)
          : [`${place} has a key that is no name of 1 to ${NAME_LENGTH_MAX} characters`],
      ),
    );
  };
}

function fields(required: Fields, optional: Fields = {}): ValueCheck {
  const all: Fields = { ...required, ...optional };
  const names = Object.keys(all);
  return (value, place = ROOT) => {
    if (!isObject(value)) return [`${place} is an object with ${names.join(', ')}`];
    const missing = Object.keys(required).filter((name) => !Object.hasOwn(value, name));
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(all, name));
    return limited([
      ...missing.map((name) => `${place}.${name} is missing`),
      ...unknown.map((name) => `${place}.${name} is unknown; there are ${names.join(', ')}`),
      ...names
        .filter((name) => Object.hasOwn(value, name))
        .flatMap((name) => all[name]?.(value[name], `${place}.${name}`) ?? NONE),
    ]);
  };
}

/** The first check, and the others where it finds nothing. */
function both(first: ValueCheck, ...others: readonly ValueCheck[]): ValueCheck {
  return (value, place = ROOT) => {
    const faults = first(value, place);
    return faults.length > 0 ? faults : limited(others.flatMap((other) => other(value, place)));
  };
}

/**
 * As the model is: the same fields, lists whose entries are like its first one, texts, numbers up
 * to a million that are not negative, whole where the model's is.
 */
function like(model: unknown, depth = 0): ValueCheck {
  if (typeof model === 'string') return text(2_000);
  if (typeof model === 'boolean') return flag;
  if (typeof model === 'number') return numberLike(model);
  if (model === null || depth >= DEPTH_MAX) return () => NONE;
  if (Array.isArray(model)) {
    const [first] = model as readonly unknown[];
    return list(first === undefined ? () => NONE : like(first, depth + 1), { max: 1_000 });
  }
  const entries = Object.entries(model as object);
  return fields(Object.fromEntries(entries.map(([key, each]) => [key, like(each, depth + 1)])));
}

function numberLike(model: number): ValueCheck {
  const max = Math.max(NUMBER_MAX, model);
  if (Number.isSafeInteger(model)) return whole(Math.min(0, model), max);
  return (value, place = ROOT) =>
    Number.isFinite(value) && (value as number) >= Math.min(0, model) && (value as number) <= max
      ? NONE
      : [`${place} is a number from ${Math.min(0, model)} to ${max}`];
}

/** The checks of which that of a policy's value is put together. */
export const valueChecks = { whole, text, flag, word, list, map, fields, both, like } as const;

function isText(value: unknown, max: number): value is string {
  return (
    typeof value === 'string' &&
    value.length <= max &&
    value.trim() !== '' &&
    value.isWellFormed() &&
    !/\p{Cc}/u.test(value.replaceAll('\n', ''))
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function limited(faults: readonly string[]): readonly string[] {
  return faults.length > FAULTS_MAX ? faults.slice(0, FAULTS_MAX) : faults;
}
