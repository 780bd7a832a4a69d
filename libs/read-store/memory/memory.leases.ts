import type { Lease, LeaseStore } from '../lease.port';

/** Leases among those who share one store in memory. */
export class MemoryLeases implements LeaseStore {
  private readonly stored = new Map<string, Lease>();

  constructor(private readonly assertOpen: () => void) {}

  async list(): Promise<readonly Lease[]> {
    this.assertOpen();
    return [...this.stored.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async take(name: string, holder: string, seen: Lease | undefined): Promise<Lease | undefined> {
    this.assertOpen();
    const known = this.stored.get(name);
    if (known?.token !== seen?.token || known?.beat !== seen?.beat) return undefined;
    const lease = { name, holder, token: (known?.token ?? 0) + 1, beat: 0 };
    this.stored.set(name, lease);
    return lease;
  }

  async renew(holder: string): Promise<readonly Lease[]> {
    for (const lease of await this.heldBy(holder)) {
      this.stored.set(lease.name, { ...lease, beat: lease.beat + 1 });
    }
    return this.heldBy(holder);
  }

  async release(holder: string, names: readonly string[]): Promise<void> {
    for (const lease of await this.heldBy(holder)) {
      if (!names.includes(lease.name)) continue;
      this.stored.set(lease.name, { ...lease, holder: null, beat: lease.beat + 1 });
    }
  }

  private async heldBy(holder: string): Promise<readonly Lease[]> {
    return (await this.list()).filter((lease) => lease.holder === holder);
  }
}
