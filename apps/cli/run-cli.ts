import { isLedgerdeskError, messageOf } from '@ledgerdesk/kernel';
import { CommanderError, type Command } from 'commander';
import type { CliIo } from './cli-io';
import { EXIT, exitCodeOf, isAbort } from './exit-codes';
import { toJson } from './output';
import { createProgram } from './program';

/**
 * Runs one command line and gives the exit code. Never throws: what went wrong is one readable line
 * on stderr, or a problem document with `--json`.
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = createProgram(io, (code) => (exitCode = code));
  forEachCommand(program, (command) => {
    command.exitOverride().configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => undefined,
    });
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    return report(error, args.includes('--json'), io);
  }
}

function report(error: unknown, isJson: boolean, { stderr }: CliIo): number {
  const { code, message, exitCode, details } = described(error);
  const type = `urn:ledgerdesk:problem:${code}`;
  stderr.write(
    isJson
      ? `${toJson({ ...details, type, code, detail: message, exitCode })}\n`
      : `ledgerdesk: ${message.replaceAll('\n', ' ')}\n`,
  );
  return exitCode;
}

interface Described {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

function described(error: unknown): Described {
  if (error instanceof CommanderError) {
    // Commander answers a call without a verb with the help text, which is on stderr already.
    const isHelp = error.code === 'commander.help';
    const message = isHelp
      ? 'give one of the commands above'
      : error.message.replace(/^error: /, '');
    return { code: 'malformed.command-line', message, exitCode: EXIT.usage };
  }
  if (isLedgerdeskError(error)) {
    const { code, message, details } = error;
    return { code, message, exitCode: exitCodeOf(error), details };
  }
  if (isAbort(error)) {
    const message = 'interrupted; what was done before stays';
    return { code: 'unavailable.interrupted', message, exitCode: EXIT.interrupted };
  }
  const message = messageOf(error);
  return { code: 'defect.unexpected', message, exitCode: EXIT.defect };
}

function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) forEachCommand(child, visit);
}
