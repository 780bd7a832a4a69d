import { canonicalJson, createEventRegistry, type Projection } from '@ledgerdesk/kernel';
import { rebuildProjection, sha256, uuid5 } from '@ledgerdesk/engine';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { MemoryReadStore } from '@ledgerdesk/read-store';
import { readModelsOf } from '../read-models-of';
import { requestEvents, requestProcess, type RequestState } from './request.process';

/** A log of requests, and their read models as of its end. */
export class RequestDesk {
  readonly process = requestProcess;
  readonly readStore = new MemoryReadStore();
  private readonly registry = createEventRegistry([requestEvents]);
  private readonly revisions = new Map<string, number>();

  private constructor(readonly eventStore: EventStore) {}

  static async open(): Promise<RequestDesk> {
    return new RequestDesk(await openEventStore('memory:'));
  }

  /** At a business time such as `2026-03-01T08:00`. */
  async change(ticket: string, at: string, facts: Partial<RequestState>): Promise<void> {
    await this.append(ticket, at, 'RequestChanged', { facts });
  }

  async note(ticket: string, at: string): Promise<void> {
    await this.append(ticket, at, 'RequestNoted', { text: 'noted' });
  }

  /** Builds the read models anew; gives the store that holds them. */
  async read(
    projections: readonly Projection[] = readModelsOf(requestProcess),
  ): Promise<MemoryReadStore> {
    const { eventStore, readStore, registry } = this;
    for (const projection of projections) {
      await rebuildProjection({ eventStore, readStore, registry, projection });
    }
    return readStore;
  }

  close(): Promise<void> {
    return this.eventStore.close();
  }

  private async append(ticket: string, at: string, type: string, data: object): Promise<void> {
    const stream = `request-${ticket}`;
    const revision = this.revisions.get(stream) ?? 0;
    this.revisions.set(stream, revision + 1);
    const id = uuid5(`${stream} ${revision}`);
    const occurredAt = `${at}:00.000Z`;
    const body = canonicalJson({
      id,
      type,
      schemaVersion: 1,
      stream,
      revision: String(revision),
      occurredAt,
      recordedAt: occurredAt,
      data,
    });
    const events = [{ id, type, body, hash: sha256(body) }];
    await this.eventStore.append({ stream, expectedRevision: 'any', events });
  }
}
