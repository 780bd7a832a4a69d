import type {
  CommandDefinition,
  EventDefinitions,
  Guard,
  ProcessDefinition,
  ProcessState,
  StateDefinition,
  Transition,
} from '@ledgerdesk/kernel';
import { evolveWith, type FoldTable } from './folding';
import { withNamedTickets } from './named-tickets';

/** What blocks joined by `joinBlocks` bring into a process. */
interface JoinedBlocks {
  readonly events: EventDefinitions;
  readonly commands: Readonly<Record<string, CommandDefinition<never>>>;
  readonly transitions: Readonly<Record<string, Transition>>;
  readonly guards: Readonly<Record<string, Guard<never>>>;
  readonly folds: FoldTable;
  readonly factFolds: FoldTable;
}

/** A process as its folder declares it: its own part, and the blocks that it has built in. */
export interface ProcessParts<State extends ProcessState> extends Pick<
  ProcessDefinition<State>,
  | 'name'
  | 'plural'
  | 'title'
  | 'numberPrefix'
  | 'summary'
  | 'guards'
  | 'commands'
  | 'events'
  | 'initial'
  | 'listing'
  | 'policies'
> {
  readonly states: Readonly<Record<string, StateDefinition>>;
  readonly transitions: Readonly<Record<string, Transition>>;
  readonly blocks: JoinedBlocks;
  /** What events change of the facts that lists know. */
  readonly factFolds: FoldTable;
  /** What they change beyond: fields that grow. */
  readonly recordFolds?: FoldTable;
}

/** Puts a process together from its own part and its blocks. */
export function assembleProcess<State extends ProcessState>({
  states,
  transitions,
  blocks,
  factFolds,
  recordFolds = {},
  ...own
}: ProcessParts<State>): ProcessDefinition<State> {
  return {
    ...own,
    lifecycle: { states, transitions: { ...transitions, ...blocks.transitions } },
    guards: { ...own.guards, ...blocks.guards } as ProcessDefinition<State>['guards'],
    commands: withNamedTickets<State>({
      ...own.commands,
      ...(blocks.commands as ProcessDefinition<State>['commands']),
    }),
    events: { ...own.events, ...blocks.events },
    evolve: evolveWith<State>(own.initial, blocks.folds, factFolds, recordFolds),
    evolveFacts: evolveWith<State>(own.initial, blocks.factFolds, factFolds),
  };
}
