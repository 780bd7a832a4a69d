import type { Lease } from '@ledgerdesk/read-store';
import { sha256 } from '../ids';

/** Processes that can share the same things; more of them lead nothing. */
const MEMBERS_MAX = 64;

interface Sighting {
  readonly token: number;
  readonly beat: number;
  readonly sinceMs: number;
}

/** What to do about the leases as they were seen. */
export interface LeasePlan {
  /** Leases of ours that are another member's share. */
  readonly surplus: readonly string[];
  readonly takeable: readonly { readonly name: string; readonly seen: Lease | undefined }[];
}

/**
 * Decides which leases a process takes: those whose holder is gone, up to its share. Processes that
 * are told to lead the same names share them evenly: each holds a seat, a lease as well, by which
 * the others count it. Pure but for what it remembers: time comes in as an argument.
 */
export class LeaseShare {
  private readonly sightings = new Map<string, Sighting>();
  private readonly names: ReadonlyMap<string, string>;
  private readonly seats: readonly string[];

  constructor(
    private readonly group: string,
    names: readonly string[],
    private readonly ttlMs: number,
  ) {
    this.names = new Map(names.map((name) => [this.leaseOf(name), name]));
    const bench = sha256([...names].sort().join(' ')).slice(0, 8);
    this.seats = Array.from({ length: MEMBERS_MAX }, (_, at) => `${group}/seat ${bench} ${at}`);
  }

  leaseOf(name: string): string {
    return `${this.group}/${name}`;
  }

  /** Undefined for the lease of a seat. */
  nameOf(lease: string): string | undefined {
    return this.names.get(lease);
  }

  plan(known: readonly Lease[], holder: string, nowMs: number): LeasePlan {
    const leases = new Map(known.map((lease) => [lease.name, lease]));
    for (const lease of known) this.see(lease, nowMs);
    const { seats } = this;
    const isFree = (name: string): boolean => this.isFree(leases.get(name), nowMs);
    const ownSeat = seats.find((seat) => leases.get(seat)?.holder === holder);
    const taken = seats.filter((seat) => !isFree(seat));
    const members = taken.length + (ownSeat === undefined ? 1 : 0);
    const share = Math.ceil(this.names.size / members);
    const held = [...this.names.keys()].filter((name) => leases.get(name)?.holder === holder);
    const free = [...this.names.keys()].filter((name) => isFree(name));
    const wanted = free.slice(0, Math.max(0, share - held.length));
    const freeSeat = ownSeat === undefined ? seats.filter(isFree).slice(0, 1) : [];
    return {
      surplus: held.slice(share),
      takeable: [...freeSeat, ...wanted].map((name) => ({
        name,
        seen: leases.get(name),
      })),
    };
  }

  private see({ name, token, beat }: Lease, nowMs: number): void {
    const last = this.sightings.get(name);
    if (last?.token === token && last.beat === beat) return;
    this.sightings.set(name, { token, beat, sinceMs: nowMs });
  }

  private isFree(lease: Lease | undefined, nowMs: number): boolean {
    if (lease === undefined || lease.holder === null) return true;
    return nowMs - (this.sightings.get(lease.name)?.sinceMs ?? nowMs) >= this.ttlMs;
  }
}
