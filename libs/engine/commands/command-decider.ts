import {
  decide,
  isRefusal,
  LedgerdeskError,
  type CompanionCommand,
  type DecisionContext,
  type NewEvent,
  type ProcessState,
  type Refusal,
} from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { NumberLease } from '../numbers/number-lease';
import { ABSENT_REVISION, numberOf, type Ticket } from '../tickets/ticket';
import type { TicketLoader } from '../tickets/ticket-loader';
import { missingTicket } from '../tickets/ticket-reference';
import type { CommandPlan } from './command-plan';
import type { RelatedThingsReader } from './related-things';

/**
 * A «yes»: the events that follow, and the commands to be recorded on other tickets before them.
 */
export interface Acceptance {
  /** Business time of the events. */
  readonly occurredAt: string;
  readonly events: readonly NewEvent[];
  readonly companions: readonly CompanionCommand[];
}

/** What a command leads to on the ticket as it was looked at; `error` is a «no». */
export type Verdict = Acceptance | { readonly error: LedgerdeskError };

/** Puts a command before its process's rules. Writes nothing. */
export class CommandDecider {
  constructor(
    private readonly loader: Pick<TicketLoader, 'current'>,
    private readonly related: RelatedThingsReader,
    private readonly clock: Clock,
  ) {}

  /** `target` is the ticket whose stream the events would go to. */
  async decide(plan: CommandPlan, target: Ticket, lease: NumberLease): Promise<Verdict> {
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
    const context = await this.contextOf(plan, ticket.state, lease);
    const decision = decide(
      process.definition,
      command.name,
      request.command,
      ticket.state,
      context,
    );
    if (isRefusal(decision)) return { error: refusalError(plan, ticket.state, decision) };
    const companions = command.definition.companions?.(
      request.command as Readonly<Record<string, unknown>>,
      ticket.state,
      context,
    );
    return {
      occurredAt: context.now,
      events: decision,
      companions: companions ?? NO_COMPANIONS,
    };
  }

  private async contextOf(
    plan: CommandPlan,
    state: ProcessState,
    lease: NumberLease,
  ): Promise<DecisionContext> {
    const related = await this.related.read(plan, state);
    return {
      id: plan.id,
      number: beginsStream(plan) ? await lease.take() : numberOf(state),
      actor: plan.request.actor,
      onBehalfOf: plan.request.onBehalfOf,
      now: plan.occurredAt ?? this.clock.now().toISOString(),
      policies: plan.process.definition.policies,
      ...related,
    };
  }
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
