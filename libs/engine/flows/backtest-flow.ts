import {
  ComparisonTally,
  FlowRehearsal,
  messageOf,
  type ComparisonReport,
  type FlowDefinition,
  type FlowOrder,
  type RecordedEvent,
  type RehearsedEvent,
} from '@ledgerdesk/kernel';
import { backtestHistory, type BacktestLog, type BacktestRange } from './backtest-history';

export interface BacktestOptions extends BacktestRange {
  /** Commands and faults that are listed at the most; all are counted. Default 1,000. */
  readonly listedMax?: number;
}

/** A command that the flow would have sent. */
export interface BacktestCommand {
  readonly key: string;
  readonly process: string;
  readonly ticket: string | null;
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** When, by the times of the events. */
  readonly at: string;
  /** Id of the event that it would have followed from. */
  readonly cause: string;
}

export interface BacktestReport {
  readonly flow: string;
  readonly version: number;
  /** Events that the flow was shown. */
  readonly events: number;
  readonly instances: number;
  readonly decisions: number;
  readonly timersElapsed: number;
  /** By `<process> <command>`. */
  readonly commandCounts: Readonly<Record<string, number>>;
  readonly commands: readonly BacktestCommand[];
  /** Events that the flow threw on. */
  readonly faultCount: number;
  readonly faults: readonly { readonly eventId: string; readonly message: string }[];
  /** Beside what people did, where the flow says what it is to be measured by. */
  readonly comparison: ComparisonReport | null;
}

const LISTED_MAX = 1_000;

/**
 * Runs a flow over recorded history as if it had been there, and writes nothing: what it would have
 * sent counts as accepted, timers elapse as the times of the events go on, imported events count
 * as live ones at the time when they happened. Cost: one or two reads of the log's events of the
 * flow's types.
 *
 * @throws LedgerdeskError `limit.backtest-imports`
 */
export async function backtestFlow(
  flow: FlowDefinition,
  log: BacktestLog,
  options: BacktestOptions = {},
): Promise<BacktestReport> {
  const { listedMax = LISTED_MAX } = options;
  const rehearsal = new FlowRehearsal(flow);
  const comparison = flow.comparison && new ComparisonTally(flow.comparison);
  const tally = new BacktestTally(listedMax, comparison);
  const compared = flow.comparison?.events ?? [];
  const eventTypes = [...new Set([...Object.keys(flow.events), ...compared])];
  let events = 0;
  for await (const event of backtestHistory(log, { ...options, eventTypes })) {
    comparison?.see(event);
    if (flow.events[event.type] === undefined) continue;
    events += 1;
    rehearsal.see(event);
    tally.count(rehearsal.recorded.splice(0));
  }
  const faults = rehearsal.faults.slice(0, listedMax).map(({ cause, error }) => ({
    eventId: cause.id,
    message: messageOf(error),
  }));
  return {
    flow: flow.name,
    version: flow.version,
    events,
    instances: rehearsal.all().length,
    decisions: tally.decisions,
    timersElapsed: tally.timersElapsed,
    commandCounts: Object.fromEntries(tally.counts),
    commands: tally.commands,
    faultCount: rehearsal.faults.length,
    faults,
    comparison: comparison?.report() ?? null,
  };
}

class BacktestTally {
  decisions = 0;
  timersElapsed = 0;
  readonly counts = new Map<string, number>();
  readonly commands: BacktestCommand[] = [];

  constructor(
    private readonly listedMax: number,
    private readonly comparison: ComparisonTally | undefined,
  ) {}

  count(recorded: readonly RehearsedEvent[]): void {
    for (const { key, event } of recorded) {
      if (event.type === 'TimerElapsed') this.timersElapsed += 1;
      if (event.type === 'FlowDecided') this.countDecision(key, event);
    }
  }

  private countDecision(key: string, { data, recordedAt }: RecordedEvent): void {
    this.decisions += 1;
    for (const order of data['commands'] as readonly FlowOrder[]) {
      const { process, ticket, command, body } = order;
      const name = `${process} ${command}`;
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      this.comparison?.claim({ key, process, command, body }, recordedAt);
      if (this.commands.length >= this.listedMax) continue;
      const cause = String(data['cause']);
      this.commands.push({ key, process, ticket, command, body, at: recordedAt, cause });
    }
  }
}
