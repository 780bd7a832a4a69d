import type { EventStore } from '@ledgerdesk/event-store';
import {
  CAUSATION,
  ticketStreamPrefix,
  type EventRegistry,
  type Origin,
  type ReadDocument,
} from '@ledgerdesk/kernel';
import type { ReadStoreReader } from '@ledgerdesk/read-store';
import type { CausalEvent, CausationReader } from './why';

/** The stores of an engine. */
export interface CausationStores {
  readonly readStore: Pick<ReadStoreReader, 'find' | 'get'>;
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly registry: Pick<EventRegistry, 'decode'>;
  /** By name: their lists tell the numbers of tickets. */
  readonly processes: ReadonlyMap<string, unknown>;
}

const LIMIT_MAX = 1_000;
const UUID_LENGTH = 36;

/**
 * Looks causes and effects up in the read model `causation`, and first causes in the log. For one
 * question: what it has looked up, it keeps.
 */
export function causationReader({
  readStore,
  eventStore,
  registry,
  processes,
}: CausationStores): CausationReader {
  const numbers = numberLookUp(readStore, processes);
  const at = async (position: bigint): Promise<CausalEvent | undefined> => {
    for await (const row of eventStore.readAll({ after: position - 1n, until: position })) {
      const { id, position: where, stream, revision, type, ...rest } = registry.decode(row);
      const { causationId, correlationId, actor, origin, occurredAt } = rest;
      const link = { causationId, correlationId, actor, origin, occurredAt };
      return {
        id,
        position: where,
        stream,
        revision,
        type,
        number: await numbers(stream),
        ...link,
      };
    }
    return undefined;
  };
  return {
    at,
    find: async (id) => {
      const document = await readStore.get(CAUSATION, CAUSATION, id);
      if (document !== undefined) return eventOf(id, document, numbers);
      // A first cause has no document, but the decision that followed says where it stands.
      const { items } = await readStore.find(CAUSATION, CAUSATION, {
        filter: { causationId: id, causePosition: { $exists: true } },
        limit: 1,
      });
      const position = items[0]?.document['causePosition'];
      const event = typeof position === 'string' ? await at(BigInt(position)) : undefined;
      return event?.id === id ? event : undefined;
    },
    causedBy: async (id, limit) => {
      const { items } = await readStore.find(CAUSATION, CAUSATION, {
        filter: { causationId: id },
        sort: { field: 'order', direction: 'ascending' },
        limit: Math.min(limit, LIMIT_MAX),
      });
      return Promise.all(items.map((item) => eventOf(item.id, item.document, numbers)));
    },
  };
}

type NumberLookUp = (stream: string) => Promise<string | null>;

/** Numbers from the lists of the processes, each looked up once. */
function numberLookUp(
  readStore: Pick<ReadStoreReader, 'get'>,
  processes: CausationStores['processes'],
): NumberLookUp {
  const known = new Map<string, Promise<string | null>>();
  const names = new Map([...processes.keys()].map((name) => [ticketStreamPrefix(name), name]));
  const lookUp = async (stream: string): Promise<string | null> => {
    const process = names.get(stream.slice(0, -UUID_LENGTH));
    if (process === undefined) return null;
    const list = `${process}-list`;
    const row = await readStore.get(list, list, stream.slice(-UUID_LENGTH));
    return typeof row?.['number'] === 'string' ? row['number'] : null;
  };
  return (stream) => {
    const number = known.get(stream) ?? lookUp(stream);
    known.set(stream, number);
    return number;
  };
}

async function eventOf(
  id: string,
  document: ReadDocument,
  numbers: NumberLookUp,
): Promise<CausalEvent> {
  const text = (name: string): string => document[name] as string;
  return {
    id,
    position: BigInt(text('position')),
    stream: text('stream'),
    revision: BigInt(text('revision')),
    type: text('type'),
    number: await numbers(text('stream')),
    causationId: text('causationId'),
    correlationId: text('correlationId'),
    actor: text('actor'),
    origin: document['origin'] as unknown as Origin,
    occurredAt: text('occurredAt'),
  };
}
