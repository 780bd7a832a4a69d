import { LedgerdeskError } from '@ledgerdesk/kernel';
import {
  defaultChangePolicies,
  nextFreeSlot,
  SLOT_SEARCH_DAYS,
  type KnownItem,
  type PlannedChange,
} from '@ledgerdesk/processes';
import type { DocumentFilter, DocumentReader, Positioned } from '../document-reader';
import { conflictsIn, planOf, surroundingsIn, type CalendarConflict } from './calendar-conflicts';
import { entryOf, type CalendarEntry, type CalendarSpan } from './calendar-entry';
import { calendarItems } from './calendar-items';
import { CHANGE_CALENDAR } from './change-calendar.projection';

/** Bounds of a calendar. */
export const CALENDAR_LIMITS = { daysMax: 366, entriesMax: 1_000 } as const;

const DAY_MS = 86_400_000;

/** Which part of the calendar is asked for. Times are ISO 8601 in UTC with milliseconds. */
export interface CalendarQuery {
  readonly from: string;
  readonly to: string;
  /** Id, number or name of a configuration item: only what is about it. */
  readonly configurationItem?: string;
  /** Only what is about this service. */
  readonly service?: string;
}

/** A part of the change calendar. */
export interface ChangeCalendar extends Positioned {
  readonly from: string;
  readonly to: string;
  /** By their start. */
  readonly entries: readonly CalendarEntry[];
  /** Of the changes in `entries`. */
  readonly conflicts: readonly CalendarConflict[];
  /** More configuration items or relations are concerned than one answer looks at. */
  readonly isTruncated: boolean;
}

/**
 * What takes place between two instants, and what stands in each other's way. Cost: one query over
 * the time, a few over the items, then changes times entries.
 *
 * @throws LedgerdeskError `invalid.calendar-period`, and `limit.calendar-size` beyond 1,000
 * entries.
 */
export async function changeCalendar(
  reader: DocumentReader,
  { from, to, configurationItem, service }: CalendarQuery,
): Promise<ChangeCalendar> {
  checkPeriod(from, to);
  const position = await reader.checkpoint(CHANGE_CALENDAR);
  const all = await entriesAround(reader, from, to);
  const plans = all.flatMap((entry) => planOf(entry) ?? []);
  const asked = configurationItem === undefined ? [] : [configurationItem];
  const { items, isTruncated } = await calendarItems(reader, [
    ...asked,
    ...plans.flatMap(referencesOf),
  ]);
  const itemsByReference = new Map(items.map((item) => [item.reference, item]));
  const itemsOfPlan = (plan: PlannedChange): readonly KnownItem[] =>
    referencesOf(plan).flatMap((reference) => itemsByReference.get(reference) ?? []);
  const asItem = askedItemOf(itemsByReference.get(configurationItem ?? ''), configurationItem);
  const entries = all.filter(
    (entry) =>
      overlapsPeriod(entry, from, to) &&
      (asItem === undefined || isAboutItem(entry, asItem)) &&
      (service === undefined || isAboutService(entry, service)),
  );
  const shown = new Set(entries.map(({ id }) => id));
  return {
    from,
    to,
    entries,
    conflicts: conflictsIn(all, itemsOfPlan).filter(({ change }) => shown.has(change)),
    isTruncated,
    position: position.toString(),
  };
}

/** Where a change could go. */
export interface FreeSlot extends Positioned {
  readonly change: string;
  readonly planned: CalendarSpan;
  /** The first window of the same length without a hard conflict; null where there is none. */
  readonly slot: CalendarSpan | null;
  /** How far was looked, in days from the beginning of the search. */
  readonly searchedDays: number;
  readonly isTruncated: boolean;
}

/**
 * The next window for a change, of the length of its planned one, that has no hard conflict, within
 * 90 days of `from`.
 *
 * @throws LedgerdeskError `refused.no-window` for a change without a window, `limit.calendar-size`,
 * `unavailable.projection-behind` for one that is not in the calendar yet.
 */
export async function freeSlotOf(
  reader: DocumentReader,
  id: string,
  from: string,
): Promise<FreeSlot> {
  const position = await reader.checkpoint(CHANGE_CALENDAR);
  const document = await reader.get(CHANGE_CALENDAR, CHANGE_CALENDAR, id);
  if (document === undefined) throw notInCalendar(id);
  const plan = planOf(entryOf(document));
  if (plan === undefined) throw withoutWindow(id);
  const horizon = new Date(Date.parse(from) + SLOT_SEARCH_DAYS * DAY_MS).toISOString();
  const entries = await entriesAround(reader, from, horizon);
  const { items, isTruncated } = await calendarItems(reader, referencesOf(plan));
  const slot = nextFreeSlot(plan, surroundingsIn(plan, entries, items), {
    from,
    mode: 'advanced',
    severities: defaultChangePolicies.changeConflicts.value,
  });
  return {
    change: id,
    planned: { start: plan.start, end: plan.end },
    slot: slot === null ? null : { start: slot.start, end: slot.end },
    searchedDays: SLOT_SEARCH_DAYS,
    isTruncated,
    position: position.toString(),
  };
}

