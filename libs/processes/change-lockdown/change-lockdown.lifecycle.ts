import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a lockdown. */
export const changeLockdownStates = {
  draft: { title: 'Draft', category: 'open' },
  'awaiting-approval': { title: 'Awaiting approval', category: 'waiting' },
  enforced: { title: 'Enforced', category: 'waiting' },
  cancelled: { title: 'Cancelled', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a lockdown. */
export type ChangeLockdownLifecycleState = keyof typeof changeLockdownStates;

export const openLockdownStates = ['draft', 'awaiting-approval', 'enforced'] as const;

/**
 * What each command may do to the state of a lockdown. It ends only by being cancelled, is not used
 * again, and nothing deletes it.
 */
export const changeLockdownTransitions = {
  DraftChangeLockdown: { from: [null], to: ['draft'], guards: ['hasSoundEntries'] },
  SetChangeLockdownEntries: { from: ['draft'], guards: ['hasSoundEntries'] },
  SetChangeLockdownScope: { from: ['draft'] },
  PreviewChangeLockdown: { from: ['draft', 'awaiting-approval'] },
  SubmitChangeLockdown: {
    from: ['draft'],
    to: ['awaiting-approval'],
    guards: ['hasEntryToCome', 'areApproversApart'],
  },
  RevertChangeLockdown: { from: ['awaiting-approval'], to: ['draft'] },
  ApproveChangeLockdown: {
    from: ['awaiting-approval'],
    guards: ['isNotApproved', 'isApprover', 'isApproverApart'],
  },
  EnforceChangeLockdown: {
    from: ['awaiting-approval'],
    to: ['enforced'],
    guards: ['isApproved', 'hasEntryToCome'],
  },
  RecordChangeLockdownHold: { from: ['enforced'], guards: ['isNotRecordedYet'] },
  CancelChangeLockdown: { from: openLockdownStates, to: ['cancelled'] },
} as const satisfies Readonly<Record<string, Transition<ChangeLockdownLifecycleState>>>;
