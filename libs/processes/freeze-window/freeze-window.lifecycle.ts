import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a freeze window. */
export const freezeWindowStates = {
  draft: { title: 'Draft', category: 'open' },
  'in-force': { title: 'In force', category: 'waiting' },
  ended: { title: 'Ended', category: 'done', final: true },
  cancelled: { title: 'Cancelled', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a freeze window. */
export type FreezeWindowLifecycleState = keyof typeof freezeWindowStates;

export const openFreezeStates = ['draft', 'in-force'] as const;

/** What each command may do to the state of a freeze window. */
export const freezeWindowTransitions = {
  DraftFreezeWindow: { from: [null], to: ['draft'], guards: ['hasSoundEntries'] },
  SetFreezeWindowEntries: { from: openFreezeStates, guards: ['hasSoundEntries'] },
  SetFreezeWindowScope: { from: openFreezeStates },
  NameFreezeWindowAuthorities: { from: openFreezeStates },
  PublishFreezeWindow: {
    from: ['draft'],
    to: ['in-force'],
    guards: ['hasAuthorityIfHard', 'hasEntryToCome'],
  },
  EndFreezeWindow: { from: ['in-force'], to: ['ended'] },
  CancelFreezeWindow: { from: ['draft'], to: ['cancelled'] },
} as const satisfies Readonly<Record<string, Transition<FreezeWindowLifecycleState>>>;
