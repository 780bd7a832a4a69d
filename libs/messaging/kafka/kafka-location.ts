import { LedgerdeskError } from '@ledgerdesk/kernel';

/** What a URL says of a cluster. */
export interface KafkaLocation {
  /** `host:port`, one or more. */
  readonly brokers: readonly string[];
  readonly tls: boolean;
  readonly login?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Copies of each partition of topics that are made. Default: 3, or all of the nodes. */
  readonly replication?: number;
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const DEFAULT_PORT = 9092;
const AUTHORITY = /^kafka:\/\/(?:([^@/?#]*)@)?([^@/?#]+)\/?(?:\?([^#]*))?$/;
const HOST = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(?::(\d{1,5}))?$/;
const PARAMETERS = new Set(['tls', 'mechanism', 'replication']);

/**
 * Reads `kafka://[user:password@]host[:port][,host…][?tls=true&mechanism=…&replication=…]`.
 *
 * @throws LedgerdeskError `invalid.broker-url`; the URL stays out of the message, for it may hold a
 * password.
 */
export function kafkaLocationOf(url: string): KafkaLocation {
  const [, login, hosts, query] = AUTHORITY.exec(url) ?? [];
  if (hosts === undefined) {
    throw invalidBrokerUrl('it does not read kafka://host:port[,host:port]');
  }
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    if (!PARAMETERS.has(name)) throw invalidBrokerUrl(`${name} is none of its parameters`);
  }
  const replication = parameters.get('replication');
  if (replication !== null && !/^[1-9]\d?$/.test(replication)) {
    throw invalidBrokerUrl('replication is no number from 1 to 99');
  }
  return {
    brokers: hosts.split(',').map(brokerOf),
    tls: wordOf(parameters, 'tls', ['false', 'true'], 'false') === 'true',
    ...(login !== undefined && { login: loginOf(login, parameters) }),
    ...(replication !== null && { replication: Number(replication) }),
  };
}

/** `invalid.broker-url` */
function invalidBrokerUrl(why: string): LedgerdeskError {
  return new LedgerdeskError(
    'invalid.broker-url',
    `the URL of the message broker is not right: ${why}; give memory: or ` +
      'kafka://host:port[,host:port][?tls=true&mechanism=scram-sha-256&replication=3]',
  );
}

function brokerOf(text: string): string {
  const [, host, port] = HOST.exec(text) ?? [];
  if (host === undefined) throw invalidBrokerUrl('a host is none');
  return `${host}:${port ?? DEFAULT_PORT}`;
}

function loginOf(text: string, parameters: URLSearchParams): NonNullable<KafkaLocation['login']> {
  const at = text.indexOf(':');
  if (at < 0) throw invalidBrokerUrl('the user has no password');
  const [username, password] = [text.slice(0, at), text.slice(at + 1)].map(decodeURIComponent);
  const mechanism = wordOf(parameters, 'mechanism', MECHANISMS, 'plain');
  return { mechanism, username: username ?? '', password: password ?? '' };
}

function wordOf<Word extends string>(
  parameters: URLSearchParams,
  name: string,
  words: readonly Word[],
  fallback: Word,
): Word {
  const given = parameters.get(name) ?? fallback;
  const word = words.find((candidate) => candidate === given);
  if (word === undefined) throw invalidBrokerUrl(`${name} is none of ${words.join(', ')}`);
  return word;
}
