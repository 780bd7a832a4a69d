import { policyNameOf, POLICY_PROCESS, type ProcessDefinition } from '@ledgerdesk/kernel';
import { defaultTicketPolicies } from '../policies/policy-set';
import { assembleProcess } from '../shared/process-assembly';
import { policyBlocks } from './policy.blocks';
import { onePersonPublishes } from './policy-publication';
import { policyCommands } from './policy.decider';
import { policyProcessEvents } from './policy.events';
import { policyGuards } from './policy.guards';
import { policyStates, policyTransitions } from './policy.lifecycle';
import {
  initialPolicy,
  policyFactFolds,
  policyRecordFolds,
  type PolicyState,
} from './policy.state';

/**
 * The rules that the organisation sets, as versions in the log. The policies of this process go by
 * their own names, not by roles; an engine adds those of all its processes and flows.
 */
export const policyProcess: ProcessDefinition<PolicyState> = assembleProcess<PolicyState>({
  name: POLICY_PROCESS,
  plural: 'policies',
  title: 'Policy',
  numberPrefix: 'POL',
  summary: 'A rule that the organisation sets, in versions; a decision keeps the one it used.',
  states: policyStates,
  transitions: policyTransitions,
  guards: policyGuards,
  commands: policyCommands,
  events: policyProcessEvents,
  initial: { ...initialPolicy, ...policyBlocks.initial },
  blocks: policyBlocks,
  factFolds: policyFactFolds,
  recordFolds: policyRecordFolds,
  listing: {
    version: 1,
    collection: {
      fields: {
        number: 'text',
        state: 'text',
        stateCategory: 'text',
        policy: 'text',
        version: 'number',
        effectiveFrom: 'text',
        proposedBy: 'text',
        openedAt: 'text',
        updatedAt: 'text',
      },
      timeFields: ['effectiveFrom'],
      textFields: ['number', 'policy', 'title'],
    },
    summarise: (facts) => ({
      number: facts.number,
      state: facts.state,
      stateCategory: facts.state === null ? null : policyStates[facts.state].category,
      policy: facts.policy,
      title: facts.title,
      version: facts.version,
      effectiveFrom: facts.effectiveFrom,
      proposedVersion: facts.proposedVersion,
      proposedBy: facts.proposedBy,
      builtIn: facts.builtIn,
      openedAt: facts.openedAt,
    }),
  },
  policies: Object.fromEntries(
    [...Object.values(defaultTicketPolicies), onePersonPublishes].map((policy) => [
      policyNameOf(policy),
      policy,
    ]),
  ),
});
