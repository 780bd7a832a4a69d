import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { defaultTicketPolicies } from '../policies/policy-set';
import { withNamedTickets } from '../shared/named-tickets';
import { incidentBlocks, incidentDecider } from './incident.decider';
import { incidentEvents } from './incident.events';
import { incidentGuards } from './incident.guards';
import { incidentStates, incidentTransitions } from './incident.lifecycle';
import { majorGuards } from './incident.major';
import { incidentListing } from './incident.listing';
import type { IncidentState } from './incident.state';

/** Incident management: to restore service as fast as possible, and to know how that went. */
export const incidentProcess: ProcessDefinition<IncidentState> = {
  name: 'incident',
  plural: 'incidents',
  title: 'Incident',
  numberPrefix: 'INC',
  summary:
    'An unplanned interruption of a service, or a loss of its quality, until it is restored.',
  lifecycle: {
    states: incidentStates,
    transitions: { ...incidentTransitions, ...incidentBlocks.transitions },
  },
  guards: { ...incidentGuards, ...majorGuards, ...incidentBlocks.guards },
  commands: withNamedTickets<IncidentState>(incidentDecider.commands),
  events: { ...incidentEvents, ...incidentBlocks.events },
  initial: incidentDecider.initial,
  evolve: incidentDecider.evolve,
  evolveFacts: incidentDecider.evolveFacts,
  listing: incidentListing,
  policies: defaultTicketPolicies,
};
