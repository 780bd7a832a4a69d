import { Argument, Command } from 'commander';
import type { CliIo } from './cli-io';
import { SHELLS, type Shell } from './completion/completion-script';
import { addFlowVerbs } from './flows/flow-verbs';
import { contextOf, type SharedOptions, type VerbContext } from './verb';
import type { GraphOptions } from './verbs/graph';
import type { HistoryOptions } from './verbs/history';
import type { ImportOptions } from './verbs/import';
import type { ListOptions } from './verbs/list';
import type { ServeOptions } from './verbs/serve';
import type { StoreCopyOptions } from './verbs/store-copy';
import type { VerifyOptions } from './verbs/verify';

/** Reports how the verb ended; called at most once. */
export type OnExit = (exitCode: number) => void;

// A verb is loaded when it is called, so that --help answers at once.
export function createProgram(io: CliIo, onExit: OnExit): Command {
  const program = new Command('ledgerdesk')
    .description('An event-sourced process engine for IT service management.')
    .option('--data <dir>', 'folder of the stores (default: DATA_DIR, or ./.ledgerdesk)')
    .option('--json', 'answer with JSON, for programs')
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError();
  const run: Run =
    (verb) =>
    async (...args) => {
      const command = args.at(-1) as Command;
      const context = contextOf(command.optsWithGlobals<SharedOptions>(), io);
      onExit(await verb(context, ...(args.slice(0, -1) as never[])));
    };
  addTicketVerbs(program, run);
  addFlowVerbs(program, run);
  addLogVerbs(program, run);
  addStoreVerbs(program, run);
  addCompletion(program, run);
  return program;
}

/** What commander calls with the arguments, the options and the command itself. */
type Action = (...args: readonly unknown[]) => Promise<void>;

type Run = (verb: (context: VerbContext, ...args: never[]) => Promise<number>) => Action;

const INSTANT = 'a time with its offset, a date, position:N or revision:N';

function addTicketVerbs(program: Command, run: Run): void {
  program
    .command('show <id>')
    .description('a ticket as it is now, by its id or its number')
    .action(run(async (context, id: string) => (await import('./verbs/show')).show(context, id)));
  program
    .command('run [words...]')
    .usage('<process> <command> [ticket] [options]')
    .description(
      'send a command to a ticket, or begin one; run <process> --help lists the commands',
    )
    .allowUnknownOption()
    .helpOption(false)
    .action(
      run(async (context, words: readonly string[]) =>
        (await import('./verbs/run')).run(context, words),
      ),
    );
  program
    .command('history <id>')
    .description('what happened to a ticket: who, when, and each field from what to what')
    .option('--at <instant>', `as it was then, with the events up to then: ${INSTANT}`)
    .option('--diff <instant>', `what changed from then to --at, or to now: ${INSTANT}`)
    .option('--known', 'times are when it was recorded, not when it happened')
    .option('--limit <n>', 'events of a page (default: 100, at most 1000)')
    .option('--after <revision>', 'goes on behind this revision')
    .option('--backwards', 'newest first')
    .action(
      run(async (context, id: string, options: HistoryOptions) =>
        (await import('./verbs/history')).history(context, id, options),
      ),
    );
  program
    .command('graph <id>')
    .description('what a ticket has to do with, both ways, as a tree')
    .option('--depth <n>', 'steps away from the ticket (default: 2, at most 20)')
    .option('--limit <n>', 'tickets in the answer (default: 200, at most 1000)')
    .option('--mermaid', 'a Mermaid diagram instead of a tree')
    .action(
      run(async (context, id: string, options: GraphOptions) =>
        (await import('./verbs/graph')).graph(context, id, options),
      ),
    );
  program
    .command('list')
    .description('the tickets of a process, one page')
    .option('--process <name>', 'which process', 'incident')
    .option('--all', 'the work of all processes instead')
    .option('--filter <filter>', 'field=value pairs with commas between, or the JSON of a filter')
    .option('--text <words>', 'words that must all occur, the last one as a prefix')
    .option('--sort <field>', 'a field, with a dash before it for descending')
    .option('--limit <n>', 'tickets of a page, 1 to 1000', '50')
    .option('--cursor <cursor>', 'goes on behind the page that gave it')
    .action(
      run(async (context, options: ListOptions) =>
        (await import('./verbs/list')).list(context, options),
      ),
    );
  program
    .command('stats')
    .description('how many events and tickets there are, and how they stand')
    .action(run(async (context) => (await import('./verbs/stats')).stats(context)));
}

function addLogVerbs(program: Command, run: Run): void {
  program
    .command('serve')
    .description('run the engine: REST, read models, live feed')
    .option('--port <port>', 'default: PORT, or 3000')
    .option('--host <host>', 'default: HOST, or 127.0.0.1')
    .action(async (options: ServeOptions, command: Command) => {
      const { data } = command.optsWithGlobals<SharedOptions>();
      await (await import('./verbs/serve')).serve(data, options);
    });
  program
    .command('import')
    .description('take over the history of another tool')
    .command('servicenow <file>')
    .description('an incident log of ServiceNow: CSV, plain or gzip')
    .option('--source <name>', 'name of the ServiceNow instance', 'servicenow')
    .action(
      run(async (context, file: string, options: ImportOptions) =>
        (await import('./verbs/import')).importFromServiceNow(context, file, options),
      ),
    );
  program
    .command('verify')
    .description('recompute every hash and walk every chain; exits 1 where a fault is found')
    .option('--stream <stream>', 'only this one, such as incident-<id>')
    .option('--anchor <position:digest>', 'the log up to there must be the one that gave it')
    .action(
      run(async (context, options: VerifyOptions) =>
        (await import('./verbs/verify')).verify(context, options),
      ),
    );
  const projections = program.command('projections').description('the read models');
  projections
    .command('list')
    .description('which there are, and how far each has come')
    .action(run(async (context) => (await import('./verbs/projections')).listProjections(context)));
  projections
    .command('rebuild <name>')
    .description('fold one anew from the first event, beside the one that serves')
    .action(
      run(async (context, name: string) =>
        (await import('./verbs/projections')).rebuild(context, name),
      ),
    );
  projections
    .command('accept-log')
    .description('say that the log was meant to be replaced; keeps what was folded from the former')
    .action(run(async (context) => (await import('./verbs/accept-log')).acceptLog(context)));
}

function addStoreVerbs(program: Command, run: Run): void {
  program
    .command('store')
    .description('event stores')
    .command('copy <from> <to>')
    .description('move a whole history to another event store; goes on where a former run ended')
    .option('--blobs-from <dir>', 'attachments of the source (default: beside an SQLite store)')
    .option('--blobs-to <dir>', 'attachments of the target (default: beside an SQLite store)')
    .option('--no-blobs', 'the events alone')
    .action(
      run(async (context, from: string, to: string, options: StoreCopyOptions) =>
        (await import('./verbs/store-copy')).copyStore(context, from, to, options),
      ),
    );
}

function addCompletion(program: Command, run: Run): void {
  program
    .command('completion')
    .description('a script that completes verbs, processes, commands, fields and flows')
    .addArgument(new Argument('<shell>', 'which shell it is for').choices(SHELLS))
    .action(
      run(async (context, shell: Shell) =>
        (await import('./verbs/completion')).completion(context, shell, program),
      ),
    );
}
