import type { Origin, ProcessState, RecordedEvent } from '@ledgerdesk/kernel';

/** One command on its way to a ticket, with who sends it and why. */
export interface CommandRequest {
  /** Name of the process: `incident`. */
  readonly process: string;
  /** Id or number of the addressed ticket; absent for a command that creates one. */
  readonly ticket?: string;
  /** An instance of one of the process's command classes. Validated by the pipeline. */
  readonly command: object;
  /** 1 to 200 visible ASCII characters. The same id is one command, however often it is sent. */
  readonly commandId: string;
  /**
   * Only if the ticket's last event has this revision; another one is `conflict.revision-pinned`.
   */
  readonly expectedRevision?: bigint;
  readonly tenant: string;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  readonly origin: Origin;
  /** Default: the command's id. */
  readonly correlationId?: string;
  readonly causationId?: string | null;
  /** Business time; not in the future. Default: now. */
  readonly occurredAt?: string;
}

/** What became of an accepted command: the same answer each time it is sent. */
export interface CommandOutcome {
  readonly id: string;
  readonly number: string;
  readonly stream: string;
  /** The state right behind the command's last event. */
  readonly state: ProcessState;
  /** Revision and position of the command's last event (of the ticket's, where it led to none). */
  readonly revision: bigint;
  readonly position: bigint;
  readonly events: readonly RecordedEvent[];
  /** True where the command had been accepted before: nothing was appended now. */
  readonly repeated: boolean;
}

/** What an accepted command would lead to: nothing of it is recorded. */
export interface DryRunOutcome {
  readonly id: string;
  /** For a ticket that is not there yet the prefix with zeros: no number was taken. */
  readonly number: string;
  readonly stream: string;
  /** The state right behind the command's last event. */
  readonly state: ProcessState;
  readonly revision: bigint;
  /**
   * In the order in which they would be recorded, those of companions on other tickets first.
   * Positions are 0; ids and hashes are those of this run.
   */
  readonly events: readonly RecordedEvent[];
  /** True where the command was accepted before: sent again it would record nothing. */
  readonly repeated: boolean;
}

/** A ticket folded from its own stream: always current. */
export interface LoadedTicket<State extends ProcessState = ProcessState> {
  readonly process: string;
  readonly id: string;
  readonly stream: string;
  readonly state: State;
  readonly revision: bigint;
  readonly position: bigint;
  /** Hash of the last event: the `previousHash` of the next. */
  readonly hash: string;
}
