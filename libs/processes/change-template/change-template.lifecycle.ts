import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a template. */
export const changeTemplateStates = {
  proposed: { title: 'Proposed', category: 'open' },
  approved: { title: 'Approved', category: 'open' },
  published: { title: 'Published', category: 'waiting' },
  'under-review': { title: 'Under review', category: 'open' },
  retired: { title: 'Retired', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a template. */
export type ChangeTemplateLifecycleState = keyof typeof changeTemplateStates;

export const activeTemplateStates = [
  'proposed',
  'approved',
  'published',
  'under-review',
] as const satisfies readonly ChangeTemplateLifecycleState[];

/** Where its content may be edited: what is approved or published stays as it is. */
export const editableTemplateStates = ['proposed', 'under-review'] as const;

/** What each command may do to the state of a template. */
export const changeTemplateTransitions = {
  ProposeChangeTemplate: { from: [null], to: ['proposed'], guards: ['areVariablesKnown'] },
  SetChangeTemplateVariables: { from: editableTemplateStates, guards: ['areVariablesKnown'] },
  SetChangeTemplateImpact: { from: editableTemplateStates },
  ApproveChangeTemplate: {
    from: editableTemplateStates,
    to: ['approved'],
    guards: ['isComplete', 'isApproverApart'],
  },
  RejectChangeTemplate: { from: ['proposed', 'approved'], to: ['proposed', 'under-review'] },
  PublishChangeTemplate: { from: ['approved'], to: ['published'] },
  ReviewChangeTemplate: { from: ['published'], to: ['under-review'] },
  DemoteChangeTemplate: { from: ['published'], to: ['under-review'], guards: ['isBelowLimit'] },
  ConfirmChangeTemplate: { from: ['under-review'], to: ['published'], guards: ['isUnedited'] },
  RetireChangeTemplate: { from: activeTemplateStates, to: ['retired'] },
} as const satisfies Readonly<Record<string, Transition<ChangeTemplateLifecycleState>>>;
