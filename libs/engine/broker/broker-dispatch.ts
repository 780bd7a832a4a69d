import { LedgerdeskError, type ErrorCode } from '@ledgerdesk/kernel';
import type { MessageBroker } from '@ledgerdesk/messaging';
import type {
  CommandDispatch,
  FlowCommandReceipt,
  FlowCommandRequest,
} from '../flows/command-dispatch.port';
import { abortableDelay } from '../subscriptions/back-off';
import { messageOfFlowCommand } from './command-message';
import type { CommandOutcomes, RecordedCommandOutcome } from './command-outcomes';

export interface BrokerDispatchOptions {
  readonly broker: Pick<MessageBroker, 'publish'>;
  readonly outcomes: Pick<CommandOutcomes, 'find'>;
  /** So long the outcome is waited for; then the command is sent again. Default 30 s. */
  readonly timeoutMs?: number;
  /** The first wait between two looks, doubled up to 20 times of it. Default 10 ms. */
  readonly lookEveryMs?: number;
}

/**
 * Sends commands of flows by the broker to whichever process hosts theirs. The answer is not sent
 * back: the outcome is read from the log, where the receiver records it.
 */
export class BrokerDispatch implements CommandDispatch {
  constructor(private readonly options: BrokerDispatchOptions) {}

  /**
   * @throws LedgerdeskError what the receiver recorded as its reason to refuse;
   * `unknown-outcome.command` where nothing is known in time: to be sent again.
   */
  async send(request: FlowCommandRequest): Promise<FlowCommandReceipt> {
    const { broker, outcomes } = this.options;
    const before = await outcomes.find(request.tenant, request.id);
    if (before?.type === 'CommandAccepted') return receiptOf(before);
    await broker.publish([messageOfFlowCommand(request)]);
    const outcome = await this.outcomeBehind(before?.revision ?? -1n, request);
    if (outcome.type === 'CommandAccepted') return receiptOf(outcome);
    const { code, message, details } = outcome.data;
    throw new LedgerdeskError(code as ErrorCode, message, { details: asRecord(details) });
  }

  private async outcomeBehind(
    revision: bigint,
    { tenant, id }: FlowCommandRequest,
  ): Promise<RecordedCommandOutcome> {
    const { outcomes, timeoutMs = 30_000, lookEveryMs = 10 } = this.options;
    const until = performance.now() + timeoutMs;
    for (let waitMs = lookEveryMs; performance.now() < until;) {
      await abortableDelay(waitMs);
      const outcome = await outcomes.find(tenant, id);
      if (outcome !== undefined && outcome.revision > revision) return outcome;
      waitMs = Math.min(waitMs * 2, lookEveryMs * 20);
    }
    throw new LedgerdeskError(
      'unknown-outcome.command',
      `nothing is known of command ${id} after ${timeoutMs} ms; send it again under the same id`,
      { details: { commandId: id } },
    );
  }
}

function receiptOf({
  data,
}: Extract<RecordedCommandOutcome, { type: 'CommandAccepted' }>): FlowCommandReceipt {
  return {
    ticket: data.ticket,
    number: data.number,
    revision: BigInt(data.revision),
    position: BigInt(data.position),
    eventId: data.eventId,
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
