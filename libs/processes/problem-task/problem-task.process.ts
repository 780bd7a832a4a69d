import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { assembleProcess } from '../shared/process-assembly';
import { problemTaskBlocks } from './problem-task.blocks';
import { problemTaskDecider, problemTaskGuards } from './problem-task.decider';
import { problemTaskEvents } from './problem-task.events';
import { problemTaskStates, problemTaskTransitions } from './problem-task.lifecycle';
import { problemTaskListing } from './problem-task.listing';
import {
  problemTaskFactFolds,
  problemTaskRecordFolds,
  type ProblemTaskState,
} from './problem-task.state';

/** Problem tasks: the pieces of work of which a root cause analysis or a fix is made. */
export const problemTaskProcess: ProcessDefinition<ProblemTaskState> =
  assembleProcess<ProblemTaskState>({
    name: 'problem-task',
    plural: 'problem-tasks',
    title: 'Problem task',
    numberPrefix: 'PTASK',
    summary: 'A piece of work on a problem: to find its root cause, or another one.',
    states: problemTaskStates,
    transitions: problemTaskTransitions,
    guards: problemTaskGuards,
    commands: problemTaskDecider.commands,
    events: problemTaskEvents,
    initial: problemTaskDecider.initial,
    blocks: problemTaskBlocks,
    factFolds: problemTaskFactFolds,
    recordFolds: problemTaskRecordFolds,
    listing: problemTaskListing,
    policies: {},
  });
