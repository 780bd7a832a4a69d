/** Who does something that one at a time may do. */
export interface Lease {
  readonly name: string;
  /** Null once it was given back. */
  readonly holder: string | null;
  /** The fencing token: one more with each taking, never the same again. */
  readonly token: number;
  /** One more with each renewal: where it stands still, the holder is gone. */
  readonly beat: number;
}

/**
 * Leases without clocks: a store knows who holds what and how often they have said that they live.
 * Whoever wants a lease watches its beat by a clock of their own and takes it once it has stood
 * still for long enough; of several only one succeeds. What was acknowledged survives the loss of a
 * server. Errors: `unavailable.*`; after `unavailable.*` of {@link take} the lease may be held all
 * the same, which the next {@link renew} tells.
 */
export interface LeaseStore {
  /** Every lease that was ever taken, by name. */
  list(): Promise<readonly Lease[]>;
  /**
   * Takes the lease, with the next token, if it still is as it was seen; `seen` is undefined for
   * one that was never taken. Undefined where somebody was faster.
   */
  take(name: string, holder: string, seen: Lease | undefined): Promise<Lease | undefined>;
  /** Beats once for all that the holder holds, and gives it, by name. Cost: the same for many. */
  renew(holder: string): Promise<readonly Lease[]>;
  /** Gives back what the holder still holds of these, for others to take at once. */
  release(holder: string, names: readonly string[]): Promise<void>;
}
