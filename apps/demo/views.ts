import type { ApiClient } from './api-client';
import { minutesInWords, type Narrator } from './narrator';
import { countEvents, whyTree, type Effect } from './why-tree';

const COLLECTION = '/api/v1/incidents';
const TEXT_MAX = 34;
const CHANGES_SHOWN = 4;

interface FieldChange {
  readonly field: string;
  readonly old?: unknown;
  readonly new?: unknown;
}

interface HistoryEntry {
  readonly type: string;
  readonly actor: string;
  readonly occurredAt: string;
  readonly revision: string;
  readonly changes: readonly FieldChange[];
}

/** Prints each event with who, when and what it changed; gives an instant in the middle. */
export async function showTimeline(
  narrator: Narrator,
  client: ApiClient,
  number: string,
): Promise<string> {
  const page = (await client.get(`${COLLECTION}/${number}/history`)) as {
    readonly entries: readonly HistoryEntry[];
  };
  for (const { occurredAt, actor, type, changes } of page.entries) {
    narrator.line(`   ${when(occurredAt)}  ${type.padEnd(26)} by ${actor}`);
    const told = changes.filter(({ field }) => isForPeople(field));
    for (const change of told.slice(0, CHANGES_SHOWN)) {
      narrator.line(`${' '.repeat(21)}${inWords(change)}`);
    }
  }
  const middle = page.entries[Math.floor(page.entries.length / 2)];
  return (middle ?? page.entries[0])?.occurredAt ?? '';
}

export async function showAsOf(
  narrator: Narrator,
  client: ApiClient,
  number: string,
  at: string,
): Promise<void> {
  const then = (await client.get(`${COLLECTION}/${number}?at=${at}`)) as Record<string, unknown>;
  const now = (await client.get(`${COLLECTION}/${number}`)) as Record<string, unknown>;
  const fields = ['state', 'priority', 'assignmentGroup', 'assignee', 'reopenCount', 'revision'];
  narrator.table(
    ['field', 'then', 'today'],
    fields.map((field) => [field, shown(then[field]), shown(now[field])]),
  );
}

export async function showBoard(
  narrator: Narrator,
  client: ApiClient,
  position: bigint,
): Promise<void> {
  const board = (await client.get(
    `${COLLECTION}/board?cards=2&minPosition=${position}&minPositionTimeoutMs=10000`,
  )) as {
    readonly columns: readonly {
      readonly title: string;
      readonly tickets: number;
      readonly cards: readonly Readonly<Record<string, unknown>>[];
    }[];
  };
  narrator.table(
    ['state', 'tickets', 'first cards'],
    board.columns.map(({ title, tickets, cards }) => [
      title,
      tickets,
      cards.map(({ number, priority }) => `${shown(number)} (P${shown(priority)})`).join(', '),
    ]),
  );
}

/**
 * Prints all that came of the event, as a tree.
 *
 * @throws Error where the tree does not show all of it, or lacks an event that must be in it.
 */
export async function showWhy(
  narrator: Narrator,
  client: ApiClient,
  asked: { readonly number: string; readonly event: string; readonly position: bigint },
  ...musts: readonly string[]
): Promise<void> {
  const { number, event, position } = asked;
  const wait = `minPosition=${position}&minPositionTimeoutMs=10000`;
  const why = (await client.get(`${COLLECTION}/${number}/why?event=${event}&${wait}`)) as {
    readonly event: Effect;
    readonly firstCause: string;
    readonly effects: readonly Effect[];
    readonly isCut: boolean;
  };
  const root = { ...why.event, effects: why.effects };
  const lines = whyTree(root);
  const missing = musts.filter((must) => !lines.some((line) => line.includes(must)));
  if (why.isCut || missing.length > 0 || why.firstCause !== 'person') {
    throw new Error(`the tree is not whole; missing: ${missing.join(', ') || 'what limits hide'}`);
  }
  for (const line of lines) narrator.line(`   ${line}`);
  narrator.line();
  narrator.line(
    `   ${countEvents(root)} events, the progress that flows record of themselves among`,
  );
  narrator.line('   them; with --keep, see each of them beside the engine:');
  narrator.line(`   npx ledgerdesk why ${number} --event revision:0 --data <the folder above>`);
}

interface KeyFigureDay {
  readonly day: string;
  readonly opened: number;
  readonly resolved: number;
  readonly reopened: number;
  readonly medianMinutes: number | null;
  readonly p90Minutes: number | null;
  readonly backlog: {
    readonly tickets: number;
    readonly byAge: Readonly<Record<string, number>>;
  };
}

export async function showKeyFigures(
  narrator: Narrator,
  client: ApiClient,
  position: bigint,
  from: string,
  to: string,
): Promise<void> {
  const kpis = (await client.get(
    `${COLLECTION}/kpis?from=${from}&to=${to}&minPosition=${position}&minPositionTimeoutMs=10000`,
  )) as {
    readonly days: readonly KeyFigureDay[];
    readonly totals: Omit<KeyFigureDay, 'day' | 'backlog'>;
  };
  const row = (
    name: string,
    figures: Omit<KeyFigureDay, 'day' | 'backlog'>,
  ): (string | number)[] => [
    name,
    figures.opened,
    figures.resolved,
    figures.reopened,
    minutesInWords(figures.medianMinutes),
    minutesInWords(figures.p90Minutes),
  ];
  const weekly = kpis.days.filter((_, index) => index % 5 === 0);
  narrator.table(
    ['day', 'opened', 'resolved', 'reopened', 'median to resolve', 'p90 to resolve', 'backlog'],
    [
      ...weekly.map((day) => [...row(day.day, day), day.backlog.tickets]),
      [...row('whole month', kpis.totals), kpis.days.at(-1)?.backlog.tickets ?? 0],
    ],
  );
  const ages = Object.entries(kpis.days.at(-1)?.backlog.byAge ?? {});
  narrator.line('   (every fifth day; what was solved on the call took 0 min)');
  narrator.line();
  narrator.line('   backlog at the end of the month, by age in days:');
  narrator.line(`   ${ages.map(([age, tickets]) => `${ageInWords(age)}: ${tickets}`).join('   ')}`);
}

/** `days8To30` becomes `8-30`, `daysOver90` becomes `over 90`. */
function ageInWords(bucket: string): string {
  return bucket.replace('daysOver', 'over ').replace('days', '').replace('To', '-');
}

function when(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}

function inWords({ field, old, new: fresh }: FieldChange): string {
  if (old === undefined || old === null) return `${field}: ${shown(fresh)}`;
  return `${field}: ${shown(old)} -> ${shown(fresh)}`;
}

// Counters, times and ids are in the answer too; the timeline tells what people decided.
function isForPeople(field: string): boolean {
  return !/(At|By|Count|Id|id|number|log|summary)$/.test(field);
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '-';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
}
