import type { EventStore, EventToAppend } from '@ledgerdesk/event-store';
import { hasErrorKind, LedgerdeskError, type EventRegistry } from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { CommandOutcome } from '../command-request';
import type { NumberLease } from '../numbers/number-lease';
import {
  ABSENT_REVISION,
  absentTicket,
  extendTicket,
  numberOf,
  type RecordedCommand,
  type Ticket,
  type WeighedEvent,
} from '../tickets/ticket';
import type { TicketLoader } from '../tickets/ticket-loader';
import type { TicketReference } from '../tickets/ticket-reference';
import { isRevisionConflict, type CertainAppend } from './certain-append';
import type { Acceptance } from './command-decider';
import type { CommandPlan } from './command-plan';
import type { CommandTally } from './command-metrics';
import { sealEvents } from './event-sealing';

/**
 * `conflict`: someone else wrote first. `elsewhere`: the command's events stand in the stream, but
 * perhaps as another sending of it wrote them; `isOurs` when that may have been this one.
 */
export type Recording =
  | { readonly kind: 'recorded'; readonly outcome: CommandOutcome }
  | { readonly kind: 'conflict'; readonly error: unknown }
  | { readonly kind: 'elsewhere'; readonly isOurs: boolean };

export interface CommandRecorderParts {
  readonly eventStore: Pick<EventStore, 'positionsAreConsecutive'>;
  readonly appender: CertainAppend;
  readonly loader: TicketLoader;
  readonly references: TicketReference;
  readonly registry: EventRegistry;
  readonly clock: Clock;
  readonly tally: CommandTally;
}

/** Seals a command's events behind the ticket's last one, appends them and keeps the new ticket. */
export class CommandRecorder {
  constructor(private readonly parts: CommandRecorderParts) {}

  async record(
    plan: CommandPlan,
    ticket: Ticket,
    { events, occurredAt }: Acceptance,
    lease: NumberLease,
  ): Promise<Recording> {
    const { appender, tally } = this.parts;
    const { stream } = plan;
    const rows = sealEvents(events, plan.process.versionOf, {
      stream,
      revision: ticket.revision,
      hash: ticket.hash,
      occurredAt,
      recordedAt: this.parts.clock.now().toISOString(),
      metadata: plan.metadata,
    });
    const expectedRevision = ticket.revision === ABSENT_REVISION ? 'no-stream' : ticket.revision;
    try {
      const result = await appender.append({ stream, expectedRevision, events: rows });
      if (result.kind === 'found') {
        if (result.wasLost) lease.markUsed();
        return { kind: 'elsewhere', isOurs: result.wasLost };
      }
      lease.markUsed();
      tally.appends += 1;
      tally.appendedEvents += rows.length;
      const outcome = await this.conclude(plan, ticket, rows, result.position);
      return { kind: 'recorded', outcome };
    } catch (error) {
      if (isRevisionConflict(error)) return { kind: 'conflict', error };
      if (hasErrorKind(error, 'unknown-outcome')) lease.markUsed();
      throw error;
    }
  }

  /**
   * The first outcome of a command that stands in the stream already. Cost: one read of the stream
   * up to it.
   */
  async recall(
    plan: CommandPlan,
    { lastRevision }: RecordedCommand,
    repeated: boolean,
  ): Promise<CommandOutcome> {
    const { definition } = plan.process;
    const events = await this.parts.loader.events(plan.stream, 0, lastRevision);
    const ticket = extendTicket(definition, absentTicket(definition, plan.id), events);
    const own = events.filter(({ event }) => event.commandId === plan.metadata.commandId);
    return outcomeOf(ticket, own, repeated);
  }

  /** The outcome of a command that was accepted and changed nothing. */
  unchanged(ticket: Ticket): CommandOutcome {
    return outcomeOf(ticket, [], false);
  }

  private async conclude(
    plan: CommandPlan,
    before: Ticket,
    rows: readonly EventToAppend[],
    lastPosition: bigint,
  ): Promise<CommandOutcome> {
    const { loader, references } = this.parts;
    const recorded = await this.asRecorded(plan.stream, before, rows, lastPosition);
    const ticket = extendTicket(plan.process.definition, before, recorded);
    loader.keep(ticket);
    if (before.revision === ABSENT_REVISION) {
      references.remember(ticket.process, numberOf(ticket.state), ticket.id);
    }
    return outcomeOf(ticket, recorded, false);
  }

  // What is folded is decoded from the stored text, as a later reader will: what the decider put
  // into its event but JSON cannot carry must not live on in the cache alone.
  private async asRecorded(
    stream: string,
    before: Ticket,
    rows: readonly EventToAppend[],
    lastPosition: bigint,
  ): Promise<readonly WeighedEvent[]> {
    const first = Number(before.revision) + 1;
    if (rows.length > 1 && this.parts.eventStore.positionsAreConsecutive !== true) {
      return this.readBack(stream, first, first + rows.length - 1);
    }
    const { registry } = this.parts;
    return rows.map((row, index) => {
      const position = lastPosition - BigInt(rows.length - 1 - index);
      return { event: registry.decode({ ...row, position }), bodyLength: row.body.length };
    });
  }

  private async readBack(
    stream: string,
    from: number,
    to: number,
  ): Promise<readonly WeighedEvent[]> {
    try {
      const events = await this.parts.loader.events(stream, from, to);
      if (events.length === to - from + 1) return events;
      throw new Error(`${to - from + 1 - events.length} events are missing`);
    } catch (cause) {
      throw new LedgerdeskError(
        'unknown-outcome.read-back',
        `the command took effect, but its events in ${stream} could not be read back; ` +
          'send it again with the same id for its outcome',
        { cause, details: { stream } },
      );
    }
  }
}

function outcomeOf(
  { id, stream, state, revision, position }: Ticket,
  events: readonly WeighedEvent[],
  repeated: boolean,
): CommandOutcome {
  return {
    id,
    number: numberOf(state),
    stream,
    state,
    revision,
    position,
    events: events.map(({ event }) => event),
    repeated,
  };
}
