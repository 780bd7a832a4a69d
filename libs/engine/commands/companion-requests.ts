import { commandNameOf, isLedgerdeskError, LedgerdeskError } from '@ledgerdesk/kernel';
import type { CommandRequest } from '../command-request';
import { streamOf } from '../tickets/ticket';
import type { TicketReference } from '../tickets/ticket-reference';
import { companionIdOf } from './command-digest';
import type { Acceptance } from './command-decider';
import type { CommandPlan } from './command-plan';

/** Turns a command's companions into requests whose ids derive from the command's own. */
export class CompanionRequests {
  constructor(private readonly references: TicketReference) {}

  /** Streams of the tickets that the companions go to; a number that no ticket has is left out. */
  async streamsOf(
    { request }: CommandPlan,
    { companions }: Pick<Acceptance, 'companions'>,
  ): Promise<readonly string[]> {
    const streams: string[] = [];
    for (const { process = request.process, ticket } of companions) {
      const id = await this.references.find(process, ticket);
      if (id !== undefined) streams.push(streamOf(process, id));
    }
    return streams;
  }

  async of(plan: CommandPlan, { companions, occurredAt }: Acceptance): Promise<CommandRequest[]> {
    const { request, metadata } = plan;
    const requests: CommandRequest[] = [];
    const ids = new Set<string>();
    for (const { process = request.process, ticket, command } of companions) {
      const id = await this.references.idOf(process, ticket);
      const commandId = freshId(ids, metadata.commandId, commandNameOf(command), id);
      requests.push({
        process,
        ticket: id,
        command,
        commandId,
        tenant: request.tenant,
        actor: request.actor,
        onBehalfOf: request.onBehalfOf,
        origin: request.origin,
        correlationId: metadata.correlationId,
        causationId: metadata.causationId,
        occurredAt,
      });
    }
    return requests;
  }
}

/** The error of a companion, saying that it was one. */
export function companionError(error: unknown, { ticket, command }: CommandRequest): unknown {
  if (!isLedgerdeskError(error)) return error;
  const companion = { ticket, command: commandNameOf(command) };
  return new LedgerdeskError(error.code, error.message, {
    cause: error,
    details: { ...error.details, companion },
  });
}

// The second companion of one name on one ticket gets an id of its own.
function freshId(taken: Set<string>, commandId: string, name: string, ticket: string): string {
  let id = companionIdOf(commandId, name, ticket);
  while (taken.has(id)) id = companionIdOf(id, name, ticket);
  taken.add(id);
  return id;
}
