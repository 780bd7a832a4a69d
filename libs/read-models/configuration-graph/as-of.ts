/** One of three ways to name an instant; all are inclusive. */
export type GraphInstant =
  { readonly occurredAt: string } | { readonly recordedAt: string } | { readonly position: bigint };

/** That something began to hold, with its value, or ceased to hold, with null; and when. */
export type Switch<Value> = {
  /** Business time and recording time: ISO 8601, UTC, milliseconds. */
  readonly occurredAt: string;
  readonly recordedAt: string;
  /** Of the log; a whole number below 2^53. */
  readonly position: number;
  readonly value: Value | null;
};

/**
 * What held at the instant: the value of the last switch, in the order of the log, that the instant
 * sees; undefined where it sees none. The very rule by which a ticket is folded as of that instant.
 * Cost: one pass from the end.
 */
export function valueAt<Value>(
  switches: readonly Switch<Value>[],
  instant: GraphInstant,
): Value | null | undefined {
  for (let index = switches.length - 1; index >= 0; index -= 1) {
    const found = switches[index];
    if (found !== undefined && isSeen(found, instant)) return found.value;
  }
  return undefined;
}

function isSeen(moment: Switch<unknown>, instant: GraphInstant): boolean {
  if ('position' in instant) return BigInt(moment.position) <= instant.position;
  if ('occurredAt' in instant) return moment.occurredAt <= instant.occurredAt;
  return moment.recordedAt <= instant.recordedAt;
}

/** Later than any time, and than any position. */
const EVER = '9999-12-31T23:59:59.999Z';
const EVER_POSITION = Number.MAX_SAFE_INTEGER;

/**
 * The span on each axis outside of which nothing held: what an index can sort out. Within it
 * {@link valueAt} has the last word.
 */
export type Validity = {
  readonly sinceOccurred: string;
  readonly untilOccurred: string;
  readonly sinceRecorded: string;
  readonly untilRecorded: string;
  readonly sincePosition: number;
  readonly untilPosition: number;
};

/** The bounds of some switches, of which there is at least one, and of those before them. */
export function validityOf(switches: readonly Switch<unknown>[], before?: Validity): Validity {
  const occurred = switches.map(({ occurredAt }) => occurredAt).sort();
  const recorded = switches.map(({ recordedAt }) => recordedAt).sort();
  const positions = switches.map(({ position }) => position);
  const isOpen = (switches.at(-1)?.value ?? null) !== null;
  return {
    sinceOccurred: earlier(occurred[0], before?.sinceOccurred),
    untilOccurred: isOpen ? EVER : (occurred.at(-1) ?? EVER),
    sinceRecorded: earlier(recorded[0], before?.sinceRecorded),
    untilRecorded: isOpen ? EVER : (recorded.at(-1) ?? EVER),
    sincePosition: Math.min(...positions, before?.sincePosition ?? EVER_POSITION),
    untilPosition: isOpen ? EVER_POSITION : Math.max(...positions),
  };
}

function earlier(one = EVER, other = EVER): string {
  return one < other ? one : other;
}

/** The filter for what may have held at an instant; what ended at it no longer holds. */
export function mayHoldAt(instant: GraphInstant): Readonly<Record<string, unknown>> {
  if ('position' in instant) {
    const position = Number(instant.position);
    return { sincePosition: { $lte: position }, untilPosition: { $gt: position } };
  }
  return 'occurredAt' in instant
    ? { sinceOccurred: { $lte: instant.occurredAt }, untilOccurred: { $gt: instant.occurredAt } }
    : { sinceRecorded: { $lte: instant.recordedAt }, untilRecorded: { $gt: instant.recordedAt } };
}
