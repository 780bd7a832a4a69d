import type { DryRunOutcome } from '@ledgerdesk/engine';
import type { PolicyReference, RecordedEvent } from '@ledgerdesk/kernel';

/** What a client is told of a dry run: nothing of it was recorded. */
export interface DryRunAnswer {
  readonly dryRun: true;
  /** Of a new ticket only if the client named the command by an `Idempotency-Key`. */
  readonly id: string;
  /** Of a new ticket the prefix with zeros: no number was taken. */
  readonly number: string;
  /** State and revision of the ticket right behind the command's last event. */
  readonly state: string | null;
  readonly revision: string;
  /** The command was accepted before: sent again it would record nothing. */
  readonly repeated: boolean;
  /** In the order of recording, those of other tickets first. */
  readonly events: readonly DryRunEvent[];
}

/** An event as it would be recorded, without what only the log decides. */
export interface DryRunEvent {
  readonly type: string;
  readonly schemaVersion: number;
  readonly stream: string;
  readonly revision: string;
  readonly occurredAt: string;
  readonly policies: readonly PolicyReference[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** The body of a dry run's answer. */
export function dryRunAnswerOf(outcome: DryRunOutcome): DryRunAnswer {
  return {
    dryRun: true,
    id: outcome.id,
    number: outcome.number,
    state: outcome.state.state,
    revision: String(outcome.revision),
    repeated: outcome.repeated,
    events: outcome.events.map(dryRunEventOf),
  };
}

function dryRunEventOf(event: RecordedEvent): DryRunEvent {
  const { type, schemaVersion, stream, revision, occurredAt, policies, data } = event;
  return { type, schemaVersion, stream, revision: String(revision), occurredAt, policies, data };
}
