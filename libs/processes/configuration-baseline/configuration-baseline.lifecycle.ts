import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a baseline, in the order in which a board shows them. */
export const baselineStates = {
  current: { title: 'Current', category: 'open' },
  superseded: { title: 'Superseded', category: 'done', final: true },
  withdrawn: { title: 'Withdrawn', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a baseline. */
export type BaselineLifecycleState = keyof typeof baselineStates;

export const allBaselineStates = Object.keys(baselineStates) as readonly BaselineLifecycleState[];

/** What each command may do to the state of a baseline; its content never changes. */
export const baselineTransitions = {
  TakeBaseline: { from: [null], to: ['current'], guards: ['hasKnownItems'] },
  SupersedeBaseline: { from: ['current'], to: ['superseded'], guards: ['hasSuccessor'] },
  WithdrawBaseline: { from: ['current'], to: ['withdrawn'] },
} as const satisfies Readonly<Record<string, Transition<BaselineLifecycleState>>>;
