import type { ReadDocument } from '@ledgerdesk/kernel';

/** A span of time; the end does not belong to it. ISO 8601, UTC, milliseconds. */
export type CalendarSpan = { readonly start: string; readonly end: string };

/** What stands in the calendar. */
export type CalendarKind =
  'change' | 'hard-freeze' | 'soft-freeze' | 'maintenance' | 'lockdown' | 'cab-meeting';

/** An entry of the change calendar. */
export interface CalendarEntry {
  readonly id: string;
  readonly process: string;
  readonly kind: CalendarKind;
  readonly number: string | null;
  readonly title: string | null;
  readonly state: string | null;
  /** The planned window of a change, the days of a freeze, the hour of a meeting. */
  readonly spans: readonly CalendarSpan[];
  /** When a change really began and ended; `end` is null while it is under way. */
  readonly actual: { readonly start: string; readonly end: string | null } | null;
  readonly service: string | null;
  /** What it is about, as it names them; a freeze without any is about everything. */
  readonly configurationItems: readonly string[];
  readonly affectedItems: readonly string[];
  readonly classes: readonly string[];
  readonly services: readonly string[];
  readonly assignee: string | null;
}

/** What all entries of a kind have, whatever they are about. */
type Particulars = Omit<CalendarEntry, 'id' | 'process' | 'number' | 'title' | 'state'> & {
  /** False for what was cancelled, or is not in force. */
  readonly isShown: boolean;
};

const NOTHING = {
  actual: null,
  service: null,
  configurationItems: [],
  affectedItems: [],
  classes: [],
  services: [],
  assignee: null,
} as const;

/** A meeting has no end of its own; it is shown as an hour. */
const MEETING_MS = 3_600_000;

type Facts = Readonly<Record<string, unknown>>;

/** How each process that stands in the calendar gives its entry out of its facts. */
export const calendarEntries: Readonly<Record<string, (facts: Facts) => Particulars>> = {
  change: (facts) => ({
    ...NOTHING,
    kind: 'change',
    spans: spansOf([{ start: facts['plannedStart'], end: facts['plannedEnd'] }]),
    actual: actualOf(facts),
    service: textOf(facts['service']),
    configurationItems: textsOf(facts['configurationItems']),
    assignee: textOf(facts['assignee']),
    isShown: facts['state'] !== 'cancelled',
  }),
  'freeze-window': (facts) => ({
    ...NOTHING,
    kind: freezeKindOf(facts['kind']),
    spans: spansOf(facts['entries']),
    ...scopeOf(facts['scope']),
    isShown: facts['state'] === 'in-force' || facts['state'] === 'ended',
  }),
  'change-lockdown': (facts) => ({
    ...NOTHING,
    kind: 'lockdown',
    spans: spansOf(facts['entries']),
    ...scopeOf(facts),
    isShown: facts['state'] === 'enforced',
  }),
  'cab-meeting': (facts) => ({
    ...NOTHING,
    kind: 'cab-meeting',
    spans: meetingOf(textOf(facts['scheduledAt'])),
    isShown: facts['state'] !== 'cancelled',
  }),
};

/** From the first to the last instant that an entry takes; null where it has no time yet. */
export function extentOf({
  spans,
  actual,
}: Pick<CalendarEntry, 'spans' | 'actual'>): CalendarSpan | null {
  const starts = [...spans.map(({ start }) => start), ...(actual === null ? [] : [actual.start])];
  const ends = [...spans.map(({ end }) => end), ...(actual === null ? [] : [endOf(actual)])];
  const start = starts.sort()[0];
  const end = ends.sort().at(-1);
  return start === undefined || end === undefined ? null : { start, end };
}

/** What goes on has no end yet. */
function endOf({ end }: NonNullable<CalendarEntry['actual']>): string {
  return end ?? '9999-12-31T23:59:59.999Z';
}

/** An entry as the calendar's document holds it. */
export function entryOf(document: ReadDocument): CalendarEntry {
  const { facts: _facts, isShown: _isShown, start: _start, end: _end, ...entry } = document;
  return entry as unknown as CalendarEntry;
}

function actualOf(facts: Facts): CalendarEntry['actual'] {
  const start = textOf(facts['startedAt']);
  if (start === null) return null;
  return { start, end: textOf(facts['implementedAt']) ?? textOf(facts['closedAt']) };
}

function freezeKindOf(kind: unknown): CalendarKind {
  if (kind === 'maintenance') return 'maintenance';
  return kind === 'soft' ? 'soft-freeze' : 'hard-freeze';
}

function meetingOf(start: string | null): readonly CalendarSpan[] {
  if (start === null) return [];
  return [{ start, end: new Date(Date.parse(start) + MEETING_MS).toISOString() }];
}

function scopeOf(
  scope: unknown,
): Pick<CalendarEntry, 'configurationItems' | 'classes' | 'services'> {
  const lists = (scope ?? {}) as Facts;
  return {
    configurationItems: textsOf(lists['configurationItems']),
    classes: textsOf(lists['classes']),
    services: textsOf(lists['services']),
  };
}

function spansOf(entries: unknown): readonly CalendarSpan[] {
  if (!Array.isArray(entries)) return [];
  return (entries as readonly Facts[]).flatMap(({ start, end }) =>
    typeof start === 'string' && typeof end === 'string' ? [{ start, end }] : [],
  );
}

/** The texts of a list; what is no list has none. */
export function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
