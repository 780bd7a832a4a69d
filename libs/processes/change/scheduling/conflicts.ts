import type { ConflictKind, ConflictMode, ConflictSeverity } from '../change.vocabulary';

/** A span of time; the end does not belong to it. Both ISO 8601 in UTC with milliseconds. */
export interface Span {
  readonly start: string;
  readonly end: string;
}

/** A change that is to be placed, or stands in the calendar. */
export interface PlannedChange extends Span {
  readonly change: string;
  readonly configurationItems: readonly string[];
  readonly affectedItems: readonly string[];
  readonly service: string | null;
  readonly assignees: readonly string[];
}

/** A freeze or a lockdown; an empty list of items and services means everything. */
interface Blackout extends Span {
  readonly id: string;
  readonly kind: 'freeze' | 'lockdown';
  readonly severity: ConflictSeverity;
  readonly configurationItems: readonly string[];
  readonly services: readonly string[];
}

/** All that a plan is held against, as values. */
export interface Surroundings {
  readonly scheduled: readonly PlannedChange[];
  readonly blackouts: readonly Blackout[];
  /** By item: the items that it depends on, those that depend on it, the services it is part of. */
  readonly parents: Readonly<Record<string, readonly string[]>>;
  readonly children: Readonly<Record<string, readonly string[]>>;
  readonly services: Readonly<Record<string, readonly string[]>>;
  /** By item: maintenance windows, and its own schedule. An item without has no such limit. */
  readonly maintenanceWindows: Readonly<Record<string, readonly Span[]>>;
  readonly schedules: Readonly<Record<string, readonly Span[]>>;
  /** By person: when they are busy, beside the scheduled changes. */
  readonly busy: Readonly<Record<string, readonly Span[]>>;
}

/** A conflict that was found. */
export interface FoundConflict {
  /** The same for the same conflict in the next scan. */
  readonly key: string;
  readonly kind: ConflictKind;
  readonly configurationItem: string | null;
  readonly with: string;
  /** Only where the kind alone does not say it. */
  readonly severity?: ConflictSeverity;
}

/** Whether two spans have an instant in common. */
export function overlaps(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end;
}

/**
 * Every conflict of a plan with its surroundings, each once, for all its items. `basic` looks at
 * the items themselves; `advanced` at the affected items too, of both sides, and at the items above
 * and below. Cost: items times scheduled changes that overlap.
 */
export function detectConflicts(
  plan: PlannedChange,
  around: Surroundings,
  mode: ConflictMode,
): readonly FoundConflict[] {
  const items = itemsOf(plan, mode);
  const found = [
    ...items.flatMap((item) => [
      ...scheduledConflicts(plan, around, item, mode),
      ...windowConflicts(plan, around, item, mode),
      ...blackoutConflicts(plan, around, item, mode),
      ...serviceConflicts(plan, around, item),
    ]),
    ...busyConflicts(plan, around),
  ];
  return [...new Map(found.map((each) => [each.key, each])).values()];
}

function itemsOf(
  { configurationItems, affectedItems }: PlannedChange,
  mode: ConflictMode,
): readonly string[] {
  return mode === 'basic'
    ? configurationItems
    : [...new Set([...configurationItems, ...affectedItems])];
}

function conflict(
  kind: ConflictKind,
  configurationItem: string | null,
  other: string,
  severity?: ConflictSeverity,
): FoundConflict {
  const key = [kind, other, ...(configurationItem === null ? [] : [configurationItem])].join('/');
  return { key, kind, configurationItem, with: other, ...(severity && { severity }) };
}

/** The item itself, then those above and below it, each with the kind that it makes a conflict. */
function relatives<Kind extends ConflictKind>(
  { parents, children }: Surroundings,
  item: string,
  mode: ConflictMode,
  kinds: readonly [own: Kind, parent: Kind, child: Kind],
): readonly (readonly [item: string, kind: Kind])[] {
  const [own, parent, child] = kinds;
  if (mode === 'basic') return [[item, own]];
  return [
    [item, own],
    ...(parents[item] ?? []).map((each) => [each, parent] as const),
    ...(children[item] ?? []).map((each) => [each, child] as const),
  ];
}

function scheduledConflicts(
  plan: PlannedChange,
  around: Surroundings,
  item: string,
  mode: ConflictMode,
): readonly FoundConflict[] {
  const others = around.scheduled.filter(
    (other) => other.change !== plan.change && overlaps(plan, other),
  );
  const kinds = ['same-item-scheduled', 'parent-item-scheduled', 'child-item-scheduled'] as const;
  return relatives(around, item, mode, kinds).flatMap(([relative, kind]) =>
    others
      .filter((other) => itemsOf(other, mode).includes(relative))
      .map((other) => conflict(kind, item, other.change)),
  );
}

function windowConflicts(
  plan: PlannedChange,
  around: Surroundings,
  item: string,
  mode: ConflictMode,
): readonly FoundConflict[] {
  const kinds = [
    'outside-maintenance-window',
    'outside-parent-maintenance-window',
    'outside-child-maintenance-window',
  ] as const;
  const outside = relatives(around, item, mode, kinds)
    .filter(([relative]) => isOutside(plan, around.maintenanceWindows[relative]))
    .map(([relative, kind]) => conflict(kind, item, relative));
  return isOutside(plan, around.schedules[item])
    ? [...outside, conflict('outside-item-schedule', item, item)]
    : outside;
}

function blackoutConflicts(
  plan: PlannedChange,
  around: Surroundings,
  item: string,
  mode: ConflictMode,
): readonly FoundConflict[] {
  const inForce = around.blackouts.filter((blackout) => overlaps(plan, blackout));
  const kinds = ['blackout', 'parent-blackout', 'child-blackout'] as const;
  return relatives(around, item, mode, kinds).flatMap(([relative, kind]) =>
    inForce
      .filter((blackout) => covers(blackout, relative, around.services[relative] ?? []))
      .map(({ id, kind: of, severity }) =>
        conflict(of === 'lockdown' ? 'lockdown' : kind, item, id, severity),
      ),
  );
}

function covers(
  { configurationItems, services }: Blackout,
  item: string,
  itsServices: readonly string[],
): boolean {
  if (configurationItems.length === 0 && services.length === 0) return true;
  return (
    configurationItems.includes(item) || itsServices.some((service) => services.includes(service))
  );
}

function serviceConflicts(
  plan: PlannedChange,
  around: Surroundings,
  item: string,
): readonly FoundConflict[] {
  return (around.services[item] ?? [])
    .filter((service) => service !== plan.service)
    .map((service) => conflict('other-service', item, service));
}

function busyConflicts(plan: PlannedChange, around: Surroundings): readonly FoundConflict[] {
  return plan.assignees.flatMap((person) => {
    const inChange = around.scheduled.some(
      (other) =>
        other.change !== plan.change && other.assignees.includes(person) && overlaps(plan, other),
    );
    const isBusy = inChange || (around.busy[person] ?? []).some((span) => overlaps(plan, span));
    return isBusy ? [conflict('assignee-busy', null, person)] : [];
  });
}

function isOutside(plan: Span, windows: readonly Span[] | undefined): boolean {
  if (windows === undefined) return false;
  return !windows.some(({ start, end }) => start <= plan.start && plan.end <= end);
}
