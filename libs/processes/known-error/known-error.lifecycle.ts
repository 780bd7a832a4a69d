import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a known error, in the order in which a board shows them. */
export const knownErrorStates = {
  draft: { title: 'Draft', category: 'open' },
  published: { title: 'Published', category: 'open' },
  superseded: { title: 'Superseded', category: 'done', final: true },
  retired: { title: 'Retired', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a known error. */
export type KnownErrorLifecycleState = keyof typeof knownErrorStates;

export const allKnownErrorStates = Object.keys(
  knownErrorStates,
) as readonly KnownErrorLifecycleState[];

export const currentKnownErrorStates = ['draft', 'published'] as const;

/** What each command may do to the state of a known error, beside those of the blocks. */
export const knownErrorTransitions = {
  DraftKnownError: { from: [null], to: ['draft'], guards: ['hasProblem'] },
  PublishKnownError: {
    from: ['draft'],
    to: ['published'],
    guards: ['hasCauseOrWorkaround', 'isWorkaroundOfNow'],
  },
  SupersedeKnownError: { from: ['published'], to: ['superseded'], guards: ['hasSuccessor'] },
  RecordKnownErrorPredecessor: { from: ['published'] },
  // A draft that nobody wants is retired as well.
  RetireKnownError: { from: currentKnownErrorStates, to: ['retired'] },
  MoveKnownError: { from: allKnownErrorStates },
} as const satisfies Readonly<Record<string, Transition<KnownErrorLifecycleState>>>;
