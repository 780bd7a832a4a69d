import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { CommandOutcome } from '../command-request';
import { NumberLease, type NumberAllocators } from '../numbers/number-lease';
import type { BackOff } from '../subscriptions/back-off';
import {
  ABSENT_REVISION,
  absentTicket,
  numberOf,
  type RecordedCommand,
  type Ticket,
} from '../tickets/ticket';
import type { TicketLoader } from '../tickets/ticket-loader';
import {
  beginsStream,
  type Acceptance,
  type CommandDecider,
  type Verdict,
} from './command-decider';
import type { CommandLimits } from './command-limits';
import type { CommandPlan, CommandPlanner } from './command-plan';
import type { CommandRecorder, Recording } from './command-recorder';
import { companionError, type CompanionRequests } from './companion-requests';
import type { CommandTally } from './command-metrics';

export interface CommandSettlerParts {
  readonly loader: TicketLoader;
  readonly numbers: NumberAllocators;
  readonly decider: CommandDecider;
  readonly recorder: CommandRecorder;
  readonly companions: CompanionRequests;
  readonly planner: CommandPlanner;
  readonly tally: CommandTally;
  readonly limits: CommandLimits;
  readonly pause: Pick<BackOff, 'random' | 'delay'>;
}

/** A ticket, and whether it was read from the log just now or may be behind it. */
interface Look {
  readonly ticket: Ticket;
  readonly isCurrent: boolean;
}

/** What came of a turn: the outcome, or further streams that must be held to decide. */
export type Settlement = { readonly kind: 'recorded'; readonly outcome: CommandOutcome } | HoldMore;

interface HoldMore {
  readonly kind: 'hold-more';
  readonly streams: readonly string[];
}

/** The streams that are this command's alone for the time being, and whose companion it is. */
interface Turn {
  readonly held: ReadonlySet<string>;
  readonly depth: number;
}

type Step = Recording | HoldMore | { readonly kind: 'look-again' };

const LOOK_AGAIN: Step = { kind: 'look-again' };

/**
 * Carries a planned command to its outcome: recall it, or decide and record it, again on conflict.
 */
export class CommandSettler {
  constructor(private readonly parts: CommandSettlerParts) {}

  /** The caller holds the streams `held`, the command's own among them. */
  settle(plan: CommandPlan, held: ReadonlySet<string>): Promise<Settlement> {
    return this.settleIn({ held, depth: 0 }, plan);
  }

  private async settleIn(turn: Turn, plan: CommandPlan): Promise<Settlement> {
    const lease = new NumberLease(this.parts.numbers, plan.process.definition.name);
    try {
      return await this.settleWith(plan, lease, turn);
    } finally {
      lease.end();
    }
  }

  private async settleWith(plan: CommandPlan, lease: NumberLease, turn: Turn): Promise<Settlement> {
    let look = await this.firstLook(plan);
    let conflicts = 0;
    let mayBeOurs = false;
    for (;;) {
      const earlier = earlierCommand(plan, look.ticket);
      if (earlier !== undefined) {
        const outcome = await this.parts.recorder.recall(plan, earlier, !mayBeOurs);
        return { kind: 'recorded', outcome };
      }
      if (isTaken(plan, look.ticket)) throw takenError(plan, await this.currentTicket(plan));
      const step = await this.tryOnce(plan, look, lease, turn);
      if (step.kind === 'recorded' || step.kind === 'hold-more') return step;
      if (step.kind !== 'look-again') {
        mayBeOurs ||= step.kind === 'elsewhere' && step.isOurs;
        conflicts += 1;
        await this.afterConflict(plan, conflicts);
      }
      look = { ticket: await this.currentTicket(plan), isCurrent: true };
    }
  }

  private async tryOnce(
    plan: CommandPlan,
    { ticket, isCurrent }: Look,
    lease: NumberLease,
    turn: Turn,
  ): Promise<Step> {
    const { decider, recorder } = this.parts;
    const verdict = await decider.decide(plan, ticket, lease);
    const missing = plan.command.isJoint ? await this.notHeld(plan, verdict, turn) : undefined;
    if (missing !== undefined) return missing;
    // What no append guards (a «no», a companion) counts only on the ticket as of now.
    if (!isCurrent && !isGuardedByAppend(verdict)) return LOOK_AGAIN;
    if ('error' in verdict) throw verdict.error;
    if (verdict.events.length === 0) {
      return { kind: 'recorded', outcome: recorder.unchanged(existing(plan, ticket)) };
    }
    if (verdict.companions.length > 0) {
      const further = await this.sendCompanions(plan, verdict, turn);
      if (further !== undefined) return further;
    }
    return recorder.record(plan, ticket, verdict, lease);
  }

