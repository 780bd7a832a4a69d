import type { ConflictKind } from '../change.vocabulary';
import type { PlannedChange, Span, Surroundings } from './conflicts';

/** A configuration item of the plan, and how others stand to it. */
export interface KnownItem {
  /** As the plan calls it. */
  readonly reference: string;
  readonly id: string;
  readonly number: string | null;
  readonly name: string | null;
  readonly ciClass: string | null;
  readonly relations: readonly {
    readonly impact: string;
    readonly target: string;
    readonly targetNumber: string;
  }[];
}

/** A freeze, a lockdown or a maintenance window in force; without a scope it is for all. */
export interface CalendarWindow {
  readonly name: string;
  readonly kind: 'hard' | 'soft' | 'maintenance' | 'lockdown';
  readonly entries: readonly Readonly<Pick<Span, 'start' | 'end'>>[];
  readonly configurationItems: readonly string[];
  readonly classes: readonly string[];
  readonly services: readonly string[];
}

/** What was found around a plan, by whatever name each calls an item. */
export interface FoundSurroundings {
  readonly scheduled: readonly PlannedChange[];
  readonly windows: readonly CalendarWindow[];
  readonly items: readonly KnownItem[];
}

/** The kinds of conflict that {@link surroundingsOf} gives a scan enough to see. */
export const scannedKinds: readonly ConflictKind[] = [
  'same-item-scheduled',
  'parent-item-scheduled',
  'child-item-scheduled',
  'outside-maintenance-window',
  'outside-parent-maintenance-window',
  'outside-child-maintenance-window',
  'blackout',
  'parent-blackout',
  'child-blackout',
  'lockdown',
  'assignee-busy',
];

/**
 * What a plan is held against, with one name for each item: that of the plan for its own, the
 * number for those above and below. Cost: windows and changes times items.
 */
export function surroundingsOf(plan: PlannedChange, found: FoundSurroundings): Surroundings {
  const names = namesOf(found.items);
  const nameOf = (item: string): string => names.get(item) ?? item;
  const { parents, children } = relativesOf(found.items, nameOf);
  const relatives = [...Object.values(parents), ...Object.values(children)].flat();
  const own = [...plan.configurationItems, ...plan.affectedItems];
  const everything = [...new Set([...own, ...relatives])];
  const classes = new Map(found.items.map(({ reference, ciClass }) => [reference, ciClass]));
  const isCovered = (window: CalendarWindow, item: string): boolean =>
    isInScope(window, {
      item,
      ciClass: classes.get(item) ?? null,
      // Of which services those above and below are part is not known here.
      service: own.includes(item) ? plan.service : null,
      nameOf,
    });
  const maintenanceWindows: Record<string, readonly Span[]> = {};
  for (const item of everything) {
    const spans = found.windows
      .filter((window) => window.kind === 'maintenance' && isCovered(window, item))
      .flatMap(({ entries }) => entries);
    if (spans.length > 0) maintenanceWindows[item] = spans;
  }
  return {
    scheduled: found.scheduled.map((change) => ({
      ...change,
      configurationItems: change.configurationItems.map(nameOf),
      affectedItems: change.affectedItems.map(nameOf),
    })),
    blackouts: found.windows.flatMap((window) =>
      blackoutsOf(
        window,
        everything.filter((item) => isCovered(window, item)),
      ),
    ),
    parents,
    children,
    services: {},
    maintenanceWindows,
    schedules: {},
    busy: {},
  };
}

function blackoutsOf(
  { name, kind, entries }: CalendarWindow,
  configurationItems: readonly string[],
): Surroundings['blackouts'] {
  // Without an item it would stand for everything.
  if (kind === 'maintenance' || configurationItems.length === 0) return [];
  return entries.map(({ start, end }) => ({
    ...{ id: name, start, end, configurationItems, services: [] },
    kind: kind === 'lockdown' ? 'lockdown' : 'freeze',
    severity: kind === 'soft' ? 'soft' : 'hard',
  }));
}

function namesOf(items: readonly KnownItem[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const note = (alias: string | null, name: string): void => {
    if (alias !== null && !names.has(alias)) names.set(alias, name);
  };
  for (const { reference, id, number, name } of items) {
    for (const alias of [reference, id, number, name]) note(alias, reference);
  }
  for (const { relations } of items) {
    for (const { target, targetNumber } of relations) {
      const name = names.get(target) ?? targetNumber;
      note(target, name);
      note(targetNumber, name);
    }
  }
  return names;
}

type Relatives = Pick<Surroundings, 'parents' | 'children'>;

function relativesOf(
  items: readonly KnownItem[],
  nameOf: (item: string) => string,
): { readonly [Side in keyof Relatives]: Readonly<Record<string, readonly string[]>> } {
  const towards = (impact: string): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(
      items.map(({ reference, relations }) => [
        reference,
        relations.filter((each) => each.impact === impact).map(({ target }) => nameOf(target)),
      ]),
    );
  return { parents: towards('target-to-source'), children: towards('source-to-target') };
}

interface ScopedItem {
  readonly item: string;
  readonly ciClass: string | null;
  readonly service: string | null;
  readonly nameOf: (item: string) => string;
}

function isInScope(
  { configurationItems, classes, services }: CalendarWindow,
  { item, ciClass, service, nameOf }: ScopedItem,
): boolean {
  if (configurationItems.length + classes.length + services.length === 0) return true;
  return (
    configurationItems.some((each) => nameOf(each) === item) ||
    (ciClass !== null && classes.includes(ciClass)) ||
    (service !== null && services.includes(service))
  );
}
