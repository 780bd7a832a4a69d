import { defineEvents, type EventOf, type RecordedEventOf } from '@ledgerdesk/kernel';
import {
  actionRecordKinds,
  audiences,
  bridgeKinds,
  majorIncidentRoles,
  updateChannels,
} from './major-incident.vocabulary';

/**
 * Which incident it is about, and of which pattern of incidents: on each event to which something
 * on the incident reacts.
 */
const ofIncident = { incident: 'text', pattern: 'text|null' } as const;

/** The facts of a major incident beside those of the shared blocks. */
export const majorIncidentEvents = defineEvents({
  MajorIncidentProposed: {
    version: 1,
    summary: 'An incident was proposed as a major one, by a person or by the rule that is named.',
    fields: {
      number: 'text',
      ...ofIncident,
      incidentNumber: 'text',
      title: 'text|null',
      service: 'text|null',
      impactBeganAt: 'time|null',
      rule: 'text|null',
      reason: 'text|null',
      serviceCriticality: 'integer|null',
    },
  },
  MajorIncidentDeclared: {
    version: 1,
    summary: 'The proposal was accepted; who accepted it is in command.',
    fields: {
      ...ofIncident,
      commander: 'text',
      severity: 'integer',
      inDoubtWith: 'integer|null',
      businessImpact: 'text',
      workNote: 'text',
      service: 'text|null',
      updatesDue: 'object',
    },
  },
  MajorIncidentRejected: {
    version: 1,
    summary: 'The proposal was rejected; the incident goes on as a normal one.',
    fields: { ...ofIncident, reason: 'text' },
  },
  MajorIncidentDemoted: {
    version: 1,
    summary: 'It is no major incident after all; the incident goes on as a normal one.',
    fields: { ...ofIncident, reason: 'text' },
  },
  MajorIncidentCancelled: {
    version: 1,
    summary: 'It ended because its incident was cancelled.',
    fields: { ...ofIncident, comment: 'text|null' },
  },
  MajorIncidentRoleAssigned: {
    version: 1,
    summary: 'Somebody got a role in the response.',
    fields: { role: majorIncidentRoles, person: 'text', previousPerson: 'text|null' },
  },
  MajorIncidentRoleReleased: {
    version: 1,
    summary: 'Somebody has a role no longer.',
    fields: { role: majorIncidentRoles, person: 'text' },
  },
  MajorIncidentCommandHandedOver: {
    version: 1,
    summary: 'Somebody else is in command from this instant on.',
    fields: { commander: 'text', previousCommander: 'text', comment: 'text|null' },
  },
  MajorIncidentBridgeOpened: {
    version: 1,
    summary: 'Responders have a place to meet.',
    fields: { bridge: 'integer', kind: bridgeKinds, address: 'text' },
  },
  MajorIncidentStatusUpdatePosted: {
    version: 1,
    summary: 'An audience was told how things stand; `nextDueAt` is by when it hears again.',
    fields: {
      update: 'integer',
      audience: audiences,
      channel: updateChannels,
      message: 'text',
      nextDueAt: 'time|null',
    },
  },
  MajorIncidentSeverityChanged: {
    version: 1,
    summary: 'It turned out to be graver or milder; in doubt the graver of two was taken.',
    fields: {
      severity: 'integer',
      previousSeverity: 'integer',
      inDoubtWith: 'integer|null',
      reason: 'text',
      updatesDue: 'object',
    },
  },
  MajorIncidentSubTeamSplit: {
    version: 1,
    summary: 'A part of the responders works on a task of its own.',
    fields: { name: 'text', lead: 'text', task: 'text', members: 'text[]' },
  },
  MajorIncidentTimelineEntryAdded: {
    version: 1,
    summary: 'What happened when was written down.',
    fields: { entry: 'integer', at: 'time', text: 'text' },
  },
  MajorIncidentImpactMitigated: {
    version: 1,
    summary: 'The service no longer suffers; what caused it may still be there.',
    fields: { impactEndedAt: 'time', comment: 'text|null' },
  },
  MajorIncidentResolved: {
    version: 1,
    summary: 'The response is over; the incident and its children are resolved with it.',
    fields: { ...ofIncident, notes: 'text' },
  },
  MajorIncidentResponseResumed: {
    version: 1,
    summary: 'The impact came back, so the response goes on.',
    fields: { ...ofIncident, reason: 'text', updatesDue: 'object' },
  },
  MajorIncidentReviewStarted: {
    version: 1,
    summary: 'Somebody writes the review, to be concluded by `dueAt`.',
    fields: { owner: 'text', dueAt: 'time', isExternalMessagePromised: 'boolean' },
  },
  MajorIncidentImpactDescribed: {
    version: 1,
    summary: 'The review says whom it hit and how.',
    fields: { from: 'text|null', to: 'text' },
  },
  MajorIncidentContributingFactorAdded: {
    version: 1,
    summary: 'The review names something that contributed.',
    fields: { factor: 'integer', text: 'text' },
  },
  MajorIncidentReviewActionAdded: {
    version: 1,
    summary: 'The review calls for an action, with its owner and date.',
    fields: { action: 'integer', text: 'text', owner: 'text', dueAt: 'time' },
  },
  MajorIncidentReviewActionRecorded: {
    version: 1,
    summary: 'An action of the review became a record that is worked on.',
    fields: { action: 'integer', recordKind: actionRecordKinds, record: 'text' },
  },
  MajorIncidentReviewSubmitted: {
    version: 1,
    summary: 'The review is ready to be discussed.',
    fields: { comment: 'text|null' },
  },
  MajorIncidentReviewReturned: {
    version: 1,
    summary: 'The review went back into draft.',
    fields: { reason: 'text' },
  },
  MajorIncidentReviewConcluded: {
    version: 1,
    summary: 'The review was accepted, with what stands in it.',
    fields: {
      ...ofIncident,
      timelineEntries: 'integer',
      impact: 'text',
      contributingFactors: 'text[]',
      actions: 'object[]',
      isOnTime: 'boolean',
    },
  },
  MajorIncidentReviewClosed: {
    version: 1,
    summary: 'All actions of the review are records, and what was promised was said.',
    fields: { ...ofIncident, comment: 'text|null' },
  },
});

/** The literal type of the table, for folds and emitters. */
export type MajorIncidentEventTable = typeof majorIncidentEvents;

/** What a decider of major incidents hands out, without the events of the shared blocks. */
export type MajorIncidentEvent = EventOf<MajorIncidentEventTable>;

/** The same as recorded: discriminated by `type`. */
export type RecordedMajorIncidentEvent = RecordedEventOf<MajorIncidentEventTable>;
