import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { assembleProcess } from '../shared/process-assembly';
import { ciBlocks } from './configuration-item.blocks';
import { ciDecider } from './configuration-item.decider';
import { ciEvents } from './configuration-item.events';
import { ciFactFolds, ciRecordFolds } from './configuration-item.evolve';
import { ciStates, ciTransitions } from './configuration-item.lifecycle';
import { ciListing } from './configuration-item.listing';
import type { CIState } from './configuration-item.state';
import { configurationGuards } from './guards/configuration.guards';
import { lifeGuards } from './guards/life.guards';
import { relationGuards } from './guards/relation.guards';
import { defaultCIPolicies } from './policies/ci-policies';

/** Service configuration management: what there is, how it hangs together, and in whose hands. */
export const configurationItemProcess: ProcessDefinition<CIState> = assembleProcess<CIState>({
  name: 'configuration-item',
  plural: 'configuration-items',
  title: 'Configuration item',
  numberPrefix: 'CI',
  summary:
    'Anything that has to be under control to deliver a service, with its attributes, its ' +
    'relations, and as an asset its custody, from plan to disposal.',
  states: ciStates,
  transitions: ciTransitions,
  guards: { ...configurationGuards, ...relationGuards, ...lifeGuards },
  commands: ciDecider.commands,
  events: ciEvents,
  initial: ciDecider.initial,
  blocks: ciBlocks,
  factFolds: ciFactFolds,
  recordFolds: ciRecordFolds,
  listing: ciListing,
  policies: defaultCIPolicies,
});
