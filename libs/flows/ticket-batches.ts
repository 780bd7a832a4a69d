/** Tickets of one batch: well within the commands that one decision may have. */
export const BATCH_TICKETS_MAX = 100;

/** Many tickets that get a command each, a batch of them at a time. */
export interface TicketBatches {
  /** The last batch that began. */
  readonly batch: readonly string[];
  /** The ticket whose outcome let it begin; null for the first batch. */
  readonly beganAfter: string | null;
  /** Sent a command that has no outcome yet. */
  readonly underWay: readonly string[];
  readonly queue: readonly string[];
}

/** Nothing is to be sent. */
export const noBatches: TicketBatches = { batch: [], beganAfter: null, underWay: [], queue: [] };

/** The first batch of these tickets. What was under way goes on; what still waited is dropped. */
export function beginBatches(
  { underWay }: Pick<TicketBatches, 'underWay'>,
  tickets: readonly string[],
): TicketBatches {
  const [batch, queue] = [tickets.slice(0, BATCH_TICKETS_MAX), tickets.slice(BATCH_TICKETS_MAX)];
  return { batch, beganAfter: null, underWay: [...underWay, ...batch], queue };
}

/** The command to one ticket has an outcome: the last of a batch lets the next one begin. */
export function settleTicket(batches: TicketBatches, ticket: unknown): TicketBatches {
  const underWay = batches.underWay.filter((other) => other !== ticket);
  if (underWay.length === batches.underWay.length) return batches;
  return underWay.length === 0
    ? { ...beginBatches({ underWay }, batches.queue), beganAfter: String(ticket) }
    : { ...batches, underWay };
}

/**
 * What is to be sent because of the outcome of one ticket. Outcomes may be folded some at a time
 * before the first of them is decided, so the batch belongs to the one that let it begin.
 */
export function batchAfter(
  { batch, beganAfter }: TicketBatches,
  ticket: unknown,
): readonly string[] {
  return beganAfter !== null && beganAfter === ticket ? batch : [];
}

/** Whether every ticket has had its outcome. */
export function areSettled({ underWay, queue }: TicketBatches): boolean {
  return underWay.length === 0 && queue.length === 0;
}
