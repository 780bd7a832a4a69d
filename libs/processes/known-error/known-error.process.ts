import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { assembleProcess } from '../shared/process-assembly';
import { knownErrorBlocks } from './known-error.blocks';
import { knownErrorDecider, knownErrorGuards } from './known-error.decider';
import { knownErrorEvents } from './known-error.events';
import { knownErrorStates, knownErrorTransitions } from './known-error.lifecycle';
import { knownErrorListing } from './known-error.listing';
import {
  knownErrorFactFolds,
  knownErrorRecordFolds,
  type KnownErrorState,
} from './known-error.state';

/** Known errors: what the service desk has to know of problems that are not solved (yet). */
export const knownErrorProcess: ProcessDefinition<KnownErrorState> =
  assembleProcess<KnownErrorState>({
    name: 'known-error',
    plural: 'known-errors',
    title: 'Known error',
    numberPrefix: 'KE',
    summary: 'A problem that was analysed: how it shows itself, and how to live with it.',
    states: knownErrorStates,
    transitions: knownErrorTransitions,
    guards: knownErrorGuards,
    commands: knownErrorDecider.commands,
    events: knownErrorEvents,
    initial: knownErrorDecider.initial,
    blocks: knownErrorBlocks,
    factFolds: knownErrorFactFolds,
    recordFolds: knownErrorRecordFolds,
    listing: knownErrorListing,
    policies: {},
  });
