import type { Engine } from '@ledgerdesk/engine';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { LiveFeed } from '../events/live-feed';
import { flowMetricsText } from '../flows/flow-health';
import type { HttpApiSettings } from '../http-api.options';
import { brokerMetricsText } from './broker-metrics';
import type { ProjectionWatch } from './projection-watch';

/** What is measured. */
export interface MeasuredParts {
  readonly engine: Engine;
  readonly watch: ProjectionWatch;
  readonly feed: LiveFeed;
  /** Undefined where nothing is led by leases. */
  readonly leading: HttpApiSettings['leading'];
  readonly broker: HttpApiSettings['broker'];
}

/** The metrics of the process in Prometheus' text form. Costs nothing between two scrapes. */
export class ApiMetrics {
  private readonly registry = new Registry();

  constructor(private readonly parts: MeasuredParts) {
    collectDefaultMetrics({ register: this.registry });
    this.defineProjectionGauges();
    this.defineFeedGauges();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    const flows = await flowMetricsText(this.parts.engine);
    const broker = brokerMetricsText(this.parts.broker?.());
    const own = await this.registry.metrics();
    return `${own}\n${this.engineText()}${flows}${this.leadingText()}${broker}`;
  }

  private leadingText(): string {
    const led = this.parts.leading?.() ?? [];
    if (led.length === 0) return '';
    const name = 'ledgerdesk_leading';
    const lines = led.map((one) => `${name}{kind="${one.kind}",name="${one.name}"} ${one.token}`);
    const help = 'Token of the lease of what this process leads';
    return [...family(name, 'gauge', help), ...lines, ''].join('\n');
  }

  /** Frees what watches the event loop. */
  close(): void {
    this.registry.clear();
  }

  private defineProjectionGauges(): void {
    const { watch } = this.parts;
    const gauges = [
      { name: 'lag_events', help: 'Events of the log that are not in the read model yet' },
      { name: 'parked_events', help: 'Events that the projection could not fold' },
      { name: 'restarts', help: 'Subscriptions of the projection that were begun again' },
    ] as const;
    for (const { name, help } of gauges) {
      this.registry.registerMetric(
        new Gauge({
          name: `ledgerdesk_projection_${name}`,
          help,
          labelNames: ['projection'],
          registers: [],
          collect() {
            for (const status of watch.last.statuses) {
              const value = {
                lag_events: Number(status.lagEvents),
                parked_events: status.parked,
                restarts: status.restarts,
              }[name];
              this.set({ projection: status.name }, value);
            }
          },
        }),
      );
    }
  }

  private defineFeedGauges(): void {
    const { feed } = this.parts;
    const gauges = [
      { name: 'clients', help: 'Clients of the live feed' },
      {
        name: 'cut_off',
        help: 'Clients of the live feed that were cut off because they took nothing',
      },
    ] as const;
    for (const { name, help } of gauges) {
      this.registry.registerMetric(
        new Gauge({
          name: `ledgerdesk_feed_${name}`,
          help,
          registers: [],
          collect() {
            const { clients, cutOff } = feed.metrics();
            this.set(name === 'clients' ? clients : cutOff);
          },
        }),
      );
    }
  }

  // The engine counts by itself; prom-client's counters would have to be kept beside it.
  private engineText(): string {
    const metrics = this.parts.engine.metrics();
    const { latency, cache, lostAnswers } = metrics;
    return [
      ...family(
        'ledgerdesk_commands_total',
        'counter',
        'Commands by name and by what became of them',
      ),
      ...[...metrics.commandResults].map(([key, count]) => {
        const [command = '', result = ''] = key.split(' ');
        return `ledgerdesk_commands_total{command="${command}",result="${result}"} ${count}`;
      }),
      ...family('ledgerdesk_command_duration_seconds', 'histogram', 'Time to answer a command'),
      ...histogramLines('ledgerdesk_command_duration_seconds', latency),
      ...single('ledgerdesk_commands_in_flight', 'gauge', 'Commands under way', metrics.inFlight),
      ...single(
        'ledgerdesk_appends_total',
        'counter',
        'Batches appended to the log',
        metrics.appends,
      ),
      ...single(
        'ledgerdesk_appended_events_total',
        'counter',
        'Events appended to the log',
        metrics.appendedEvents,
      ),
      ...single(
        'ledgerdesk_conflicts_total',
        'counter',
        'Decisions made again because someone else wrote first',
        metrics.conflicts,
      ),
      ...single(
        'ledgerdesk_lost_answers_total',
        'counter',
        'Appends whose answer was lost',
        lostAnswers.lost,
      ),
      ...single(
        'ledgerdesk_ticket_cache_hits_total',
        'counter',
        'Tickets found in the cache',
        cache.hits,
      ),
      ...single(
        'ledgerdesk_ticket_cache_misses_total',
        'counter',
        'Tickets folded from the log',
        cache.misses,
      ),
      ...single('ledgerdesk_ticket_cache_streams', 'gauge', 'Tickets in the cache', cache.streams),
      '',
    ].join('\n');
  }
}

type Latency = ReturnType<Engine['metrics']>['latency'];

function histogramLines(name: string, { boundsMs, counts, sumMs, count }: Latency): string[] {
  let cumulative = 0;
  const buckets = boundsMs.map((bound, index) => {
    cumulative += counts[index] ?? 0;
    return `${name}_bucket{le="${bound / 1000}"} ${cumulative}`;
  });
  return [
    ...buckets,
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sumMs / 1000}`,
    `${name}_count ${count}`,
  ];
}

function single(name: string, type: string, help: string, value: number): string[] {
  return [...family(name, type, help), `${name} ${value}`];
}

function family(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}
