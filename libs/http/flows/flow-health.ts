import type { Engine, FlowMetrics } from '@ledgerdesk/engine';

/** How the flows are, for those who run the engine. */
export interface FlowHealth {
  readonly status: 'ok' | 'degraded';
  readonly open: number;
  /** Instances that wait for a person. */
  readonly parked: number;
  readonly timers: number;
  readonly lagEvents: bigint;
  /** Why the flows do not run, or cannot be looked at; null while they do. */
  readonly failure: string | null;
}

/**
 * Degraded where an instance waits for a person, or the flows do not run. Cost: a document for each
 * flow. Undefined where the engine runs no flows.
 */
export async function flowHealthOf({
  flows,
}: Pick<Engine, 'flows'>): Promise<FlowHealth | undefined> {
  if (flows === undefined) return undefined;
  try {
    const { open, parked, timers, lagEvents, failure } = await flows.metrics();
    const status = parked === 0 && failure === null ? 'ok' : 'degraded';
    return { status, open, parked, timers, lagEvents, failure };
  } catch {
    const nothing = { open: 0, parked: 0, timers: 0, lagEvents: 0n };
    return { status: 'degraded', ...nothing, failure: 'the flows cannot be looked at' };
  }
}

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly lines: (metrics: FlowMetrics) => readonly string[];
}

type FlowFigure = keyof FlowMetrics['byFlow'][string];

const byFlow =
  (figure: FlowFigure, labels = '') =>
  ({ byFlow: flows }: FlowMetrics): readonly string[] =>
    Object.entries(flows).map(([flow, of]) => `{flow="${flow}"${labels}} ${of[figure]}`);

const FAMILIES: readonly Family[] = [
  {
    name: 'ledgerdesk_flow_instances',
    type: 'gauge',
    help: 'Instances of flows that are not over; parked ones wait for a person',
    lines: (metrics) => [
      ...Object.entries(metrics.byFlow).map(
        ([flow, { open, parked }]) => `{flow="${flow}",status="open"} ${open - parked}`,
      ),
      ...byFlow('parked', ',status="parked"')(metrics),
    ],
  },
  {
    name: 'ledgerdesk_flow_timers',
    type: 'gauge',
    help: 'Timers of flows that run',
    lines: byFlow('timers'),
  },
  {
    name: 'ledgerdesk_flow_decisions_total',
    type: 'counter',
    help: 'Decisions of flows',
    lines: byFlow('decisions'),
  },
  {
    name: 'ledgerdesk_flow_commands_total',
    type: 'counter',
    help: 'Commands of flows by what became of them',
    lines: (metrics) => [
      ...byFlow('commandsAccepted', ',outcome="accepted"')(metrics),
      ...byFlow('commandsRefused', ',outcome="refused"')(metrics),
      ...byFlow('commandRetries', ',outcome="failed"')(metrics),
    ],
  },
  {
    name: 'ledgerdesk_flow_parkings_total',
    type: 'counter',
    help: 'Instances that were parked',
    lines: byFlow('parkings'),
  },
  {
    name: 'ledgerdesk_flow_timers_elapsed_total',
    type: 'counter',
    help: 'Timers that fell due',
    lines: byFlow('timersElapsed'),
  },
  {
    name: 'ledgerdesk_flow_lag_events',
    type: 'gauge',
    help: 'Events of the log that the flows have not seen yet',
    lines: ({ lagEvents }) => [` ${lagEvents}`],
  },
  {
    name: 'ledgerdesk_flow_backlog',
    type: 'gauge',
    help: 'Instances with commands that are being sent, or wait for their turn',
    lines: ({ backlog }) => [` ${backlog}`],
  },
  {
    name: 'ledgerdesk_flow_restarts',
    type: 'gauge',
    help: 'Subscriptions of the flows that were begun again',
    lines: ({ restarts }) => [` ${restarts}`],
  },
];

/** The flows' metrics in the text form of Prometheus; empty where there are none to tell. */
export async function flowMetricsText({ flows }: Pick<Engine, 'flows'>): Promise<string> {
  const metrics = await flows?.metrics().catch(() => undefined);
  if (metrics === undefined) return '';
  return FAMILIES.map(({ name, type, help, lines }) =>
    [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...lines(metrics).map((line) => name + line),
      '',
    ].join('\n'),
  ).join('');
}
