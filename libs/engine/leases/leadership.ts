import { clearTimeout, setTimeout } from 'node:timers';
import type { Lease, LeaseStore } from '@ledgerdesk/read-store';
import { LeaseShare } from './lease-share';

/** What a process wants to lead, and who is told. */
export interface LeadershipOptions {
  readonly leases: LeaseStore;
  /** Who takes part: all that lead the same kind of thing share it among them. */
  readonly group: string;
  /** Names of the things within the group; each has its lease. */
  readonly names: readonly string[];
  /** This process, under an id that no other start has had. */
  readonly holder: string;
  /**
   * A holder of whom nothing was heard for so long has lost its lease. Default 10 s, which with
   * the look at the leases every fifth of it makes a takeover in 12 s.
   */
  readonly ttlMs?: number;
  /** From now on this process leads, under the token. Must not throw. */
  readonly onLead: (name: string, token: number) => void;
  /** This process leads no more; what it still writes under the token will be refused. */
  readonly onLose: (name: string) => void;
  /** For the log of the process: the leases cannot be reached. */
  readonly onFailure?: (error: unknown) => void;
  /** A clock that never goes back, in milliseconds. Default: that of the process. */
  readonly nowMs?: () => number;
}

/** How the leases of a process stand. */
export interface LeadershipStatus {
  readonly name: string;
  readonly token: number;
}

/** How long a lease is held without being renewed, in milliseconds. */
export const DEFAULT_LEASE_TTL_MS = 10_000;
/** Looks at the leases within the life of one. */
const LOOKS_PER_TTL = 5;
/** A leader stops this part of the time before anybody may take over. */
const SAFE_PART = 0.8;

/**
 * Leads, among all processes of a group, as many things as is this one's share, each by a lease.
 * No clocks are compared: a leader counts the time since it last renewed, a challenger the time
 * since it last saw the lease beat. Owns one loop, which {@link stop} ends; it then gives back all.
 */
export class Leadership {
  private readonly led = new Map<string, Lease>();
  private readonly share: LeaseShare;
  private readonly ttlMs: number;
  private readonly nowMs: () => number;
  private renewedAtMs = -Infinity;
  private expiry: ReturnType<typeof setTimeout> | undefined;
  private wake: (() => void) | undefined;
  private running: Promise<void> | undefined;
  private isStopping = false;

  constructor(private readonly options: LeadershipOptions) {
    this.ttlMs = options.ttlMs ?? DEFAULT_LEASE_TTL_MS;
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.share = new LeaseShare(options.group, options.names, this.ttlMs);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** What is led now. */
  status(): readonly LeadershipStatus[] {
    if (!this.isValid()) return [];
    return [...this.led.values()]
      .filter(({ name }) => this.share.nameOf(name) !== undefined)
      .map(({ name, token }) => ({ name: this.share.nameOf(name) ?? name, token }));
  }

  /** Whether this process may still write under its token, as far as it knows. */
  leads(name: string): boolean {
    return this.isValid() && this.led.has(this.share.leaseOf(name));
  }

  /** Takes one look at the leases; the loop does so by itself. */
  async look(): Promise<void> {
    const { leases, holder } = this.options;
    const askedAtMs = this.nowMs();
    const held = await leases.renew(holder);
    this.renewedAtMs = askedAtMs;
    // An answer that came too late: others may have begun to take over meanwhile.
    if (!this.isValid()) {
      this.loseAll();
      return;
    }
    this.scheduleExpiry();
    this.adopt(held);
    const known = await leases.list();
    const { surplus, takeable } = this.share.plan(known, holder, this.nowMs());
    if (surplus.length > 0) await this.giveUp(surplus);
    for (const { name, seen } of takeable) {
      if (this.isStopping) return;
      const taken = await leases.take(name, holder, seen);
      if (taken !== undefined) this.lead(taken);
    }
  }

  /** Gives back all leases, after the owner of what was led has stopped it. Idempotent. */
  async stop(): Promise<void> {
    if (!this.isStopping) {
      this.isStopping = true;
      clearTimeout(this.expiry);
      this.wake?.();
    }
    await this.running;
    const names = [...this.led.keys()];
    this.led.clear();
    if (names.length === 0) return;
    // Where that fails, the leases expire.
    await this.options.leases.release(this.options.holder, names).catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      try {
        await this.look();
      } catch (error) {
        this.options.onFailure?.(error);
      }
      await this.rest(this.ttlMs / LOOKS_PER_TTL);
    }
  }

  private rest(ms: number): Promise<void> {
    if (this.isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Also what a lost answer to a taking had given us. */
  private adopt(held: readonly Lease[]): void {
    const now = new Map(held.map((lease) => [lease.name, lease]));
    for (const { name, token } of [...this.led.values()]) {
      if (now.get(name)?.token !== token) this.lose(name);
    }
    for (const lease of held) if (!this.led.has(lease.name)) this.lead(lease);
  }

  private lead(lease: Lease): void {
    // Whoever were told now would find that it does not lead: the next look finds the lease held.
    if (!this.isValid()) return;
    this.led.set(lease.name, lease);
    const name = this.share.nameOf(lease.name);
    if (name !== undefined) this.options.onLead(name, lease.token);
  }

  private lose(lease: string): void {
    if (!this.led.delete(lease)) return;
    const name = this.share.nameOf(lease);
    if (name !== undefined) this.options.onLose(name);
  }

  private async giveUp(surplus: readonly string[]): Promise<void> {
    for (const lease of surplus) this.lose(lease);
    await this.options.leases.release(this.options.holder, surplus);
  }

  private isValid(): boolean {
    return this.nowMs() - this.renewedAtMs < this.ttlMs * SAFE_PART;
  }

  private scheduleExpiry(): void {
    clearTimeout(this.expiry);
    if (this.isStopping) return;
    const leftMs = this.renewedAtMs + this.ttlMs * SAFE_PART - this.nowMs();
    this.expiry = setTimeout(() => this.loseAll(), leftMs);
    this.expiry.unref();
  }

  private loseAll(): void {
    for (const lease of [...this.led.keys()]) this.lose(lease);
  }
}
