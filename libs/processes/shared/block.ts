import type {
  CommandDefinition,
  EventDefinitions,
  Guard,
  ProcessState,
  Transition,
} from '@ledgerdesk/kernel';
import type { FoldTable } from './folding';

/** The process into which a block is built. */
export interface TicketKind<Title extends string = string> {
  /** In the names of commands and events: `Incident`. */
  readonly title: Title;
  /** In permissions and messages: `incident`. */
  readonly name: string;
  /** The states in which work on a ticket may still be recorded. */
  readonly activeStates: readonly string[];
  readonly allStates: readonly string[];
}

/**
 * A piece of a process that any ticket can have: its commands, their places in the lifecycle, its
 * events, its part of the state and how the events change it. A process joins the blocks that it
 * wants by {@link joinBlocks} and spreads the result into its own declaration.
 */
export interface Block<
  Events extends EventDefinitions = EventDefinitions,
  Part extends object = object,
> {
  readonly events: Events;
  readonly commands: Readonly<Record<string, CommandDefinition<Part & ProcessState>>>;
  readonly transitions: Readonly<Record<string, Transition>>;
  readonly guards: Readonly<Record<string, Guard<Part & ProcessState>>>;
  readonly initial: Part;
  readonly folds: FoldTable;
  /** The folds that lists and counters need too: none that makes a field grow. */
  readonly factFolds: FoldTable;
}

/** The commands of a block whose part of the state this is. */
export type BlockCommands<Part extends object> = Block<EventDefinitions, Part>['commands'];

type Intersection<Union> = (Union extends unknown ? (member: Union) => void : never) extends (
  member: infer Whole,
) => void
  ? Whole
  : never;

/** The events of all the blocks. */
export type EventsOf<Blocks extends readonly { readonly events: EventDefinitions }[]> =
  Intersection<Blocks[number]['events']>;

/** The parts of the state of all the blocks. */
export type PartsOf<Blocks extends readonly { readonly initial: object }[]> = Intersection<
  Blocks[number]['initial']
>;

type AnyBlock = Omit<Block, 'commands' | 'guards'> & {
  readonly commands: Readonly<Record<string, CommandDefinition<never>>>;
  readonly guards: Readonly<Record<string, Guard<never>>>;
};

/** One block made of several. */
export function joinBlocks<const Blocks extends readonly AnyBlock[]>(
  ...blocks: Blocks
): Block<EventsOf<Blocks> & EventDefinitions, PartsOf<Blocks> & object> {
  const join = (tables: readonly object[]): object => Object.assign({}, ...tables) as object;
  return {
    events: join(blocks.map((block) => block.events)),
    commands: join(blocks.map((block) => block.commands)),
    transitions: join(blocks.map((block) => block.transitions)),
    guards: join(blocks.map((block) => block.guards)),
    initial: join(blocks.map((block) => block.initial)),
    folds: join(blocks.map((block) => block.folds)),
    factFolds: join(blocks.map((block) => block.factFolds)),
  } as Block<EventsOf<Blocks> & EventDefinitions, PartsOf<Blocks> & object>;
}
