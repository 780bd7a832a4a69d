import type { ConflictKind, ConflictMode, ConflictSeverity } from '../change.vocabulary';
import {
  detectConflicts,
  type FoundConflict,
  type PlannedChange,
  type Span,
  type Surroundings,
} from './conflicts';

/** How far ahead a free slot is looked for. */
export const SLOT_SEARCH_DAYS = 90;

const DAY_MS = 86_400_000;

/** What a slot search may not overlook. */
export interface SlotSearch {
  readonly from: string;
  readonly mode: ConflictMode;
  /** Which kinds are hard, where the conflict does not say it. */
  readonly severities: Readonly<Record<ConflictKind, ConflictSeverity>>;
}

/**
 * The first span of the plan's length, within 90 days, in which the plan has no hard conflict; null
 * where there is none. A slot can only begin when the search does, or where something in the way
 * ends, or a window opens: those instants alone are tried, the earliest first.
 */
export function nextFreeSlot(
  plan: PlannedChange,
  around: Surroundings,
  { from, mode, severities }: SlotSearch,
): Span | null {
  const lengthMs = Date.parse(plan.end) - Date.parse(plan.start);
  const horizon = new Date(Date.parse(from) + SLOT_SEARCH_DAYS * DAY_MS).toISOString();
  const isHard = ({ kind, severity }: FoundConflict): boolean =>
    (severity ?? severities[kind]) === 'hard';
  for (const start of candidates(from, horizon, around)) {
    const slot = { start, end: new Date(Date.parse(start) + lengthMs).toISOString() };
    if (slot.end > horizon) return null;
    if (!detectConflicts({ ...plan, ...slot }, around, mode).some(isHard)) return slot;
  }
  return null;
}

function candidates(from: string, horizon: string, around: Surroundings): readonly string[] {
  const ends = [...around.scheduled, ...around.blackouts, ...Object.values(around.busy).flat()].map(
    ({ end }) => end,
  );
  const openings = [
    ...Object.values(around.maintenanceWindows).flat(),
    ...Object.values(around.schedules).flat(),
  ].map(({ start }) => start);
  const later = [...ends, ...openings].filter((instant) => instant > from && instant < horizon);
  return [from, ...[...new Set(later)].sort()];
}
