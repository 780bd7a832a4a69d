import type { EventStore, StoredEvent } from '@ledgerdesk/event-store';
import {
  canonicalJson,
  GENESIS_HASH,
  hasErrorCode,
  isLedgerdeskError,
  type CommandMetadata,
  type EventOf,
  type EventRegistry,
  type RecordedEventOf,
} from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import type { CommandOutcome } from '../command-request';
import { CertainAppend } from '../commands/certain-append';
import { DEFAULT_COMMAND_LIMITS } from '../commands/command-limits';
import { sealEvents } from '../commands/event-sealing';
import { sha256, uuid5 } from '../ids';
import { type commandEvents } from './command-events';

/** What became of a command, as the log has it. */
export type RecordedCommandOutcome = RecordedEventOf<typeof commandEvents>;

/** A command whose outcome is to be recorded. */
export interface SettledCommand extends Omit<CommandMetadata, 'commandDigest'> {
  readonly process: string;
  readonly command: string;
  readonly ticket: string | null;
}

export interface CommandOutcomesOptions {
  readonly eventStore: EventStore;
  readonly registry: EventRegistry;
  readonly clock: Clock;
}

/** Others that record the same outcome at once, one after another. */
const TRIES_MAX = 10;
const MESSAGE_LENGTH_MAX = 1_000;

/**
 * What became of commands whose senders get no answer: a stream of its own for each command, whose
 * last event says it. What was accepted stays so; a refusal may be followed by another outcome,
 * where the command is sent again.
 */
export class CommandOutcomes {
  private readonly appender: CertainAppend;

  constructor(private readonly options: CommandOutcomesOptions) {
    this.appender = new CertainAppend(options.eventStore, DEFAULT_COMMAND_LIMITS);
  }

  /** The newest outcome; undefined where none is recorded. Cost: one read of one event. */
  async find(tenant: string, commandId: string): Promise<RecordedCommandOutcome | undefined> {
    const last = await this.last(streamOf(tenant, commandId));
    if (last === undefined) return undefined;
    return this.options.registry.decode(last) as RecordedCommandOutcome;
  }

  /** Resolves once the log says that the command was accepted. Idempotent. */
  accepted(command: SettledCommand, outcome: CommandOutcome): Promise<void> {
    return this.record(command, {
      type: 'CommandAccepted',
      data: {
        process: command.process,
        command: command.command,
        commandId: command.commandId,
        ticket: outcome.id,
        number: outcome.number,
        revision: outcome.revision.toString(),
        position: outcome.position.toString(),
        eventId: outcome.events.at(-1)?.id ?? null,
      },
    });
  }

  /** Resolves once the log says that the command was refused, unless it was accepted before. */
  refused(command: SettledCommand, error: unknown): Promise<void> {
    const isNamed = isLedgerdeskError(error);
    return this.record(command, {
      type: 'CommandRefused',
      data: {
        process: command.process,
        command: command.command,
        commandId: command.commandId,
        ticket: command.ticket,
        code: isNamed ? error.code : 'defect.unexpected',
        message: isNamed
          ? error.message.slice(0, MESSAGE_LENGTH_MAX)
          : 'the log of the server says it',
        details: isNamed ? recordable(error.details) : {},
      },
    });
  }

  private async record(
    command: SettledCommand,
    outcome: EventOf<typeof commandEvents>,
  ): Promise<void> {
    const stream = streamOf(command.tenant, command.commandId);
    for (let tries = 1; ; tries += 1) {
      const last = await this.last(stream);
      if (last?.type === 'CommandAccepted') return;
      try {
        await this.append(stream, command, outcome, last);
        return;
      } catch (error) {
        if (!hasErrorCode(error, 'conflict.revision') || tries >= TRIES_MAX) throw error;
      }
    }
  }

  private async append(
    stream: string,
    { process: _, command: __, ticket: ___, ...metadata }: SettledCommand,
    outcome: EventOf<typeof commandEvents>,
    last: StoredEvent | undefined,
  ): Promise<void> {
    const { clock, registry } = this.options;
    const at = clock.now().toISOString();
    const revision = last?.revision ?? -1n;
    const events = sealEvents([outcome], (type) => registry.definitionOf(type).version, {
      stream,
      revision,
      hash: last?.hash ?? GENESIS_HASH,
      occurredAt: at,
      recordedAt: at,
      metadata: {
        ...metadata,
        // Each outcome is a command to its own stream: its id is that of no other event.
        commandId: uuid5(`command-outcome ${stream} ${revision}`),
        commandDigest: sha256(canonicalJson(outcome.data)),
      },
    });
    const expectedRevision = last === undefined ? 'no-stream' : revision;
    await this.appender.append({ stream, expectedRevision, events });
  }

  private async last(stream: string): Promise<StoredEvent | undefined> {
    const newest = { direction: 'backwards', limit: 1 } as const;
    for await (const event of this.options.eventStore.readStream(stream, newest)) return event;
    return undefined;
  }
}

function streamOf(tenant: string, commandId: string): string {
  return `command-${uuid5(`command ${JSON.stringify([tenant, commandId])}`)}`;
}

/** As JSON has it: positions and times as text, nothing undefined. */
function recordable(details: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(
    JSON.stringify(details, (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    ),
  );
}
