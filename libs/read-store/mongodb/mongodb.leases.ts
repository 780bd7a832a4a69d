import { randomUUID } from 'node:crypto';
import type { Collection } from 'mongodb';
import type { Lease, LeaseStore } from '../lease.port';
import type { MongoConnection } from './mongodb.connection';
import { bulkFailure } from './mongodb.errors';

const LEASES = 'ledgerdesk.leases';

interface StoredLease {
  /** The lease's name. */
  readonly _id: string;
  readonly holder: string | null;
  readonly token: number;
  readonly beat: number;
  /** Of the newest taking, by which it knows itself when its answer was lost. */
  readonly taking: string;
}

/** Leases among all who use the database. Each change is acknowledged by a majority. */
export class MongoLeases implements LeaseStore {
  constructor(private readonly connection: MongoConnection) {}

  async list(): Promise<readonly Lease[]> {
    const stored = await this.connection.reading(() =>
      this.leases().find().sort({ _id: 1 }).toArray(),
    );
    return stored.map(leaseOf);
  }

  async take(name: string, holder: string, seen: Lease | undefined): Promise<Lease | undefined> {
    const taking = randomUUID();
    const token = (seen?.token ?? 0) + 1;
    const lease: StoredLease = { _id: name, holder, token, beat: 0, taking };
    await this.connection.writing(async () => {
      if (seen === undefined) return this.insert(lease);
      const asSeen = { _id: name, token: seen.token, beat: seen.beat };
      await this.leases().updateOne(asSeen, { $set: { holder, token, beat: 0, taking } });
    });
    // Also the answer to a taking that was repeated because its own was lost.
    const taken = await this.connection.reading(() => this.leases().findOne({ _id: name, taking }));
    return taken === null ? undefined : leaseOf(taken);
  }

  async renew(holder: string): Promise<readonly Lease[]> {
    // Not patient: who waits too long has lost the lease. Two beats for one do no harm.
    return this.connection.reading(async () => {
      await this.leases().updateMany({ holder }, { $inc: { beat: 1 } });
      return (await this.leases().find({ holder }).sort({ _id: 1 }).toArray()).map(leaseOf);
    });
  }

  async release(holder: string, names: readonly string[]): Promise<void> {
    const held = { _id: { $in: [...names] }, holder };
    const free = { $set: { holder: null }, $inc: { beat: 1 } };
    await this.connection.writing(() => this.leases().updateMany(held, free));
  }

  private async insert(lease: StoredLease): Promise<void> {
    try {
      await this.leases().insertMany([lease]);
    } catch (error) {
      if (bulkFailure(error) !== undefined) throw error;
    }
  }

  private leases(): Collection<StoredLease> {
    return this.connection.collection<StoredLease>(LEASES);
  }
}

function leaseOf({ _id, holder, token, beat }: StoredLease): Lease {
  return { name: _id, holder, token, beat };
}
