import {
  commandNameOf,
  hasErrorCode,
  LedgerdeskError,
  utcTimeOf,
  type CommandMetadata,
} from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { CommandRequest } from '../command-request';
import { isUuid7 } from '../ids';
import { streamOf } from '../tickets/ticket';
import type { TicketReference } from '../tickets/ticket-reference';
import { commandDigest, ticketIdOf, ticketIdOfKey } from './command-digest';
import { invalidCommand, notCanonicalFields } from './command-validation';
import type { CommandEntry, ProcessEntry, ProcessTable } from './process-table';

const COMMAND_ID = /^[\x21-\x7e]{1,200}$/;
const NAME_LENGTH_MAX = 200;

/** A valid command with all that stays the same however often it is decided. */
export interface CommandPlan {
  readonly request: CommandRequest;
  readonly process: ProcessEntry;
  readonly command: CommandEntry;
  /** Id of the addressed ticket; absent for a command that begins one. */
  readonly addressed?: string;
  /** Names the ticket to begin, where the command carries such a key: its id derives from it. */
  readonly naturalKey?: string;
  /** Id of the ticket whose stream the events go to. */
  readonly id: string;
  readonly stream: string;
  /** Business time where the sender gave one; absent, it is the time of the decision. */
  readonly occurredAt?: string;
  /** Another command sends it ahead of itself, at its own business time. */
  readonly isCompanion: boolean;
  readonly metadata: CommandMetadata;
}

export interface CommandPlannerOptions {
  readonly processes: ProcessTable;
  readonly references: TicketReference;
  readonly clock: Clock;
  readonly clockToleranceMs: number;
}

/** The streams that a command concerns for certain: where it writes, and what it works on. */
export function ownStreams({ request, stream, addressed }: CommandPlan): readonly string[] {
  if (addressed === undefined) return [stream];
  const worksOn = streamOf(request.process, addressed);
  return worksOn === stream ? [stream] : [stream, worksOn];
}

/** Checks a request and finds out what it addresses. Writes nothing. */
export class CommandPlanner {
  constructor(private readonly options: CommandPlannerOptions) {}

  /**
   * @throws LedgerdeskError `missing.process`, `missing.command`, `missing.ticket`,
   * `invalid.command`, `invalid.command-id`, `invalid.occurred-at`, `invalid.sender`
   */
  async plan(
    given: CommandRequest,
    { isCompanion = false }: Partial<Pick<CommandPlan, 'isCompanion'>> = {},
  ): Promise<CommandPlan> {
    const process = this.options.processes.get(given.process);
    const command = commandOf(process, given.command);
    const request = inItsClass(given, command);
    assertSender(request);
    const errors = command.validate(request.command);
    if (errors.length > 0) throw invalidCommand(command.name, errors);
    const occurredAt =
      request.occurredAt === undefined ? undefined : this.normalised(request.occurredAt);
    const addressed = await this.addressed(request, command);
    const naturalKey = naturalKeyOf(request, command, addressed);
    const id = targetOf(request, command, { addressed, naturalKey });
    return {
      request,
      process,
      command,
      ...(addressed !== undefined && { addressed }),
      ...(naturalKey !== undefined && { naturalKey }),
      id,
      stream: streamOf(request.process, id),
      ...(occurredAt !== undefined && { occurredAt }),
      isCompanion,
      metadata: metadataOf(request, command.name, addressed ?? null),
    };
  }

  private async addressed(
    { process, ticket }: CommandRequest,
    { creates, name }: CommandEntry,
  ): Promise<string | undefined> {
    if (ticket !== undefined) return this.options.references.idOf(process, ticket);
    if (creates) return undefined;
    throw new LedgerdeskError(
      'missing.ticket',
      `${name} works on a ticket and none was named; give its id or number`,
      { details: { process } },
    );
  }

