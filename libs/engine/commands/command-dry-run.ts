import type { EventStore } from '@ledgerdesk/event-store';
import { type EventRegistry, type ProcessDefinition, type RecordedEvent } from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { CommandRequest, DryRunOutcome } from '../command-request';
import type { NumberLease } from '../numbers/number-lease';
import {
  extendTicket,
  numberOf,
  streamOf,
  type Ticket,
  type WeighedEvent,
} from '../tickets/ticket';
import { TicketLoader } from '../tickets/ticket-loader';
import type { Acceptance, CommandDecider } from './command-decider';
import type { CommandLimits } from './command-limits';
import type { CommandPlan, CommandPlanner } from './command-plan';
import { earlierCommand, isTaken, takenError, tooDeep } from './command-settler';
import { companionError, type CompanionRequests } from './companion-requests';
import { sealEvents } from './event-sealing';

type SeenTickets = Pick<TicketLoader, 'current'>;

export interface CommandDryRunParts {
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly registry: EventRegistry;
  readonly clock: Clock;
  readonly planner: CommandPlanner;
  readonly companions: CompanionRequests;
  readonly deciderOver: (tickets: SeenTickets) => CommandDecider;
  readonly limits: Pick<CommandLimits, 'companionDepthMax'>;
}

/** Tickets that one dry run keeps at hand; those beyond are read again. */
const SEEN_TICKETS_MAX = 256;
const SEEN_EVENTS_MAX = 50_000;

/**
 * Decides a command and its companions as the pipeline would at this moment, and forgets it all:
 * nothing is appended, no number taken, no cache touched, the command's id stays unused. What
 * others write meanwhile is not waited for, so the real command may come out otherwise.
 */
export class CommandDryRun {
  constructor(private readonly parts: CommandDryRunParts) {}

  /** @throws LedgerdeskError what `CommandPipeline.execute` throws of the same request. */
  async run(request: CommandRequest): Promise<DryRunOutcome> {
    const { planner, eventStore, registry } = this.parts;
    const plan = await planner.plan(request);
    const loader = new TicketLoader(eventStore, registry, {
      cachedStreamsMax: SEEN_TICKETS_MAX,
      cachedEventsMax: SEEN_EVENTS_MAX,
    });
    return new DryRunTurn(this.parts, new TicketsAhead(loader)).outcomeOf(plan);
  }
}

/** The log's tickets, and those that the dry run has taken further. */
class TicketsAhead implements SeenTickets {
  private readonly ahead = new Map<string, Ticket>();

  constructor(private readonly loader: SeenTickets) {}

  async current(process: ProcessDefinition, id: string): Promise<Ticket> {
    return this.ahead.get(streamOf(process.name, id)) ?? this.loader.current(process, id);
  }

  takeFurther(ticket: Ticket): void {
    this.ahead.set(ticket.stream, ticket);
  }
}

interface Rehearsed {
  readonly ticket: Ticket;
  readonly events: readonly RecordedEvent[];
  readonly repeated: boolean;
}

class DryRunTurn {
  private readonly decider: CommandDecider;

  constructor(
    private readonly parts: CommandDryRunParts,
    private readonly tickets: TicketsAhead,
  ) {
    this.decider = parts.deciderOver(tickets);
  }

  async outcomeOf(plan: CommandPlan): Promise<DryRunOutcome> {
    const { ticket, events, repeated } = await this.rehearse(plan, 0);
    const { id, stream, state, revision } = ticket;
    return { id, stream, state, revision, number: numberOf(state), events, repeated };
  }

  private async rehearse(plan: CommandPlan, depth: number): Promise<Rehearsed> {
    const ticket = await this.current(plan);
    if (earlierCommand(plan, ticket) !== undefined) return { ticket, events: [], repeated: true };
    if (isTaken(plan, ticket)) throw takenError(plan, ticket);
    const verdict = await this.decider.decide(plan, ticket, unnumbered(plan));
    if ('error' in verdict) throw verdict.error;
    const before = await this.rehearseCompanions(plan, verdict, depth);
    const own = this.seal(plan, await this.current(plan), verdict);
    return { ticket: own.ticket, events: [...before, ...own.events], repeated: false };
  }

  private current(plan: CommandPlan): Promise<Ticket> {
    return this.tickets.current(plan.process.definition, plan.id);
  }

  private async rehearseCompanions(
    plan: CommandPlan,
    verdict: Acceptance,
    depth: number,
  ): Promise<readonly RecordedEvent[]> {
    if (verdict.companions.length === 0 || verdict.events.length === 0) return [];
    if (depth >= this.parts.limits.companionDepthMax) throw tooDeep(plan, depth);
    const events: RecordedEvent[] = [];
    for (const request of await this.parts.companions.of(plan, verdict)) {
      try {
        const companion = await this.parts.planner.plan(request, { isCompanion: true });
        events.push(...(await this.rehearse(companion, depth + 1)).events);
      } catch (error) {
        throw companionError(error, request);
      }
    }
    return events;
  }

  // Sealed and decoded as the real ones: what JSON cannot carry shows here, not later.
  private seal(
    plan: CommandPlan,
    ticket: Ticket,
    verdict: Acceptance,
  ): Omit<Rehearsed, 'repeated'> {
    const rows = sealEvents(verdict.events, plan.process.versionOf, {
      stream: plan.stream,
      revision: ticket.revision,
      hash: ticket.hash,
      occurredAt: verdict.occurredAt,
      recordedAt: this.parts.clock.now().toISOString(),
      metadata: plan.metadata,
    });
    const weighed: readonly WeighedEvent[] = rows.map((row) => ({
      event: this.parts.registry.decode({ ...row, position: 0n }),
      bodyLength: row.body.length,
    }));
    const further = extendTicket(plan.process.definition, ticket, weighed);
    this.tickets.takeFurther(further);
    return { ticket: further, events: weighed.map(({ event }) => event) };
  }
}

// Numbers are given out from 1 on, so that nobody takes this one for a ticket's.
function unnumbered({ process }: CommandPlan): Pick<NumberLease, 'take' | 'takeAtHand'> {
  const number = `${process.definition.numberPrefix}-000000`;
  return { takeAtHand: () => number, take: () => Promise.resolve(number) };
}
