import { defineEvents, refuse, type ProcessState } from '@ledgerdesk/kernel';
import type { Block, TicketKind } from '../block';
import { defineCommand, nameCommand } from '../command-definition';
import { Unwatch, Watch } from '../commands/watchers.commands';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';

const WATCHERS_MAX = 200;

const watcherEvents = defineEvents({
  WatcherAdded: {
    version: 1,
    summary: 'Somebody began to watch the ticket.',
    fields: { watcher: 'text' },
  },
  WatcherRemoved: {
    version: 1,
    summary: 'Somebody watches the ticket no longer.',
    fields: { watcher: 'text' },
  },
});

export interface WatchersPart {
  readonly watchers: readonly string[];
}

const folds: Folds<WatchersPart, typeof watcherEvents> = {
  WatcherAdded: ({ watchers }, { data: { watcher } }) =>
    watchers.includes(watcher) ? {} : { watchers: [...watchers, watcher] },
  WatcherRemoved: ({ watchers }, { data: { watcher } }) =>
    watchers.includes(watcher) ? { watchers: watchers.filter((name) => name !== watcher) } : {},
};

/** People who want to hear of the ticket. */
export function watchersBlock<Title extends string>({
  title,
  name,
  activeStates,
  allStates,
}: TicketKind<Title>): Block<NamedEvents<Title, typeof watcherEvents>, WatchersPart> {
  const emit = emitterOf<typeof watcherEvents>(title);
  const watch = `Watch${title}`;
  const unwatch = `Unwatch${title}`;
  return {
    events: nameEvents(title, watcherEvents),
    initial: { watchers: [] },
    folds: nameFolds(title, folds),
    factFolds: {},
    guards: {},
    transitions: { [watch]: { from: activeStates }, [unwatch]: { from: allStates } },
    commands: {
      [watch]: defineCommand<WatchersPart & ProcessState, Watch>({
        type: nameCommand(watch, Watch),
        summary: 'Have somebody hear of the ticket.',
        route: 'watch',
        permission: `${name}:watch`,
        emits: [`${title}WatcherAdded`],
        example: { watcher: 'nadia.k' },
        decide: (command, { watchers }, { actor }) => {
          const watcher = command.watcher ?? actor;
          if (watchers.includes(watcher)) {
            return refuse('already-watching', `${watcher} watches the ticket already`);
          }
          return watchers.length >= WATCHERS_MAX
            ? refuse('too-many', `a ticket has at most ${WATCHERS_MAX} watchers`)
            : [emit('WatcherAdded', { watcher })];
        },
      }),
      [unwatch]: defineCommand<WatchersPart & ProcessState, Unwatch>({
        type: nameCommand(unwatch, Unwatch),
        summary: 'Have somebody hear of the ticket no longer.',
        route: 'unwatch',
        permission: `${name}:unwatch`,
        emits: [`${title}WatcherRemoved`],
        example: { watcher: 'nadia.k' },
        decide: (command, { watchers }, { actor }) => {
          const watcher = command.watcher ?? actor;
          return watchers.includes(watcher)
            ? [emit('WatcherRemoved', { watcher })]
            : refuse('not-watching', `${watcher} does not watch the ticket`, { watchers });
        },
      }),
    },
  };
}
