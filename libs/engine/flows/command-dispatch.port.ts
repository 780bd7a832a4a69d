import type { Origin } from '@ledgerdesk/kernel';

/** A command of a flow on its way. The same id is one command, however often it is sent. */
export interface FlowCommandRequest {
  readonly id: string;
  readonly process: string;
  readonly ticket: string | null;
  /** Name of the command class. */
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly tenant: string;
  readonly actor: string;
  readonly origin: Origin;
  readonly correlationId: string;
  /** Id of the event that the flow reacted to. */
  readonly causationId: string | null;
}

/** The answer to an accepted command, the same each time it is sent. */
export interface FlowCommandReceipt {
  /** Id of the ticket that was addressed or created. */
  readonly ticket: string;
  readonly number: string;
  readonly revision: bigint;
  readonly position: bigint;
  /** Id of the command's last event; null where it led to none. */
  readonly eventId: string | null;
}

/**
 * Brings commands of flows to the same pipeline as those of people: in this process, or by a
 * broker.
 */
export interface CommandDispatch {
  /**
   * Resolves once the command's events are in the log.
   *
   * @throws LedgerdeskError what the pipeline says: `refused.*`, `missing.*`, `invalid.*` are
   * final; `unavailable.*`, `unknown-outcome.*`, `limit.*` and `conflict.*` may be sent again.
   */
  send(request: FlowCommandRequest): Promise<FlowCommandReceipt>;
}
