import type { ProcessState, RecordedEvent } from '@ledgerdesk/kernel';
import { isSeenAt, type Instant } from './instant';
import { assertInstantReached } from './reached-position';
import { diffStates, type FieldChange, type PathStep } from './state-diff';
import { ticketEvents, type TicketAddress, type TicketLog } from './ticket-log';
import { missingThen } from './time-travel';

/** Which event gave a field its value, and whose it was. */
export interface ChangeAuthor {
  readonly eventId: string;
  readonly type: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  readonly commandId: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
}

/** A field that differs between two instants. */
export interface AttributedChange extends FieldChange {
  /** The last event between the two instants that touched the field. */
  readonly lastChangedBy: ChangeAuthor | null;
}

export interface TicketDiff {
  readonly process: string;
  readonly id: string;
  /** Revision of the last event that the instant sees; null where the ticket was not there yet. */
  readonly fromRevision: bigint | null;
  readonly toRevision: bigint | null;
  readonly changes: readonly AttributedChange[];
}

/**
 * What differs in a ticket between two instants, in whichever order they lie: field, old, new, and
 * who changed it last. At `from` the ticket need not be there yet: all its fields are new then.
 * Cost: one read of the stream.
 *
 * @throws LedgerdeskError `missing.ticket`, `missing.ticket-at` where it was there at neither
 * instant; `invalid.instant` for a position or revision that is not there yet.
 */
export async function ticketDiff(
  log: TicketLog,
  ticket: TicketAddress,
  from: Instant,
  to: Instant,
): Promise<TicketDiff> {
  await assertInstantReached(log, ticket, from);
  await assertInstantReached(log, ticket, to);
  const older = new Fold(ticket, from);
  const newer = new Fold(ticket, to);
  const authors = new Authors();
  for await (const event of ticketEvents(log, ticket)) {
    const inOlder = older.sees(event);
    const inNewer = newer.sees(event);
    if (inOlder) older.take(event);
    if (inNewer) newer.take(event);
    if (inOlder !== inNewer) authors.note(event, (inOlder ? older : newer).lastChanges());
  }
  if (older.revision === null && newer.revision === null) throw await missingThen(log, ticket, to);
  return {
    process: ticket.process.name,
    id: ticket.id,
    fromRevision: older.revision,
    toRevision: newer.revision,
    changes: diffStates(older.state, newer.state).map((change) => ({
      ...change,
      lastChangedBy: authors.of(change.path),
    })),
  };
}

class Fold {
  readonly sees: (event: RecordedEvent) => boolean;
  state: ProcessState;
  revision: bigint | null = null;
  private before: ProcessState;

  constructor(
    private readonly ticket: TicketAddress,
    instant: Instant,
  ) {
    this.sees = isSeenAt(instant);
    this.state = ticket.process.initial;
    this.before = this.state;
  }

  take(event: RecordedEvent): void {
    this.before = this.state;
    this.state = this.ticket.process.evolve(this.state, event);
    this.revision = event.revision;
  }

  lastChanges(): readonly FieldChange[] {
    return diffStates(this.before, this.state);
  }
}

/** The last event to touch each path: the path itself, a part of it, or the whole that it is in. */
class Authors {
  private readonly exactly = new Map<string, RecordedEvent>();
  private readonly within = new Map<string, RecordedEvent>();

  note(event: RecordedEvent, changes: readonly FieldChange[]): void {
    for (const { path } of changes) {
      this.exactly.set(keyOf(path), event);
      for (let depth = 0; depth <= path.length; depth += 1) {
        this.within.set(keyOf(path.slice(0, depth)), event);
      }
    }
  }

  of(path: readonly PathStep[]): ChangeAuthor | null {
    let last = this.within.get(keyOf(path));
    for (let depth = 0; depth < path.length; depth += 1) {
      const event = this.exactly.get(keyOf(path.slice(0, depth)));
      if (event !== undefined && (last === undefined || event.revision > last.revision)) {
        last = event;
      }
    }
    return last === undefined ? null : authorOf(last);
  }
}

function authorOf(event: RecordedEvent): ChangeAuthor {
  return {
    eventId: event.id,
    type: event.type,
    revision: event.revision,
    position: event.position,
    actor: event.actor,
    onBehalfOf: event.onBehalfOf,
    commandId: event.commandId,
    occurredAt: event.occurredAt,
    recordedAt: event.recordedAt,
  };
}

// Not as people read it: a key that holds a dot must not be taken for two.
function keyOf(path: readonly PathStep[]): string {
  return JSON.stringify(path);
}
