import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a policy. */
export const policyStates = {
  'in-force': { title: 'In force', category: 'waiting' },
  'under-review': { title: 'Under review', category: 'open' },
  retired: { title: 'Retired', category: 'done' },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a policy. */
export type PolicyLifecycleState = keyof typeof policyStates;

export const allPolicyStates = Object.keys(policyStates) as readonly PolicyLifecycleState[];

/** What each command may do to the state of a policy. */
export const policyTransitions = {
  IntroducePolicy: { from: [null], to: ['in-force'], guards: ['isKnownPolicy'] },
  ProposePolicyVersion: {
    from: ['in-force', 'under-review', 'retired'],
    to: ['under-review'],
    guards: ['hasSoundValue'],
  },
  WithdrawPolicyProposal: { from: ['under-review'], to: ['in-force', 'retired'] },
  PublishPolicyVersion: {
    from: ['under-review'],
    to: ['in-force'],
    guards: ['isProposalSound', 'isByAnotherPerson', 'isNotBackdated'],
  },
  AdoptPolicyPreset: {
    from: ['in-force'],
    guards: ['isWithoutReview', 'hasSoundValue', 'isNotBackdated'],
  },
  RollBackPolicy: {
    from: ['in-force'],
    guards: ['isWithoutReview', 'hasSoundValue', 'isNotBackdated'],
  },
  RetirePolicy: { from: ['in-force'], to: ['retired'], guards: ['isWithoutReview'] },
} as const satisfies Readonly<Record<string, Transition<PolicyLifecycleState>>>;
