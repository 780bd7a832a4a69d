import { isLastTry, LedgerdeskError, type ProcessDefinition } from '@ledgerdesk/kernel';
import type { IncomingMessage } from '@ledgerdesk/messaging';
import type { CommandRequest } from '../command-request';
import type { CommandPipeline } from '../commands/command-pipeline';
import type { CommandReviver } from '../flows/pipeline-dispatch';
import { noTracing, type Tracing } from '../tracing/tracing.port';
import { commandMessageOf, type CommandMessage } from './command-message';
import type { CommandOutcomes, SettledCommand } from './command-outcomes';

export interface BrokerCommandIntakeOptions {
  readonly commands: Pick<CommandPipeline, 'execute'>;
  readonly processes: ReadonlyMap<string, ProcessDefinition>;
  readonly outcomes: Pick<CommandOutcomes, 'accepted' | 'refused'>;
  readonly revive: CommandReviver;
  /** Whose commands they are that name no tenant. */
  readonly tenant: string;
  /** Version of the build, for the origin of commands that name none. */
  readonly version: string;
  readonly tracing?: Tracing;
}

/** Tries that count of a message before it goes to the dead letters. */
export const COMMAND_ATTEMPTS_MAX = 5;

/**
 * Hands commands from the broker to the same pipeline as those of people. The outcome is recorded
 * before the message is acknowledged: accepted ones beside their events, refused ones beside the
 * dead letter. A message that comes twice finds its first outcome.
 */
export class BrokerCommandIntake {
  constructor(private readonly options: BrokerCommandIntakeOptions) {}

  /**
   * @param attempt 1 at the first try; tries that failed by `unavailable` do not count
   * @throws LedgerdeskError `malformed.command-message`, and what the pipeline says.
   */
  async take(process: string, incoming: IncomingMessage, attempt: number): Promise<void> {
    const { outcomes, tenant, tracing = noTracing } = this.options;
    const message = commandMessageOf(incoming);
    const command = settledCommandOf(process, message, this.originOf(incoming, message), tenant);
    const { correlationId, commandId } = command;
    await tracing.within(
      () => ({
        name: `${incoming.topic} process`,
        kind: 'consumer',
        attributes: {
          'messaging.system': 'kafka',
          'messaging.destination.name': incoming.topic,
          'ledgerdesk.command': command.command,
        },
        follows: { correlationId, commandId },
      }),
      async () => {
        try {
          const outcome = await this.options.commands.execute(this.requestOf(command, message));
          await outcomes.accepted(command, outcome);
        } catch (error) {
          if (isLastTry(error, attempt, COMMAND_ATTEMPTS_MAX)) {
            await outcomes.refused(command, error);
          }
          throw error;
        }
      },
    );
  }

  private requestOf(
    { process, command, ticket, ...envelope }: SettledCommand,
    { body, occurredAt }: CommandMessage,
  ): CommandRequest {
    const type = this.options.processes.get(process)?.commands[command]?.type;
    if (type === undefined) throw unknownCommand(process, command);
    return {
      ...envelope,
      process,
      command: this.options.revive(type, body),
      ...(ticket !== null && { ticket }),
      ...(occurredAt !== undefined && { occurredAt }),
    };
  }

  private originOf(
    { topic }: IncomingMessage,
    { origin }: CommandMessage,
  ): SettledCommand['origin'] {
    return origin ?? { kind: 'api', id: topic, version: this.options.version };
  }
}

function settledCommandOf(
  process: string,
  message: CommandMessage,
  origin: SettledCommand['origin'],
  tenant: string,
): SettledCommand {
  const { commandId, command, ticket, actor, onBehalfOf, causationId } = message;
  return {
    ...{ process, command, ticket, commandId, actor, onBehalfOf, causationId, origin },
    tenant: message.tenant ?? tenant,
    correlationId: message.correlationId ?? commandId,
  };
}

function unknownCommand(process: string, command: string): LedgerdeskError {
  return new LedgerdeskError(
    'missing.command',
    `${process} has no command ${command}; /openapi.json lists those that there are`,
    { details: { process, command } },
  );
}
