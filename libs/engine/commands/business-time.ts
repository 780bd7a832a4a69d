import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { Ticket } from '../tickets/ticket';
import type { CommandPlan } from './command-plan';

/** The earliest business time that a command may have on a ticket, and why. */
interface TimeBound {
  readonly earliest: string;
  readonly why: string;
}

/**
 * The business time of a command on the ticket as it stands. One that the sender gave is taken as
 * given or refused; that of a companion, and that of our clock, are never the command's own fault
 * and move up to the earliest that is allowed. An error `invalid.occurred-at` for a time before the
 * ticket was there and, where the command moves the ticket to another state, before the last such
 * move.
 */
export function businessTimeOf(
  plan: Pick<CommandPlan, 'command' | 'occurredAt' | 'isCompanion'>,
  ticket: Ticket,
  now: string,
): string | LedgerdeskError {
  const bound = boundOf(ticket, plan.command.moves);
  const time = plan.occurredAt ?? now;
  if (bound === undefined || time >= bound.earliest) return time;
  if (plan.occurredAt === undefined || plan.isCompanion) return bound.earliest;
  return new LedgerdeskError(
    'invalid.occurred-at',
    `the business time ${time} lies before ${bound.earliest}, when ${bound.why}; ` +
      'give that time or a later one',
    { details: { occurredAt: time, earliest: bound.earliest } },
  );
}

function boundOf({ beganAt, movedAt }: Ticket, moves: boolean): TimeBound | undefined {
  if (beganAt === undefined) return undefined;
  return moves && movedAt !== undefined && movedAt > beganAt
    ? { earliest: movedAt, why: 'the ticket came into its present state' }
    : { earliest: beganAt, why: 'the ticket began' };
}