  private async firstLook(plan: CommandPlan): Promise<Look> {
    const cached = this.parts.loader.cached(plan.stream);
    if (cached !== undefined) return { ticket: cached, isCurrent: false };
    // A new ticket is taken to be new without a look: the append at no-stream finds out otherwise.
    // A key of the outside world is looked for: whoever sends it may well have sent it before.
    if (plan.addressed === undefined && plan.naturalKey === undefined) {
      return { ticket: absentTicket(plan.process.definition, plan.id), isCurrent: false };
    }
    return { ticket: await this.currentTicket(plan), isCurrent: true };
  }

  private currentTicket(plan: CommandPlan): Promise<Ticket> {
    return this.parts.loader.current(plan.process.definition, plan.id);
  }

  private async notHeld(
    plan: CommandPlan,
    verdict: Verdict,
    { held }: Turn,
  ): Promise<HoldMore | undefined> {
    const sent = 'error' in verdict ? [] : await this.parts.companions.streamsOf(plan, verdict);
    const concerned = [...(verdict.streams ?? []), ...sent];
    const streams = concerned.filter((stream) => !held.has(stream));
    return streams.length === 0 ? undefined : { kind: 'hold-more', streams };
  }

  // Not through the queue of the companion's stream: it is this command's own for this turn. What
  // a companion needs beyond that starts the turn again; those sent by then are recalled.
  private async sendCompanions(
    plan: CommandPlan,
    verdict: Acceptance,
    { held, depth }: Turn,
  ): Promise<HoldMore | undefined> {
    if (depth >= this.parts.limits.companionDepthMax) throw tooDeep(plan, depth);
    for (const request of await this.parts.companions.of(plan, verdict)) {
      try {
        const companion = await this.parts.planner.plan(request, { isCompanion: true });
        const settlement = await this.settleIn({ held, depth: depth + 1 }, companion);
        if (settlement.kind === 'hold-more') return settlement;
      } catch (error) {
        throw companionError(error, request);
      }
    }
    return undefined;
  }

  private async afterConflict(plan: CommandPlan, conflicts: number): Promise<void> {
    const { pause, limits, tally } = this.parts;
    tally.conflicts += 1;
    if (conflicts > limits.conflictRetriesMax) throw tooManyConflicts(plan, conflicts);
    // The first time the other one is done already; again and again, they are in step.
    if (conflicts > 1) await pause.delay(Math.round(pause.random() * limits.conflictDelayMs));
  }
}

function isGuardedByAppend(verdict: Verdict): boolean {
  return !('error' in verdict) && verdict.events.length > 0 && verdict.companions.length === 0;
}

/** @throws LedgerdeskError `invalid.command-id-reused` */
export function earlierCommand(plan: CommandPlan, ticket: Ticket): RecordedCommand | undefined {
  const earlier = ticket.commands.get(plan.metadata.commandId);
  if (earlier !== undefined && earlier.digest !== plan.metadata.commandDigest) {
    throw reusedId(plan);
  }
  return earlier;
}

/** Whether the ticket that the command begins is there already. */
export function isTaken(plan: CommandPlan, ticket: Ticket): boolean {
  return beginsStream(plan) && ticket.revision !== ABSENT_REVISION;
}

/** `refused.exists`, or `invalid.command-id-reused` where no natural key names the ticket. */
export function takenError(plan: CommandPlan, ticket: Ticket): LedgerdeskError {
  if (plan.naturalKey === undefined) return reusedId(plan);
  const { name } = plan.process.definition;
  const { state } = ticket.state;
  const number = numberOf(ticket.state);
  return new LedgerdeskError(
    'refused.exists',
    `${number} is the ${name} of this key already, in state ${String(state)}; work on that one, or ` +
      'give a key of its own to what is another matter',
    {
      details: { process: name, command: plan.command.name, ticket: ticket.id, number, state },
    },
  );
}

function existing(plan: CommandPlan, ticket: Ticket): Ticket {
  if (ticket.revision !== ABSENT_REVISION) return ticket;
  throw new LedgerdeskError(
    'defect.no-events',
    `${plan.command.name} begins a ticket but led to no event`,
    { details: { command: plan.command.name } },
  );
}

function reusedId({ metadata, stream }: CommandPlan): LedgerdeskError {
  return new LedgerdeskError(
    'invalid.command-id-reused',
    `the command id ${metadata.commandId} belongs to another command on ${stream}; ` +
      'give each command an id of its own',
    { details: { commandId: metadata.commandId, stream } },
  );
}

function tooManyConflicts({ stream }: CommandPlan, decisions: number): LedgerdeskError {
  return new LedgerdeskError(
    'conflict.revision',
    `others wrote to ${stream} first, ${decisions} times in a row; nothing was written, try again`,
    { details: { stream, decisions } },
  );
}

/** `defect.companion-depth` */
export function tooDeep({ command }: CommandPlan, depth: number): LedgerdeskError {
  return new LedgerdeskError(
    'defect.companion-depth',
    `${command.name} is companion number ${depth} in a row and asks for one more; companions may ` +
      'not go in circles',
    { details: { command: command.name, depth } },
  );
}
