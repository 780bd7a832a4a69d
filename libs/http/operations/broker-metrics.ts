import type { BrokerStatus } from '../http-api.options';

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** Undefined where this process does nothing of the kind. */
  readonly value: (status: BrokerStatus) => number | undefined;
}

const FAMILIES: readonly Family[] = [
  {
    name: 'ledgerdesk_relay_leading',
    type: 'gauge',
    help: '1 where this process publishes the log',
    value: ({ relay }) => relay && Number(relay.isLeading),
  },
  {
    name: 'ledgerdesk_relay_published_total',
    type: 'counter',
    help: 'Events published to the broker',
    value: ({ relay }) => relay?.published,
  },
  {
    name: 'ledgerdesk_relay_without_data_total',
    type: 'counter',
    help: 'Events published without their data, which the broker would not take',
    value: ({ relay }) => relay?.withoutData,
  },
  {
    name: 'ledgerdesk_relay_position',
    type: 'gauge',
    help: 'The log is published up to here',
    value: ({ relay }) => relay && Number(relay.position),
  },
  {
    name: 'ledgerdesk_relay_restarts_total',
    type: 'counter',
    help: 'Subscriptions of the relay that were begun again',
    value: ({ relay }) => relay?.restarts,
  },
  {
    name: 'ledgerdesk_broker_commands_handled_total',
    type: 'counter',
    help: 'Commands from the broker that were accepted',
    value: ({ commands }) => commands?.handled,
  },
  {
    name: 'ledgerdesk_broker_commands_retried_total',
    type: 'counter',
    help: 'Tries of commands from the broker that failed and were made again',
    value: ({ commands }) => commands?.retries,
  },
  {
    name: 'ledgerdesk_broker_commands_dead_total',
    type: 'counter',
    help: 'Commands from the broker that went to the dead letters',
    value: ({ commands }) => commands?.deadLetters,
  },
  {
    name: 'ledgerdesk_broker_consuming',
    type: 'gauge',
    help: '1 while this process takes commands from the broker',
    value: ({ commands }) => commands && Number(commands.isConsuming),
  },
];

/** What this process does over the broker, in Prometheus' text form. */
export function brokerMetricsText(status: BrokerStatus | undefined): string {
  if (status === undefined) return '';
  const lines = FAMILIES.flatMap(({ name, type, help, value }) => {
    const figure = value(status);
    if (figure === undefined) return [];
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${figure}`];
  });
  return lines.map((line) => `${line}\n`).join('');
}
