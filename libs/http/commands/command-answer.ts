import type { CommandOutcome } from '@ledgerdesk/engine';
import { collectionPath, type CommandRoute } from './command-route';

/** What a client is told of an accepted command. Positions and revisions are text. */
export interface CommandAnswer {
  readonly id: string;
  readonly number: string;
  /** State of the ticket right behind the command's last event. */
  readonly state: string | null;
  readonly revision: string;
  /** Ask a list for this `minPosition` to see the command's effect in it. */
  readonly position: string;
  readonly commandId: string;
  readonly repeated: boolean;
  readonly events: readonly CommandAnswerEvent[];
}

export interface CommandAnswerEvent {
  readonly id: string;
  readonly type: string;
  readonly revision: string;
  readonly position: string;
}

/** The body of an accepted command's answer. Hot: no reflection, no replacer. */
export function commandAnswerOf(outcome: CommandOutcome, commandId: string): CommandAnswer {
  const events: CommandAnswerEvent[] = [];
  for (const { id, type, revision, position } of outcome.events) {
    events.push({ id, type, revision: String(revision), position: String(position) });
  }
  return {
    id: outcome.id,
    number: outcome.number,
    state: outcome.state.state,
    revision: String(outcome.revision),
    position: String(outcome.position),
    commandId,
    repeated: outcome.repeated,
    events,
  };
}

/** The headers that go with it. */
export function commandAnswerHeaders(
  route: CommandRoute,
  answer: CommandAnswer,
): Record<string, string> {
  const headers: Record<string, string> = {
    etag: `"${answer.revision}"`,
    'idempotency-key': answer.commandId,
  };
  if (route.makesTicket) headers['location'] = `${collectionPath(route.process)}/${answer.id}`;
  if (answer.repeated) headers['idempotency-replayed'] = 'true';
  return headers;
}
