import { canonicalJson } from '@ledgerdesk/kernel';

/**
 * One step into a state: a key of an object, or the element of a list that has this id (or, in a
 * list of texts, is this text).
 */
export type PathStep = string | { readonly id: ElementId };

type ElementId = string | number;

/**
 * One field that differs. `old` is absent where the field was added, `new` where it was removed.
 */
export interface FieldChange {
  /** The path as people read it: `priority`, `notes[n-1].text`. */
  readonly field: string;
  readonly path: readonly PathStep[];
  readonly old?: unknown;
  readonly new?: unknown;
}

type Plain = Readonly<Record<string, unknown>>;

/**
 * The fields in which two JSON values differ, in the order of their paths. Objects are compared key
 * by key. Lists whose elements carry ids (or are distinct texts) are compared element by element as
 * long as the common elements kept their order and new ones stand at the end; any other list that
 * differs is one change of the whole list. A key with the value `undefined` counts as absent. Pure.
 * Parts that are the very same object are passed over, so that states which share structure are
 * cheap to compare.
 */
export function diffStates(before: unknown, after: unknown): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compare(before, after, [], changes);
  return changes;
}

/** Undoes {@link diffStates}: `applyChanges(a, diffStates(a, b))` equals `b`. Pure. */
export function applyChanges(state: unknown, changes: readonly FieldChange[]): unknown {
  let current = state;
  for (const change of changes) current = applyAt(current, change.path, change);
  return current;
}

/** A path as text. */
export function formatPath(path: readonly PathStep[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step !== 'string') text += `[${step.id}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

function compare(before: unknown, after: unknown, path: readonly PathStep[], out: FieldChange[]) {
  if (Object.is(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, out);
  } else if (isPlain(before) && isPlain(after)) {
    compareObjects(before, after, path, out);
  } else {
    out.push(changeAt(path, before, after));
  }
}

function compareObjects(
  before: Plain,
  after: Plain,
  path: readonly PathStep[],
  out: FieldChange[],
): void {
  for (const key of Object.keys(before)) {
    if (own(before, key) !== undefined) {
      compare(own(before, key), own(after, key), [...path, key], out);
    }
  }
  for (const key of Object.keys(after)) {
    if (own(before, key) === undefined && own(after, key) !== undefined) {
      out.push(changeAt([...path, key], undefined, own(after, key)));
    }
  }
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: readonly PathStep[],
  out: FieldChange[],
): void {
  const olds = byId(before);
  const news = byId(after);
  if (olds === undefined || news === undefined || !isExtension(olds, news)) {
    if (canonicalJson(before) !== canonicalJson(after)) out.push(changeAt(path, before, after));
    return;
  }
  for (const [id, element] of olds) compare(element, news.get(id), [...path, { id }], out);
  for (const [id, element] of news) {
    if (!olds.has(id)) out.push(changeAt([...path, { id }], undefined, element));
  }
}

/** Elements by id; undefined for a list that is not one of distinct, identified elements. */
function byId(list: readonly unknown[]): ReadonlyMap<ElementId, unknown> | undefined {
  const elements = new Map<ElementId, unknown>();
  const kinds = new Set<string>();
  for (const element of list) {
    const id = idOf(element);
    if (id === undefined || elements.has(id)) return undefined;
    elements.set(id, element);
    kinds.add(typeof element);
  }
  return kinds.size > 1 ? undefined : elements;
}

function idOf(element: unknown): ElementId | undefined {
  if (typeof element === 'string') return element;
  const id = isPlain(element) ? own(element, 'id') : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

function isExtension(
  olds: ReadonlyMap<ElementId, unknown>,
  news: ReadonlyMap<ElementId, unknown>,
): boolean {
  const kept = [...olds.keys()].filter((id) => news.has(id));
  const newOrder = [...news.keys()];
  return kept.every((id, index) => newOrder[index] === id) && sameKind(olds, news);
}

function sameKind(
  olds: ReadonlyMap<ElementId, unknown>,
  news: ReadonlyMap<ElementId, unknown>,
): boolean {
  const [first] = olds.values();
  const [second] = news.values();
  return first === undefined || second === undefined || typeof first === typeof second;
}

function changeAt(path: readonly PathStep[], before: unknown, after: unknown): FieldChange {
  return {
    field: formatPath(path),
    path,
    ...(before === undefined ? {} : { old: before }),
    ...(after === undefined ? {} : { new: after }),
  };
}

function applyAt(state: unknown, path: readonly PathStep[], applied: FieldChange): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return applied.new;
  if (typeof step === 'string') return applyToKey(state as Plain, step, rest, applied);
  return applyToElement(state as readonly unknown[], step.id, rest, applied);
}

function applyToKey(
  object: Plain,
  key: string,
  rest: readonly PathStep[],
  applied: FieldChange,
): unknown {
  const value = applyAt(own(object, key), rest, applied);
  const entries = Object.entries(object).filter(([name]) => name !== key);
  // Object.fromEntries defines `__proto__` as a key like any other.
  return Object.fromEntries(value === undefined ? entries : [...entries, [key, value]]);
}

function applyToElement(
  list: readonly unknown[],
  id: ElementId,
  rest: readonly PathStep[],
  applied: FieldChange,
): unknown {
  const index = list.findIndex((element) => idOf(element) === id);
  const value = applyAt(list[index], rest, applied);
  if (index === -1) return [...list, value];
  return value === undefined ? list.toSpliced(index, 1) : list.toSpliced(index, 1, value);
}

function own(object: Plain, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
