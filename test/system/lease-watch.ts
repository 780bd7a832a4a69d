import { openReadStore, type Lease, type ReadStore } from '@ledgerdesk/read-store';
import { until } from './system-under-test';

/** How a lease passed from a leader that was killed to another one. */
export interface Takeover {
  readonly lease: string;
  /** Tokens: each holder's is higher than those before it. */
  readonly from: number;
  readonly to: number;
  /**
   * How often the new leader looked at the leases until it led, since the old one was killed: time
   * by the clock of the process itself, so that a busy machine makes no difference.
   */
  readonly looks: number;
}

/** Looks at the leases of the services as an operator could. */
export class LeaseWatch {
  private constructor(private readonly readStore: ReadStore) {}

  static async open(readStoreUrl: string): Promise<LeaseWatch> {
    return new LeaseWatch(await openReadStore(readStoreUrl));
  }

  /** Number of the process that leads, once one does. */
  async leaderOf(lease: string): Promise<number> {
    let holder: string | null | undefined;
    await until(async () => {
      holder = (await this.lease(lease))?.holder;
      return holder !== null && holder !== undefined;
    });
    return pidOf(holder ?? '');
  }

  /** Begins to watch before the leader is killed; gives how the lease passed to another process. */
  async watch(lease: string): Promise<{ readonly takeover: () => Promise<Takeover> }> {
    const before = await this.readStore.leases.list();
    const old = before.find(({ name }) => name === lease);
    const takeover = async (): Promise<Takeover> => {
      let now: readonly Lease[] = [];
      let taken: Lease | undefined;
      await until(async () => {
        now = await this.readStore.leases.list();
        taken = now.find(({ name }) => name === lease);
        const isHeld = taken?.holder !== null && taken?.holder !== undefined;
        return isHeld && taken?.holder !== old?.holder;
      });
      const beatsOf = (leases: readonly Lease[]): number => beatsOfSeat(leases, taken);
      return {
        lease,
        from: old?.token ?? 0,
        to: taken?.token ?? 0,
        looks: beatsOf(now) - beatsOf(before),
      };
    };
    return { takeover };
  }

  async close(): Promise<void> {
    await this.readStore.close();
  }

  private async lease(wanted: string): Promise<Lease | undefined> {
    return (await this.readStore.leases.list()).find(({ name }) => name === wanted);
  }
}

// A process that takes part holds a seat in the group, which beats with each look.
function beatsOfSeat(leases: readonly Lease[], taken: Lease | undefined): number {
  const group = taken?.name.split('/')[0] ?? '';
  const isSeat = ({ name, holder }: Lease): boolean =>
    name.startsWith(`${group}/seat `) && holder === taken?.holder;
  return leases.find(isSeat)?.beat ?? 0;
}

/** A holder is `<host>:<pid>:<id of the start>`. */
function pidOf(holder: string): number {
  return Number(holder.split(':').at(-2));
}
