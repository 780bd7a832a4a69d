import type { EventStore } from '@ledgerdesk/event-store';
import { CAUSATION, ticketStreamPrefix, type EventRegistry } from '@ledgerdesk/kernel';
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
/** The decision on a cause is among the first of its effects: it opens the instance. */
const DECISIONS_LOOKED_AT = 10;
const READ_AT_ONCE = 16;
const UUID_LENGTH = 36;

/**
 * Looks up in the read model `causation` where causes and effects stand, and reads them from the log.
 * For one question: what it has looked up, it keeps.
 */
export function causationReader({
  readStore,
  eventStore,
  registry,
  processes,
}: CausationStores): CausationReader {
  const numbers = numberLookUp(readStore, processes);
  const at = async (position: bigint): Promise<CausalEvent | undefined> => {
    for await (const row of eventStore.readAll({
      after: position - 1n,
      until: position,
      limit: 1,
    })) {
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
  const effectsOf = async (id: string, limit: number): Promise<readonly Position[]> => {
    const { items } = await readStore.find(CAUSATION, CAUSATION, {
      filter: { causationId: id },
      sort: { field: 'order', direction: 'ascending' },
      limit: Math.min(limit, LIMIT_MAX),
    });
    return items.map(({ document }) => document as unknown as Position);
  };
  return {
    at,
    find: async (id) => {
      const document = await readStore.get(CAUSATION, CAUSATION, id);
      if (document !== undefined) return at(BigInt((document as unknown as Position).position));
      // A first cause has no document, but the decision that followed says where it stands.
      const effects = await effectsOf(id, DECISIONS_LOOKED_AT);
      const position = effects.find(({ causePosition }) => causePosition !== undefined);
      const event = position?.causePosition && (await at(BigInt(position.causePosition)));
      return event && event.id === id ? event : undefined;
    },
    causedBy: async (id, limit) => {
      const effects = await effectsOf(id, limit);
      const events: CausalEvent[] = [];
      for (let first = 0; first < effects.length; first += READ_AT_ONCE) {
        const some = effects.slice(first, first + READ_AT_ONCE);
        const found = await Promise.all(some.map(({ position }) => at(BigInt(position))));
        events.push(...found.filter((event) => event !== undefined));
      }
      return events;
    },
  };
}

/** Where an event stands, and its cause where that is known. */
interface Position {
  readonly position: string;
  readonly causePosition?: string;
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
