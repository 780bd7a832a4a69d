import {
  decide,
  isRefusal,
  LedgerdeskError,
  type CompanionCommand,
  type DecisionContext,
  type NewEvent,
  type PolicySet,
  type ProcessState,
  type Refusal,
} from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { NumberLease } from '../numbers/number-lease';
import type { PolicyBook } from '../policies/policy-book';
import { ABSENT_REVISION, numberOf, type Ticket } from '../tickets/ticket';
import type { TicketLoader } from '../tickets/ticket-loader';
import { missingTicket } from '../tickets/ticket-reference';
import { businessTimeOf } from './business-time';
import type { CommandPlan } from './command-plan';
import type { NamedTicketsCheck } from './named-tickets';
import type { RelatedThingsReader } from './related-things';

/**
 * A «yes»: the events that follow, and the commands to be recorded on other tickets before them.
 */
export interface Acceptance {
  /** Business time of the events. */
  readonly occurredAt: string;
  readonly events: readonly NewEvent[];
  readonly companions: readonly CompanionCommand[];
  /** Streams of the other tickets that were looked at for it. */
  readonly streams: readonly string[];
}

/** A «no». */
interface Rejection {
  readonly error: LedgerdeskError;
  readonly streams?: readonly string[];
}

/** What a command leads to on the ticket as it was looked at. */
export type Verdict = Acceptance | Rejection;

/** Puts a command before its process's rules. Writes nothing. */
export class CommandDecider {
  constructor(
    private readonly loader: Pick<TicketLoader, 'current'>,
    private readonly related: RelatedThingsReader,
    private readonly named: NamedTicketsCheck,
    private readonly clock: Clock,
    private readonly policies: Pick<PolicyBook, 'of' | 'atHand'>,
  ) {}

  /**
   * `target` is the ticket whose stream the events would go to. Waits only for what has to be
   * fetched: for most commands all is at hand.
   */
  async decide(
    plan: CommandPlan,
    target: Ticket,
    lease: Pick<NumberLease, 'take' | 'takeAtHand'>,
  ): Promise<Verdict> {
    const { process, command, addressed, request } = plan;
    const ticket =
      command.spawns && addressed !== undefined
        ? await this.loader.current(process.definition, addressed)
        : target;
    if (addressed !== undefined && ticket.revision === ABSENT_REVISION) {
      return { error: missingTicket(process.definition.name, request.ticket ?? addressed) };
    }
    const { expectedRevision } = request;
    if (expectedRevision !== undefined && expectedRevision !== ticket.revision) {
      return { error: pinnedConflict(ticket, expectedRevision) };
    }
    const time = this.clock.now().toISOString();
    const now = businessTimeOf(plan, ticket, time);
    if (typeof now !== 'string') return { error: now };
    const { things, streams } = await this.related.read(plan, ticket.state);
    const context: DecisionContext = {
      id: plan.id,
      number: beginsStream(plan) ? await numberFrom(lease) : numberOf(ticket.state),
      actor: request.actor,
      onBehalfOf: request.onBehalfOf,
      now,
      policies: await this.policiesOf(plan, time),
      ...things,
    };
    const decision = decide(
      process.definition,
      command.name,
      request.command,
      ticket.state,
      context,
    );
    if (isRefusal(decision)) {
      return { error: refusalError(plan, ticket.state, decision), streams };
    }
    const named = this.named.of(plan);
    const unknown = named.length === 0 ? undefined : await this.named.refusalOf(named);
    if (unknown !== undefined) {
      return { error: refusalError(plan, ticket.state, unknown), streams };
    }
    const companions = command.definition.companions?.(
      request.command as Readonly<Record<string, unknown>>,
      ticket.state,
      context,
    );
    return {
      occurredAt: context.now,
      events: decision,
      companions: companions ?? NO_COMPANIONS,
      streams,
    };
  }

  /** No promise where the tenant's policies have been read. */
  private policiesOf(
    { process: { definition }, request: { tenant } }: CommandPlan,
    time: string,
  ): PolicySet | Promise<PolicySet> {
    const moment = { tenant, time };
    return this.policies.atHand(definition, moment) ?? this.policies.of(definition, moment);
  }
}

/** No promise where the number is at hand. */
function numberFrom(lease: Pick<NumberLease, 'take' | 'takeAtHand'>): string | Promise<string> {
  return lease.takeAtHand() ?? lease.take();
}

const NO_COMPANIONS: readonly CompanionCommand[] = [];

/** Whether the command's events begin a stream of their own. */
export function beginsStream({ addressed, command }: CommandPlan): boolean {
  return addressed === undefined || command.spawns;
}

function refusalError(
  { process, command, addressed }: CommandPlan,
  state: ProcessState,
  { refused, message, details }: Refusal,
): LedgerdeskError {
  return new LedgerdeskError(refused, message, {
    details: {
      process: process.definition.name,
      command: command.name,
      ticket: addressed ?? null,
      state: state.state,
      ...details,
    },
  });
}

function pinnedConflict({ stream, revision }: Ticket, expected: bigint): LedgerdeskError {
  const actual = revision === ABSENT_REVISION ? 'no-stream' : String(revision);
  return new LedgerdeskError(
    'conflict.revision-pinned',
    `the command holds for revision ${expected} alone and the ticket stands at ${actual}; ` +
      'look at the ticket again and send a new command',
    { details: { stream, expected: String(expected), actual } },
  );
}
