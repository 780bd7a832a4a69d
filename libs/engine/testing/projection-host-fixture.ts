import type { Projection } from '@ledgerdesk/kernel';
import { openEventStore, type EventStore } from '@ledgerdesk/event-store';
import { MemoryReadStore, type ReadStore } from '@ledgerdesk/read-store';
import type { ProjectionStatus } from '../projection-host';
import {
  InProcessProjectionHost,
  type InProcessProjectionHostOptions,
} from '../projections/in-process-projection-host';
import { rebuildProjection } from '../projections/rebuild-projection';
import { atOnce, dump, TallyLog } from './projection-kit';
import { tallyProjection, tallyRegistry } from './tally.projection';

const WAIT_MS = 10_000;

/** Memory stores, a log of tallies, and the hosts that a spec starts over them. */
export class ProjectionHostFixture {
  readonly readStore: ReadStore = new MemoryReadStore();
  readonly log: TallyLog;
  private readonly hosts: InProcessProjectionHost[] = [];

  private constructor(readonly eventStore: EventStore) {
    this.log = new TallyLog(eventStore);
  }

  static async open(): Promise<ProjectionHostFixture> {
    return new ProjectionHostFixture(await openEventStore('memory:'));
  }

  start(
    projections: readonly Projection[],
    options: Partial<InProcessProjectionHostOptions> = {},
  ): InProcessProjectionHost {
    const host = InProcessProjectionHost.start({
      eventStore: this.eventStore,
      readStore: this.readStore,
      registry: tallyRegistry,
      projections,
      backOff: atOnce,
      patrolMs: 10,
      ...options,
    });
    this.hosts.push(host);
    return host;
  }

  async statusOf(host: InProcessProjectionHost, name = 'tallies'): Promise<ProjectionStatus> {
    const found = (await host.status()).find((status) => status.name === name);
    if (found === undefined) throw new Error(`no status of ${name}`);
    return found;
  }

  async expectCaughtUp(host: InProcessProjectionHost, name = 'tallies'): Promise<void> {
    expect(await host.waitFor(name, await this.eventStore.head(), WAIT_MS)).toBe(true);
  }

  async documentOf(tally: string, name = 'tallies') {
    return this.readStore.get(name, name, tally);
  }

  async totalOf(tally: string, name = 'tallies'): Promise<unknown> {
    return (await this.documentOf(tally, name))?.['total'];
  }

  /** The documents equal those that one fold from the first event gives. */
  async expectLikeFreshFold(projection = tallyProjection()): Promise<void> {
    const { eventStore, readStore } = this;
    const fresh = new MemoryReadStore();
    await rebuildProjection({ eventStore, readStore: fresh, registry: tallyRegistry, projection });
    expect(await dump(readStore, projection)).toEqual(await dump(fresh, projection));
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stop()));
    await this.eventStore.close();
  }
}
