import { LedgerdeskError, type CommandClass, type ProcessDefinition } from '@ledgerdesk/kernel';
import type { CommandPipeline } from '../commands/command-pipeline';
import type {
  CommandDispatch,
  FlowCommandReceipt,
  FlowCommandRequest,
} from './command-dispatch.port';

/** Makes an instance of a command class out of a recorded body. */
export type CommandReviver = (
  type: CommandClass,
  body: Readonly<Record<string, unknown>>,
) => object;

/** Fields of nested classes stay plain objects: enough for commands whose fields are flat. */
export const reviveFlatCommand: CommandReviver = (type, body) => Object.assign(new type(), body);

/** Hands commands of flows to the pipeline of this process. */
export class PipelineDispatch implements CommandDispatch {
  constructor(
    private readonly processes: ReadonlyMap<string, ProcessDefinition>,
    private readonly commands: Pick<CommandPipeline, 'execute'>,
    private readonly revive: CommandReviver = reviveFlatCommand,
  ) {}

  async send(request: FlowCommandRequest): Promise<FlowCommandReceipt> {
    const type = this.processes.get(request.process)?.commands[request.command]?.type;
    if (type === undefined) throw unknownCommand(request);
    const outcome = await this.commands.execute({
      process: request.process,
      ...(request.ticket !== null && { ticket: request.ticket }),
      command: this.revive(type, request.body),
      commandId: request.id,
      tenant: request.tenant,
      actor: request.actor,
      onBehalfOf: null,
      origin: request.origin,
      correlationId: request.correlationId,
      causationId: request.causationId,
    });
    return {
      ticket: outcome.id,
      number: outcome.number,
      revision: outcome.revision,
      position: outcome.position,
      eventId: outcome.events.at(-1)?.id ?? null,
    };
  }
}

function unknownCommand({ process, command }: FlowCommandRequest): LedgerdeskError {
  return new LedgerdeskError(
    'missing.command',
    `a flow sent ${command} to ${process}, which has no such command; run the build that has it`,
    { details: { process, command } },
  );
}
