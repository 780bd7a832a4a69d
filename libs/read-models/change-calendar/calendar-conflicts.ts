import {
  defaultChangePolicies,
  detectConflicts,
  surroundingsOf,
  type CalendarWindow,
  type ConflictKind,
  type ConflictSeverity,
  type KnownItem,
  type PlannedChange,
  type Surroundings,
} from '@ledgerdesk/processes';
import type { CalendarEntry } from './calendar-entry';

/** A conflict between what stands in the calendar. */
export interface CalendarConflict {
  /** Id and number of the change that has it. */
  readonly change: string;
  readonly changeNumber: string | null;
  readonly kind: ConflictKind;
  readonly severity: ConflictSeverity;
  /** The item in question, as the change names it; null where a person is. */
  readonly configurationItem: string | null;
  /** The number of the other change or window, the item outside of whose window it lies, or the
   * person who is busy. */
  readonly with: string;
}

/** The states in which the window of a change counts. */
const PLANNED_STATES: readonly string[] = ['assess', 'authorise', 'scheduled', 'implement'];

/** The plan of an entry; undefined for what is no change with a window that counts. */
export function planOf(entry: CalendarEntry): PlannedChange | undefined {
  const [window] = entry.spans;
  if (entry.kind !== 'change' || window === undefined) return undefined;
  return {
    change: entry.number ?? entry.id,
    ...window,
    configurationItems: entry.configurationItems,
    affectedItems: entry.affectedItems,
    service: entry.service,
    assignees: entry.assignee === null ? [] : [entry.assignee],
  };
}

/** All that a plan is held against, by the same rules as a conflict scan of the change itself. */
export function surroundingsIn(
  plan: PlannedChange,
  entries: readonly CalendarEntry[],
  items: readonly KnownItem[],
): Surroundings {
  return surroundingsOf(plan, {
    scheduled: entries
      .filter(({ state }) => state !== null && PLANNED_STATES.includes(state))
      .flatMap((entry) => planOf(entry) ?? [])
      .filter(({ change }) => change !== plan.change),
    windows: entries.flatMap(windowOf),
    items,
  });
}

/** Every conflict of each planned change of the calendar, by the earliest window first. */
export function conflictsIn(
  entries: readonly CalendarEntry[],
  itemsOf: (plan: PlannedChange) => readonly KnownItem[],
): readonly CalendarConflict[] {
  const severities = defaultChangePolicies.changeConflicts.value;
  return entries.flatMap((entry) => {
    const plan = planOf(entry);
    if (plan === undefined || !PLANNED_STATES.includes(entry.state ?? '')) return [];
    // A maintenance window that is over or to come matters too: it says when the item may be
    // touched.
    const near = entries.filter((other) => other.kind === 'maintenance' || isNear(plan, other));
    const around = surroundingsIn(plan, near, itemsOf(plan));
    return detectConflicts(plan, around, 'advanced').map((found) => ({
      change: entry.id,
      changeNumber: entry.number,
      kind: found.kind,
      severity: found.severity ?? severities[found.kind],
      configurationItem: found.configurationItem,
      with: found.with,
    }));
  });
}

function isNear(plan: PlannedChange, { spans }: CalendarEntry): boolean {
  return spans.some(({ start, end }) => start < plan.end && plan.start < end);
}

function windowOf(entry: CalendarEntry): readonly CalendarWindow[] {
  const kind = KINDS[entry.kind];
  if (kind === undefined) return [];
  const { spans: entries, configurationItems, classes, services } = entry;
  const name = entry.number ?? entry.id;
  return [{ name, kind, entries, configurationItems, classes, services }];
}

const KINDS: Readonly<Partial<Record<CalendarEntry['kind'], CalendarWindow['kind']>>> = {
  'hard-freeze': 'hard',
  'soft-freeze': 'soft',
  maintenance: 'maintenance',
  lockdown: 'lockdown',
};
