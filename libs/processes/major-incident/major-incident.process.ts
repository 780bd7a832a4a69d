import { assembleProcess } from '../shared/process-assembly';
import { majorIncidentBlocks, majorIncidentDecider } from './major-incident.decider';
import { majorIncidentEvents } from './major-incident.events';
import { majorIncidentFactFolds, majorIncidentRecordFolds } from './major-incident.evolve';
import { majorIncidentGuards } from './major-incident.guards';
import { majorIncidentStates, majorIncidentTransitions } from './major-incident.lifecycle';
import { majorIncidentListing } from './major-incident.listing';
import type { MajorIncidentState } from './major-incident.state';
import { defaultMajorIncidentPolicies } from './policies/major-incident-policies';

/** Major incident management: one commander, a told public, and a review of what happened. */
export const majorIncidentProcess = assembleProcess<MajorIncidentState>({
  name: 'major-incident',
  plural: 'major-incidents',
  title: 'Major incident',
  numberPrefix: 'MI',
  summary:
    'An incident so grave that it is led by one person, from the proposal over the response to ' +
    'the review of what happened.',
  states: majorIncidentStates,
  transitions: majorIncidentTransitions,
  guards: majorIncidentGuards,
  commands: majorIncidentDecider.commands,
  events: majorIncidentEvents,
  initial: majorIncidentDecider.initial,
  blocks: majorIncidentBlocks,
  factFolds: majorIncidentFactFolds,
  recordFolds: majorIncidentRecordFolds,
  listing: majorIncidentListing,
  policies: defaultMajorIncidentPolicies,
});
