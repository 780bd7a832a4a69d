import type { CommandRequest } from '@ledgerdesk/engine';
import { LedgerdeskError } from '@ledgerdesk/kernel';

/** Who sends a command, to which ticket, and why: what the command itself does not say. */
export type CommandEnvelope = Omit<CommandRequest, 'process' | 'command'>;

const ENVELOPE = Symbol('ledgerdesk.command-envelope');

interface Enveloped {
  [ENVELOPE]?: CommandEnvelope;
}

/**
 * Lets a command carry its request over the command bus, which hands on nothing but the command.
 * Kept under a symbol, so that neither validation nor the digest sees it.
 */
export function withRequest<Command extends object>(
  command: Command,
  envelope: CommandEnvelope,
): Command {
  (command as Enveloped)[ENVELOPE] = envelope;
  return command;
}

/** @throws LedgerdeskError `defect.request-missing` for a command that went out without one. */
export function requestOf(process: string, command: object): CommandRequest {
  const envelope = (command as Enveloped)[ENVELOPE];
  if (envelope !== undefined) return { ...envelope, process, command };
  throw new LedgerdeskError(
    'defect.request-missing',
    `${command.constructor.name} came over the command bus without a request; send withRequest(command, …)`,
    { details: { command: command.constructor.name } },
  );
}
