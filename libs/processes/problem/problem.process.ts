import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { customFieldsV1 } from '../policies/custom-fields';
import { defaultTicketPolicies } from '../policies/policy-set';
import { assembleProcess } from '../shared/process-assembly';
import { problemBlocks } from './problem.blocks';
import { problemDecider } from './problem.decider';
import { problemEvents } from './problem.events';
import { problemFactFolds, problemRecordFolds } from './problem.evolve';
import { problemGuards } from './problem.guards';
import { problemStates, problemTransitions } from './problem.lifecycle';
import { problemListing } from './problem.listing';
import type { ProblemState } from './problem.state';
import { verificationPeriodOf7Days } from './verification-period';

/** Problem management: to find why incidents happen, and to take the cause away or accept it. */
export const problemProcess: ProcessDefinition<ProblemState> = assembleProcess<ProblemState>({
  name: 'problem',
  plural: 'problems',
  title: 'Problem',
  numberPrefix: 'PRB',
  summary: 'A cause, or potential cause, of one or more incidents, until it is solved or accepted.',
  states: problemStates,
  transitions: problemTransitions,
  guards: problemGuards,
  commands: problemDecider.commands,
  events: problemEvents,
  initial: problemDecider.initial,
  blocks: problemBlocks,
  factFolds: problemFactFolds,
  recordFolds: problemRecordFolds,
  listing: problemListing,
  policies: {
    priorityMatrix: defaultTicketPolicies.priorityMatrix,
    customFields: customFieldsV1,
    verificationPeriod: verificationPeriodOf7Days,
  },
});
