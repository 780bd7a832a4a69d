/** An event with what followed from it, as `GET /api/v1/<process>/{id}/why` answers it. */
export interface Effect {
  readonly type: string;
  readonly stream: string;
  readonly number: string | null;
  readonly actor: string;
  readonly occurredAt: string;
  readonly effects: readonly Effect[];
}

/** A line of the tree: events that happened alike, to one or several tickets. */
interface Branch {
  readonly at: string;
  /** Each with how often it happened. */
  readonly types: ReadonlyMap<string, number>;
  readonly numbers: readonly string[];
  readonly actor: string;
  readonly branches: readonly Branch[];
}

const NUMBERS_SHOWN = 2;
const TYPES_SHOWN = 2;

/** The events of the tree, its root among them. */
export function countEvents({ effects }: Effect): number {
  return effects.reduce((sum, effect) => sum + countEvents(effect), 1);
}

/**
 * The tree for people: what happened to tickets, and timers that led to it. The progress that flows
 * record of themselves is left out, and what happened alike to several tickets is told once.
 */
export function whyTree(root: Effect): readonly string[] {
  const branch = branchOf(root);
  return [line(branch, ''), ...linesBelow(branch, '')];
}

function branchOf(effect: Effect): Branch {
  const { type, number, actor, occurredAt, effects } = effect;
  return {
    at: occurredAt.slice(5, 16).replace('T', ' '),
    types: new Map([[type, 1]]),
    numbers: number === null ? [] : [number],
    actor,
    branches: joined(effects.flatMap(told).map(branchOf)),
  };
}

/** The event itself, or what it led to where it is but the progress of a flow. */
function told(effect: Effect): readonly Effect[] {
  const isProgress = effect.stream.startsWith('flow-');
  if (!isProgress) return [effect];
  const further = effect.effects.flatMap(told);
  return effect.type === 'TimerElapsed' && further.length > 0 ? [effect] : further;
}

function joined(branches: readonly Branch[]): readonly Branch[] {
  const alike = groups(branches, shapeOf).map((group) => group.reduce(withAnother));
  return groups(alike, ticketOf).map((group) => group.reduce(asOneLine));
}

function groups<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const group = found.get(keyOf(item));
    if (group === undefined) found.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...found.values()];
}

/** Two branches of one shape tell the same of different tickets. */
function shapeOf({ at, types, actor, branches }: Branch): string {
  return `${at} ${[...types.keys()].join()} ${actor} (${branches.map(shapeOf).join('; ')})`;
}

function withAnother(one: Branch, other: Branch): Branch {
  return {
    ...one,
    types: new Map(
      [...one.types].map(([type, times]) => [type, times + (other.types.get(type) ?? 0)]),
    ),
    numbers: [...new Set([...one.numbers, ...other.numbers])],
    branches: one.branches.map((branch, index) => {
      const same = other.branches[index];
      return same === undefined ? branch : withAnother(branch, same);
    }),
  };
}

/** What else somebody did to the same ticket then fits on its line, if nothing followed from it. */
function ticketOf({ at, types, numbers, actor, branches }: Branch): string {
  const own = branches.length > 0 ? [...types.keys()].join() : '';
  return `${at} ${numbers.join()} ${actor} ${own}`;
}

function asOneLine(one: Branch, other: Branch): Branch {
  return { ...one, types: new Map([...one.types, ...other.types]) };
}

function linesBelow({ branches }: Branch, indent: string): readonly string[] {
  return branches.flatMap((branch, index) => {
    const isLast = index === branches.length - 1;
    return [
      line(branch, `${indent}${isLast ? '└ ' : '├ '}`),
      ...linesBelow(branch, `${indent}${isLast ? '  ' : '│ '}`),
    ];
  });
}

function line({ at, types, numbers, actor }: Branch, guide: string): string {
  const named = [...types].map(([type, times]) => (times > 1 ? `${type} x${times}` : type));
  const more = named.length > TYPES_SHOWN ? `, and ${named.length - TYPES_SHOWN} more` : '';
  const what = `${named.slice(0, TYPES_SHOWN).join(', ')}${more}`;
  return `${at}  ${guide}${[what, whichOf(numbers), `by ${actor}`].filter(Boolean).join('  ')}`;
}

function whichOf(numbers: readonly string[]): string {
  if (numbers.length <= NUMBERS_SHOWN) return numbers.join(', ');
  return `${numbers[0] ?? ''} to ${numbers.at(-1) ?? ''}`;
}