function referencesOf({ configurationItems, affectedItems }: PlannedChange): readonly string[] {
  return [...new Set([...configurationItems, ...affectedItems])];
}

/** What overlaps the period, and the maintenance windows to come: they limit it all the same. */
async function entriesAround(
  reader: DocumentReader,
  from: string,
  to: string,
): Promise<readonly CalendarEntry[]> {
  const within = { isShown: true, end: { $gt: from } };
  const overlapping = await entriesOf(reader, { ...within, start: { $lt: to } });
  const later = await entriesOf(reader, { ...within, kind: 'maintenance', start: { $gte: to } });
  return [...overlapping, ...later].sort(byStart);
}

async function entriesOf(
  reader: DocumentReader,
  filter: DocumentFilter,
): Promise<readonly CalendarEntry[]> {
  const { entriesMax } = CALENDAR_LIMITS;
  const page = await reader.find(CHANGE_CALENDAR, CHANGE_CALENDAR, { filter, limit: entriesMax });
  if (page.nextCursor !== null) throw tooManyEntries();
  return page.items.map(({ document }) => entryOf(document));
}

function byStart(one: CalendarEntry, other: CalendarEntry): number {
  const [a, b] = [startOf(one), startOf(other)];
  if (a !== b) return a < b ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}

function startOf({ spans, actual }: CalendarEntry): string {
  return spans[0]?.start ?? actual?.start ?? '';
}

function overlapsPeriod({ spans, actual }: CalendarEntry, from: string, to: string): boolean {
  const isPlannedThen = spans.some(({ start, end }) => start < to && from < end);
  return isPlannedThen || (actual !== null && actual.start < to && from < (actual.end ?? to));
}

interface AskedItem {
  /** Every name that entries may call it by. */
  readonly aliases: ReadonlySet<string>;
  /** Null where it is not known, or has none. */
  readonly ciClass: string | null;
}

/** Undefined where none was asked for. */
function askedItemOf(
  item: KnownItem | undefined,
  asked: string | undefined,
): AskedItem | undefined {
  if (asked === undefined) return undefined;
  const names = [asked, item?.id, item?.number, item?.name];
  return {
    aliases: new Set(names.filter((name) => typeof name === 'string')),
    ciClass: item?.ciClass ?? null,
  };
}

function isAboutItem(entry: CalendarEntry, { aliases, ciClass }: AskedItem): boolean {
  if (entry.kind === 'cab-meeting') return false;
  const items = [...entry.configurationItems, ...entry.affectedItems];
  return (
    isAboutEverything(entry) ||
    items.some((item) => aliases.has(item)) ||
    (ciClass !== null && entry.classes.includes(ciClass))
  );
}

function isAboutService(entry: CalendarEntry, service: string): boolean {
  if (entry.kind === 'cab-meeting') return false;
  return isAboutEverything(entry) || entry.service === service || entry.services.includes(service);
}

function isAboutEverything({
  kind,
  configurationItems,
  classes,
  services,
}: CalendarEntry): boolean {
  return kind !== 'change' && configurationItems.length + classes.length + services.length === 0;
}

function checkPeriod(from: string, to: string): void {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (days > 0 && days <= CALENDAR_LIMITS.daysMax) return;
  throw new LedgerdeskError(
    'invalid.calendar-period',
    `from ${from} to ${to} is no period; give a later end, at most ${CALENDAR_LIMITS.daysMax} days on`,
    { details: { from, to, daysMax: CALENDAR_LIMITS.daysMax } },
  );
}

function tooManyEntries(): LedgerdeskError {
  const { entriesMax } = CALENDAR_LIMITS;
  return new LedgerdeskError(
    'limit.calendar-size',
    `the calendar has more than ${entriesMax} entries there; ask for a shorter period`,
    { details: { entriesMax } },
  );
}

function notInCalendar(id: string): LedgerdeskError {
  return new LedgerdeskError(
    'unavailable.projection-behind',
    `${CHANGE_CALENDAR} has not come to the change ${id} yet; ask again in a moment`,
    { details: { projection: CHANGE_CALENDAR, ticket: id } },
  );
}

function withoutWindow(id: string): LedgerdeskError {
  return new LedgerdeskError(
    'refused.no-window',
    'the change has no window yet; plan one, then ask for another',
    { details: { change: id } },
  );
}