  private normalised(given: string): string {
    const now = this.options.clock.now();
    const time = utcTimeOf(given);
    if (time === undefined) {
      throw invalidOccurredAt(
        given,
        'is no instant; give ISO 8601 with Z or an offset, on a day that the calendar has',
      );
    }
    if (Date.parse(time) > now.getTime() + this.options.clockToleranceMs) {
      throw invalidOccurredAt(given, `lies in the future; it is ${now.toISOString()}`);
    }
    return time;
  }
}

// A process knows the commands of another one by name alone: its companions come in classes of its
// own, without the rules.
function inItsClass(request: CommandRequest, { definition }: CommandEntry): CommandRequest {
  const { type } = definition;
  if (request.command.constructor === type) return request;
  return { ...request, command: Object.assign(new type(), request.command) };
}

function commandOf(process: ProcessEntry, command: object): CommandEntry {
  const name = commandNameOf(command);
  const entry = process.commands.get(name);
  if (entry !== undefined) return entry;
  const known = [...process.commands.keys()];
  throw new LedgerdeskError(
    'missing.command',
    `${process.definition.name} has no command ${name}; it has ${known.join(', ')}`,
    { details: { process: process.definition.name, command: name, commands: known } },
  );
}

function naturalKeyOf(
  { command }: CommandRequest,
  { definition, spawns }: CommandEntry,
  addressed: string | undefined,
): string | undefined {
  if (addressed !== undefined && !spawns) return undefined;
  return definition.naturalKey?.(command as Readonly<Record<string, unknown>>);
}

function targetOf(
  { tenant, process, commandId }: CommandRequest,
  { spawns }: CommandEntry,
  { addressed, naturalKey }: Record<'addressed' | 'naturalKey', string | undefined>,
): string {
  if (addressed !== undefined && !spawns) return addressed;
  if (naturalKey !== undefined) return ticketIdOfKey(tenant, process, naturalKey);
  return isUuid7(commandId) ? commandId : ticketIdOf(tenant, process, commandId);
}

function metadataOf(
  request: CommandRequest,
  name: string,
  addressed: string | null,
): CommandMetadata {
  const { tenant, actor, onBehalfOf, process, command, commandId } = request;
  const identity = { tenant, actor, onBehalfOf, process, ticket: addressed, name, body: command };
  return {
    tenant,
    actor,
    onBehalfOf,
    origin: request.origin,
    correlationId: request.correlationId ?? commandId,
    causationId: request.causationId ?? null,
    commandId,
    commandDigest: digestOf(identity),
  };
}

function digestOf(identity: Parameters<typeof commandDigest>[0]): string {
  try {
    return commandDigest(identity);
  } catch (error) {
    if (!hasErrorCode(error, 'malformed.not-canonical')) throw error;
    throw invalidCommand(identity.name, notCanonicalFields(identity.body));
  }
}

function assertSender({ commandId, tenant, actor, onBehalfOf }: CommandRequest): void {
  if (!COMMAND_ID.test(commandId)) {
    throw new LedgerdeskError(
      'invalid.command-id',
      'the id of a command is 1 to 200 visible ASCII characters',
      { details: { length: commandId.length } },
    );
  }
  assertName('tenant', tenant);
  assertName('actor', actor);
  if (onBehalfOf !== null) assertName('onBehalfOf', onBehalfOf);
}

function assertName(field: string, name: string): void {
  if (name.length > 0 && name.length <= NAME_LENGTH_MAX && name.isWellFormed()) return;
  throw new LedgerdeskError(
    'invalid.sender',
    `${field} is not a name: give 1 to ${NAME_LENGTH_MAX} characters of well-formed Unicode`,
    { details: { field } },
  );
}

function invalidOccurredAt(given: string, fault: string): LedgerdeskError {
  const shown = given.slice(0, 40);
  return new LedgerdeskError('invalid.occurred-at', `the business time ${shown} ${fault}`, {
    details: { occurredAt: shown },
  });
}
