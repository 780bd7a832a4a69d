import type { EventStore } from '@ledgerdesk/event-store';
import { hasErrorKind, LedgerdeskError, POLICY_PROCESS } from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { CommandOutcome } from '../command-request';
import type { NumberLease } from '../numbers/number-lease';
import type { PolicyBook } from '../policies/policy-book';
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
import { recordedOf, sealingsOf, type Sealing } from './event-sealing';

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
  readonly clock: Clock;
  readonly policies: Pick<PolicyBook, 'note'>;
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
    const sealings = sealingsOf(events, plan.process.versionOf, {
      stream,
      revision: ticket.revision,
      hash: ticket.hash,
      occurredAt,
      recordedAt: this.parts.clock.now().toISOString(),
      metadata: plan.metadata,
    });
    const rows = sealings.map(({ row }) => row);
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
      // What was written needs no look at the log where its positions are known.
      const recorded =
        this.asRecorded(sealings, result.position) ??
        (await this.readBack(stream, ticket, sealings.length));
      return { kind: 'recorded', outcome: this.conclude(plan, ticket, recorded) };
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
    this.notePolicies(plan, events);
    const own = events.filter(({ event }) => event.commandId === plan.metadata.commandId);
    return outcomeOf(ticket, own, repeated);
  }

  /** The outcome of a command that was accepted and changed nothing. */
  unchanged(ticket: Ticket): CommandOutcome {
    return outcomeOf(ticket, [], false);
  }

  private conclude(
    plan: CommandPlan,
    before: Ticket,
    recorded: readonly WeighedEvent[],
  ): CommandOutcome {
    const { loader, references } = this.parts;
    const ticket = extendTicket(plan.process.definition, before, recorded);
    loader.keep(ticket);
    this.notePolicies(plan, recorded);
    if (before.revision === ABSENT_REVISION) {
      references.remember(ticket.process, numberOf(ticket.state), ticket.id);
    }
    return outcomeOf(ticket, recorded, false);
  }

  // What is published here counts for the next decision, before anybody reads it from the log.
  private notePolicies({ process }: CommandPlan, events: readonly WeighedEvent[]): void {
    if (process.definition.name !== POLICY_PROCESS) return;
    for (const { event } of events) this.parts.policies.note(event);
  }

  /** The events as they stand in the log; undefined where only the log knows their positions. */
  private asRecorded(
    sealings: readonly Sealing[],
    lastPosition: bigint,
  ): readonly WeighedEvent[] | undefined {
    const count = sealings.length;
    if (count > 1 && this.parts.eventStore.positionsAreConsecutive !== true) return undefined;
    return sealings.map((sealing, index) => ({
      event: recordedOf(sealing, lastPosition - BigInt(count - 1 - index)),
      bodyLength: sealing.row.body.length,
    }));
  }

  private async readBack(
    stream: string,
    before: Ticket,
    count: number,
  ): Promise<readonly WeighedEvent[]> {
    const from = Number(before.revision) + 1;
    const to = from + count - 1;
    try {
      const events = await this.parts.loader.events(stream, from, to);
      if (events.length === count) return events;
      throw new Error(`${count - events.length} events are missing`);
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
