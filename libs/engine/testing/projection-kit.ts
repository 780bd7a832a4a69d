import { canonicalJson, type Projection, type ReadDocument } from '@ledgerdesk/kernel';
import type { EventStore, EventToAppend } from '@ledgerdesk/event-store';
import type { GenerationStore, ReadStore } from '@ledgerdesk/read-store';
import type { BackOff } from '../subscriptions/back-off';
import { sha256, uuid5 } from '../ids';
import { PARKED_COLLECTION } from '../projections/projection-storage';

// The specs of projections and flows have all that they wait with from here.
export { eventually } from '@ledgerdesk/kernel/testing';

/** A back-off that does not wait, for stores that are meant to fail. */
export const atOnce: Partial<BackOff> = { initialMs: 1, maxMs: 1, random: () => 0 };

/** Writes events of tallies: `tally` is the stream's name behind its dash. */
export class TallyLog {
  private readonly revisions = new Map<string, number>();

  constructor(readonly store: EventStore) {}

  add(tally: string, ...amounts: readonly number[]): Promise<bigint> {
    return this.append(
      `tally-${tally}`,
      amounts.map((amount) => ({ type: 'TallyAdded', data: { amount } })),
    );
  }

  record(tally: string, type: string, schemaVersion = 1): Promise<bigint> {
    return this.append(`tally-${tally}`, [{ type, data: {}, schemaVersion }]);
  }

  /** An event of no projection's interest. */
  distract(): Promise<bigint> {
    return this.append('numbers-tally', [{ type: 'NumberBlockReserved', data: {} }]);
  }

  /** An event whose body is no JSON. */
  async damage(tally: string): Promise<bigint> {
    const stream = `tally-${tally}`;
    const id = uuid5(`${stream} damaged ${this.next(stream)}`);
    return this.write(stream, [{ id, type: 'TallyAdded', body: '{ not json', hash: sha256(id) }]);
  }

  private append(
    stream: string,
    facts: readonly { type: string; data: object; schemaVersion?: number }[],
  ): Promise<bigint> {
    const rows = facts.map(({ type, data, schemaVersion = 1 }) => {
      const revision = this.next(stream);
      const id = uuid5(`${stream} ${revision}`);
      const at = new Date(Date.UTC(2026, 0, 1) + revision * 60_000).toISOString();
      const body = canonicalJson({
        id,
        type,
        schemaVersion,
        stream,
        revision: String(revision),
        occurredAt: at,
        recordedAt: at,
        data,
      });
      return { id, type, body, hash: sha256(body) };
    });
    return this.write(stream, rows);
  }

  private next(stream: string): number {
    const revision = this.revisions.get(stream) ?? 0;
    this.revisions.set(stream, revision + 1);
    return revision;
  }

  private async write(stream: string, events: readonly EventToAppend[]): Promise<bigint> {
    const { position } = await this.store.append({ stream, expectedRevision: 'any', events });
    return position;
  }
}

/** All documents of a projection as JSON text, the parked events without the time of parking. */
export async function dump(
  readStore: ReadStore,
  projection: Projection,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const collections = [
    projection.documents.name,
    ...(projection.aggregates ?? []).map(({ collection }) => collection.name),
    PARKED_COLLECTION,
  ];
  const dumped: Record<string, readonly string[]> = {};
  for (const collection of collections) {
    const { items } = await readStore.find(projection.name, collection, { limit: 1_000 });
    dumped[collection] = items.map(
      ({ id, document }) => `${id} ${JSON.stringify(withoutTime(document))}`,
    );
  }
  return dumped;
}

function withoutTime(document: ReadDocument): ReadDocument {
  const { parkedAt: _, ...rest } = document;
  return rest;
}

/** What happens to a write of a generation: `before` and `after` may throw. */
export interface WriteFaults {
  before?: () => void;
  after?: () => void;
}

/** A read store whose writes of documents can be made to fail, before or after they are stored. */
export function withWriteFaults(store: ReadStore, faults: WriteFaults): ReadStore {
  const wrap = (generation: GenerationStore): GenerationStore =>
    overriding(generation, {
      write: async (batch) => {
        faults.before?.();
        await generation.write(batch);
        faults.after?.();
      },
    });
  return overriding(store, {
    createGeneration: async (storage, options) =>
      wrap(await store.createGeneration(storage, options)),
    openGeneration: async (storage, generation) =>
      wrap(await store.openGeneration(storage, generation)),
  });
}

/** The same object with some methods replaced; the others keep their `this`. */
export function overriding<Port extends object>(port: Port, methods: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const own = methods[name as keyof Port];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
