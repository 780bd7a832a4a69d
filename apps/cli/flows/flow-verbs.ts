import type { Command } from 'commander';
import type { VerbContext } from '../verb';
import type {
  ActOptions,
  BacktestRange,
  FlowOptions,
  InstancesOptions,
  TimersOptions,
} from '../verbs/flows';
import type { WhyOptions } from '../verbs/why';

type Run = (
  verb: (context: VerbContext, ...args: never[]) => Promise<number>,
) => (...args: readonly unknown[]) => Promise<void>;

const URL_FLAG = '--url <url>';
const URL_HELP = 'of a running engine (default: works on the data folder itself)';

// As elsewhere, a verb is loaded when it is called.
const verbs = () => import('../verbs/flows');

/** Adds `why` and `flows …`. */
export function addFlowVerbs(program: Command, run: Run): void {
  program
    .command('why <id>')
    .description('why something happened to a ticket, and all that it led to, as a tree')
    .option('--event <event>', 'id of one of its events, or revision:N (default: the last)')
    .option('--depth <n>', 'length of the chain, and generations of effects', '100')
    .option('--limit <n>', 'effects in all', '500')
    .option(URL_FLAG, URL_HELP)
    .action(
      run(async (context, id: string, options: WhyOptions) =>
        (await import('../verbs/why')).why(context, id, options),
      ),
    );
  const flows = program
    .command('flows')
    .description('what carries work from one ticket to the next: look, and help what is stuck');
  addReadingVerbs(flows, run);
  addActs(flows, run);
  flows
    .command('replay <flow>')
    .description('make all its decisions again; exits 1 where one would differ')
    .action(run(async (context, flow: string) => (await verbs()).replay(context, flow)));
  flows
    .command('backtest <flow>')
    .description('what it would have done on recorded history; writes nothing')
    .option('--after <position>', 'begins behind this position of the log')
    .option('--until <position>', 'ends with this position of the log')
    .action(
      run(async (context, flow: string, range: BacktestRange) =>
        (await verbs()).backtest(context, flow, range),
      ),
    );
}

function addReadingVerbs(flows: Command, run: Run): void {
  flows
    .command('list')
    .description('which there are, and how many instances are open or parked')
    .option(URL_FLAG, URL_HELP)
    .action(
      run(async (context, options: FlowOptions) => (await verbs()).listFlows(context, options)),
    );
  flows
    .command('instances <flow>')
    .description('instances that are not over: what each waits for, and since when')
    .option('--status <status>', 'open or parked')
    .option('--limit <n>', 'rows of a page, 1 to 1000', '50')
    .option('--cursor <cursor>', 'goes on behind the page that gave it')
    .option(URL_FLAG, URL_HELP)
    .action(
      run(async (context, flow: string, options: InstancesOptions) =>
        (await verbs()).listInstances(context, flow, options),
      ),
    );
  flows
    .command('show <flow> <key>')
    .description('one instance with its commands, timers, state and history')
    .option(URL_FLAG, URL_HELP)
    .action(
      run(async (context, flow: string, key: string, options: FlowOptions) =>
        (await verbs()).showInstance(context, { flow, key }, options),
      ),
    );
  flows
    .command('timers')
    .description('timers that run, those that fall due first in front')
    .option('--flow <flow>', 'only those of this flow')
    .option('--limit <n>', 'rows of a page, 1 to 1000', '50')
    .option('--cursor <cursor>', 'goes on behind the page that gave it')
    .option(URL_FLAG, URL_HELP)
    .action(
      run(async (context, options: TimersOptions) => (await verbs()).listTimers(context, options)),
    );
}

type Stated = ActOptions & { readonly reason: string };

function addActs(flows: Command, run: Run): void {
  const act = (words: string, description: string): Command =>
    flows
      .command(words)
      .description(description)
      .option('--actor <name>', 'who does it (default: who is logged in here)')
      .option(URL_FLAG, URL_HELP);
  act('retry <flow> <key>', 'let a parked instance try again what it was parked for')
    .option('--reason <text>', 'why; the log keeps it')
    .action(
      run(async (context, flow: string, key: string, options: ActOptions) => {
        const reason = options.reason === undefined ? {} : { reason: options.reason };
        return (await verbs()).actOn(context, { flow, key }, { act: 'retry', ...reason }, options);
      }),
    );
  act('skip <flow> <key>', 'let a parked instance go on without what it was parked for')
    .requiredOption('--reason <text>', 'why; the log keeps it')
    .action(
      run(async (context, flow: string, key: string, options: Stated) =>
        (await verbs()).actOn(
          context,
          { flow, key },
          { act: 'skip', reason: options.reason },
          options,
        ),
      ),
    );
  act('compensate <flow> <key>', 'undo what it did from a step on, last first, and end it')
    .requiredOption('--step <step>', 'the first one to undo; `flows show` names them')
    .requiredOption('--reason <text>', 'why; the log keeps it')
    .action(
      run(async (context, flow: string, key: string, options: Stated & { step: string }) => {
        const { step, reason } = options;
        const compensation = { act: 'compensate', step, reason } as const;
        return (await verbs()).actOn(context, { flow, key }, compensation, options);
      }),
    );
  act('move-timer <flow> <key> <timer>', 'give a timer another time; a past one elapses at once')
    .requiredOption('--due-at <time>', 'when it is to fall due: a time with its offset')
    .requiredOption('--reason <text>', 'why; the log keeps it')
    .action(
      run(
        async (
          context,
          flow: string,
          key: string,
          timer: string,
          options: Stated & { dueAt: string },
        ) => {
          const { dueAt, reason } = options;
          const move = { act: 'move', timer, dueAt, reason } as const;
          return (await verbs()).actOn(context, { flow, key }, move, options);
        },
      ),
    );
}
