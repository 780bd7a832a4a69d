import type { EventRegistry, RecordedEvent } from '@ledgerdesk/kernel';
import type { StoredEvent } from '@ledgerdesk/event-store';

/** A stored event with its decoded form, which all projections share. */
export class LogEntry {
  private decoded: RecordedEvent | undefined;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    readonly stored: StoredEvent,
    private readonly registry: EventRegistry,
  ) {}

  /** Decodes at the first call. Throws what {@link EventRegistry.decode} throws, at each call. */
  event(): RecordedEvent {
    if (this.decoded !== undefined) return this.decoded;
    if (this.failure !== undefined) throw this.failure.error;
    try {
      this.decoded = this.registry.decode(this.stored);
      return this.decoded;
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}

/** By the list they were chosen from, then by the prefixes. */
const chosen = new WeakMap<readonly LogEntry[], Map<string, readonly LogEntry[]>>();

/** The entries of streams whose names start so: looked for once, whoever asks again. */
export function entriesOf(
  entries: readonly LogEntry[],
  streamPrefixes: readonly string[],
): readonly LogEntry[] {
  const known = chosen.get(entries) ?? new Map<string, readonly LogEntry[]>();
  chosen.set(entries, known);
  const key = streamPrefixes.join(' ');
  let found = known.get(key);
  if (found === undefined) {
    found = entries.filter(({ stored }) =>
      streamPrefixes.some((prefix) => stored.stream.startsWith(prefix)),
    );
    known.set(key, found);
  }
  return found;
}

/** A stretch of the log: events in order, and how far it reaches. */
export interface LogBatch {
  readonly entries: readonly LogEntry[];
  /** All events up to here are in `entries`, or concern no projection of the group. */
  readonly position: bigint;
}
