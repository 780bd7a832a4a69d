import { commandRoutesOf, type CommandRoute } from '@ledgerdesk/http';
import { LedgerdeskError, type ProcessDefinition } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { Command } from 'commander';
import type { CliIo } from '../cli-io';
import { commanderOption, fieldOptionsOf, fieldValue, jsonOf } from './field-options';

/** A command as it was typed. */
export interface CommandCall {
  readonly route: CommandRoute;
  /** Id or number; absent where the command begins a ticket. */
  readonly ticket: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  readonly sending: SendingOptions;
}

/** How to send it. */
interface SendingOptions {
  readonly actor?: string;
  readonly onBehalfOf?: string;
  readonly occurredAt?: string;
  readonly key?: string;
  readonly ifMatch?: string;
  readonly dryRun?: boolean;
  readonly url?: string;
}

interface TypedOptions extends SendingOptions {
  readonly jsonBody?: string;
}

type Typed = TypedOptions & Readonly<Record<string, string | boolean | readonly string[]>>;

/**
 * Reads `<process> <command> [ticket] [options]`. Every process, command and field comes from the
 * definitions; `--help` shows them. Only what was named is built, so that it costs nothing else.
 *
 * @throws LedgerdeskError `malformed.option`; CommanderError for a line that cannot be understood,
 * and once help was shown.
 */
export async function readCommandCall(words: readonly string[], io: CliIo): Promise<CommandCall> {
  const calls: CommandCall[] = [];
  const root = new Command('ledgerdesk run')
    .description('Send a command to a ticket, or begin one. --help after a process or a command.')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => undefined,
    });
  for (const process of processes) {
    const child = root.command(process.name).description(process.summary);
    if (process.name === words[0]) {
      addCommands(child, process, words[1], (call) => calls.push(call));
    }
  }
  await root.parseAsync([...words], { from: 'user' });
  const [call] = calls;
  if (call !== undefined) return call;
  throw new LedgerdeskError(
    'malformed.command-line',
    'name a process and a command: ledgerdesk run incident TakeIncident INC-000042',
  );
}

function addCommands(
  parent: Command,
  process: ProcessDefinition,
  chosen: string | undefined,
  onCall: (call: CommandCall) => void,
): void {
  for (const route of commandRoutesOf(process)) {
    const child = parent.command(route.name).description(route.definition.summary);
    if (route.segment !== null) child.alias(route.segment);
    if (chosen === route.name || chosen === route.segment) addOptions(child, route, onCall);
  }
}

function addOptions(
  child: Command,
  route: CommandRoute,
  onCall: (call: CommandCall) => void,
): void {
  const fields = fieldOptionsOf(route.definition);
  if (route.segment !== null) child.argument('<ticket>', 'its id or its number');
  for (const field of fields) child.addOption(commanderOption(field));
  child
    .option('--json-body <json>', 'the whole body, or what no option can say; options go before it')
    .option('--dry-run', 'show the events that would be recorded, and record none')
    .option('--if-match <revision>', 'only if the ticket still has this revision')
    .option('--key <key>', 'names the command: sent again it has no second effect')
    .option('--actor <name>', 'who sends it (default: who is logged in here)')
    .option('--on-behalf-of <name>', 'for whom the actor stands in')
    .option('--occurred-at <time>', 'when it happened, for a late entry')
    .option('--url <url>', 'of a running engine (default: works on the data folder itself)')
    .addHelpText('after', exampleOf(route))
    .action((...args: readonly unknown[]) => {
      const typed = child.opts<Typed>();
      const ticket = route.segment === null ? undefined : String(args[0]);
      const body = { ...bodyOf(typed.jsonBody) };
      for (const field of fields) {
        const value = typed[field.field];
        if (value !== undefined) body[field.field] = fieldValue(field, value);
      }
      onCall({ route, ticket, body, sending: typed });
    });
}

function exampleOf({ process, name, segment, definition }: CommandRoute): string {
  const ticket = segment === null ? '' : ` ${process.numberPrefix}-000042`;
  const body = JSON.stringify(definition.example);
  return `\nExample:\n  ledgerdesk run ${process.name} ${name}${ticket} --json-body '${body}'\n`;
}

function bodyOf(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  const body = jsonOf('--json-body', text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new LedgerdeskError('malformed.option', '--json-body is no JSON object; give { … }', {
    details: { option: '--json-body' },
  });
}
