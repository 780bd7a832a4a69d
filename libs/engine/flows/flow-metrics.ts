import type { EventStore } from '@ledgerdesk/event-store';
import { eventsBetween } from '../log-lag';
import type { FlowCounts } from './flow-index.port';
import type { FlowActivity, FlowTally } from './flow-tally';

/** One flow: what it did since the start, and how many instances and timers it has. */
export interface FlowFigures extends FlowCounts, FlowActivity {}

/** Plain numbers over all flows, and by flow. */
export interface FlowMetrics extends FlowFigures {
  readonly byFlow: Readonly<Record<string, FlowFigures>>;
  /** Why the log is followed no further; null while it is. */
  readonly failure: string | null;
  /** The log is read up to here. */
  readonly position: bigint;
  readonly lagEvents: bigint;
  /** Events that were looked at. */
  readonly events: number;
  /** Instances with commands that are being sent, or wait for their turn. */
  readonly backlog: number;
  readonly restarts: number;
}

/** What a runtime counts by itself, without asking anybody. */
export interface FlowRun {
  readonly flows: Iterable<string>;
  readonly tally: Pick<FlowTally, 'of'>;
  readonly failure: string | null;
  readonly position: bigint;
  readonly events: number;
  readonly backlog: number;
  readonly restarts: number;
}

const NO_COUNTS: FlowCounts = { open: 0, parked: 0, timers: 0 };
const NO_ACTIVITY: FlowActivity = {
  decisions: 0,
  commandsAccepted: 0,
  commandsRefused: 0,
  commandRetries: 0,
  parkings: 0,
  timersElapsed: 0,
};

/** The metrics of all runtimes of a process together. */
export function flowMetricsOf(
  runs: readonly FlowRun[],
  counts: ReadonlyMap<string, FlowCounts>,
  log: Pick<EventStore, 'positionsPerEvent'>,
  head: bigint,
): FlowMetrics {
  const byFlow: Record<string, FlowFigures> = {};
  for (const { flows, tally } of runs) {
    for (const name of flows) {
      byFlow[name] = { ...NO_COUNTS, ...counts.get(name), ...tally.of(name) };
    }
  }
  const position = runs.reduce((least, run) => (run.position < least ? run.position : least), head);
  const sum = (of: (run: FlowRun) => number): number =>
    runs.reduce((total, run) => total + of(run), 0);
  return {
    ...summed(NO_COUNTS, [...counts.values()]),
    ...summed(NO_ACTIVITY, Object.values(byFlow)),
    byFlow,
    failure: runs.find(({ failure }) => failure !== null)?.failure ?? null,
    position,
    lagEvents: eventsBetween(log, position, head),
    events: sum(({ events }) => events),
    backlog: sum(({ backlog }) => backlog),
    restarts: sum(({ restarts }) => restarts),
  };
}

function summed<Figures extends object>(nothing: Figures, all: readonly Figures[]): Figures {
  const sum: Record<string, number> = {};
  for (const name of Object.keys(nothing)) {
    sum[name] = all.reduce((total, one) => total + Number(one[name as keyof Figures]), 0);
  }
  return sum as Figures;
}
