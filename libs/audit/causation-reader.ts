import type { EventStore } from '@ledgerdesk/event-store';
import { CAUSATION, type EventRegistry, type Origin, type ReadDocument } from '@ledgerdesk/kernel';
import type { ReadStoreReader } from '@ledgerdesk/read-store';
import type { CausalEvent, CausationReader } from './why';

/** The stores of an engine. */
export interface CausationStores {
  readonly readStore: Pick<ReadStoreReader, 'find' | 'get'>;
  readonly eventStore: Pick<EventStore, 'readAll'>;
  readonly registry: Pick<EventRegistry, 'decode'>;
}

const LIMIT_MAX = 1_000;

/** Looks causes and effects up in the read model `causation`, and first causes in the log. */
export function causationReader({
  readStore,
  eventStore,
  registry,
}: CausationStores): CausationReader {
  const at = async (position: bigint): Promise<CausalEvent | undefined> => {
    for await (const row of eventStore.readAll({ after: position - 1n, until: position })) {
      return registry.decode(row);
    }
    return undefined;
  };
  return {
    at,
    find: async (id) => {
      const document = await readStore.get(CAUSATION, CAUSATION, id);
      if (document !== undefined) return eventOf(id, document);
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
        limit: Math.min(limit, LIMIT_MAX),
      });
      return items
        .map((item) => eventOf(item.id, item.document))
        .sort((a, b) => (a.position < b.position ? -1 : 1));
    },
  };
}

function eventOf(id: string, document: ReadDocument): CausalEvent {
  const text = (name: string): string => document[name] as string;
  return {
    id,
    position: BigInt(text('position')),
    stream: text('stream'),
    revision: BigInt(text('revision')),
    type: text('type'),
    causationId: text('causationId'),
    correlationId: text('correlationId'),
    actor: text('actor'),
    origin: document['origin'] as unknown as Origin,
    occurredAt: text('occurredAt'),
  };
}
