import type { ListingDefinition } from '@ledgerdesk/kernel';
import type { MajorIncidentState } from './major-incident.state';

/** How major incidents stand in their list, and by what they are found there. */
export const majorIncidentListing: ListingDefinition<MajorIncidentState> = {
  version: 1,
  collection: {
    fields: {
      number: 'text',
      state: 'text',
      stateCategory: 'text',
      severity: 'number',
      commander: 'text',
      incident: 'text',
      service: 'text',
      communication: 'text',
      nextUpdateDueAt: 'text',
      reviewOwner: 'text',
      reviewDueAt: 'text',
      openedAt: 'text',
      updatedAt: 'text',
      declaredAt: 'text',
      resolvedAt: 'text',
    },
    compoundIndexes: [
      ['state', 'severity'],
      ['stateCategory', 'severity'],
      ['commander', 'stateCategory'],
    ],
    timeFields: ['nextUpdateDueAt', 'reviewDueAt', 'declaredAt', 'resolvedAt'],
    textFields: ['number', 'title', 'incidentNumber', 'service'],
  },
  references: [
    { fact: 'incident', type: 'major-incident-of', inverse: 'handled-as', targetKind: 'incident' },
  ],
  summarise: (facts) => ({
    number: facts.number,
    title: facts.title,
    severity: facts.severity,
    commander: facts.commander,
    incident: facts.incident,
    incidentNumber: facts.incidentNumber,
    service: facts.service,
    rule: facts.rule,
    isEscalated: facts.isEscalated,
    communication: facts.communication,
    nextUpdateDueAt: Object.values(facts.updatesDue).sort()[0] ?? null,
    declaredAt: facts.declaredAt,
    mitigatedAt: facts.mitigatedAt,
    impactBeganAt: facts.impactBeganAt,
    impactEndedAt: facts.impactEndedAt,
    resolvedAt: facts.resolvedAt,
    reviewOwner: facts.reviewOwner,
    reviewDueAt: facts.reviewDueAt,
    reviewConcludedAt: facts.reviewConcludedAt,
  }),
};
