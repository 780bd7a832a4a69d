import { defineEvents, type EventOf, type RecordedEventOf } from '@ledgerdesk/kernel';
import { majorStatuses } from '../shared/commands/incident-major-status.commands';
import { allIncidentStates } from './incident.lifecycle';

/** The state that the incident is in after the event, where the type alone does not say it. */
const state = allIncidentStates;

/**
 * The facts of an incident beside those of the shared blocks. Fields that an import from an older
 * tool cannot know may be null. Each change carries the value before it.
 */
export const incidentEvents = defineEvents({
  IncidentRegistered: {
    version: 1,
    summary: 'An incident was reported.',
    fields: {
      number: 'text',
      title: 'text|null',
      description: 'text|null',
      channel: 'text|null',
      caller: 'text|null',
      source: 'text|null',
      sourceKey: 'text|null',
      openedBy: 'text|null',
      service: 'text|null',
      configurationItem: 'text|null',
      location: 'text|null',
      impactBeganAt: 'time|null',
      followsUp: 'text|null',
      splitFrom: 'text|null',
    },
  },
  IncidentClassified: {
    version: 1,
    summary: 'The incident was classified for the first time.',
    fields: { category: 'text|null', subcategory: 'text|null', symptom: 'text|null' },
  },
  IncidentReclassified: {
    version: 1,
    summary: 'The classification was replaced.',
    fields: {
      category: 'text|null',
      subcategory: 'text|null',
      symptom: 'text|null',
      previousCategory: 'text|null',
      previousSubcategory: 'text|null',
      previousSymptom: 'text|null',
    },
  },
  IncidentServiceChanged: {
    version: 1,
    summary: 'Another service turned out to be affected.',
    fields: { from: 'text|null', to: 'text|null' },
  },
  IncidentConfigurationItemChanged: {
    version: 1,
    summary: 'Another configuration item turned out to be affected.',
    fields: { from: 'text|null', to: 'text|null' },
  },
  IncidentLocationChanged: {
    version: 1,
    summary: 'The place of the incident was set or replaced.',
    fields: { from: 'text|null', to: 'text|null' },
  },
  IncidentTitleChanged: {
    version: 1,
    summary: 'The title was edited.',
    fields: { from: 'text|null', to: 'text|null' },
  },
  IncidentDescriptionChanged: {
    version: 1,
    summary: 'The description was edited.',
    fields: { from: 'text|null', to: 'text|null' },
  },
  IncidentCallerChanged: {
    version: 1,
    summary: 'Somebody else is the caller.',
    fields: { from: 'text|null', to: 'text|null' },
  },
  IncidentPriorityDerived: {
    version: 1,
    summary: 'Impact and urgency gave a priority, by the matrix that the event refers to.',
    fields: {
      impact: 'integer',
      urgency: 'integer',
      priority: 'integer',
      previousImpact: 'integer|null',
      previousUrgency: 'integer|null',
      previousPriority: 'integer|null',
    },
  },
  IncidentPriorityOverridden: {
    version: 1,
    summary: 'A person set a priority that the matrix does not give.',
    fields: { priority: 'integer', previousPriority: 'integer|null', reason: 'text' },
  },
  IncidentAssigned: {
    version: 1,
    summary: 'A group, and perhaps a person of it, got the incident.',
    fields: {
      group: 'text|null',
      assignee: 'text|null',
      previousGroup: 'text|null',
      previousAssignee: 'text|null',
      state,
    },
  },
  IncidentReassigned: {
    version: 1,
    summary:
      'Another group or person got the incident; `reassignmentCount` is the count with this one.',
    fields: {
      group: 'text|null',
      assignee: 'text|null',
      previousGroup: 'text|null',
      previousAssignee: 'text|null',
      reassignmentCount: 'integer',
      state,
      comment: 'text|null',
    },
  },
  IncidentHandedOver: {
    version: 1,
    summary: 'Another person of the same group went on with the incident.',
    fields: { assignee: 'text', previousAssignee: 'text|null', comment: 'text|null' },
  },
  IncidentReturned: {
    version: 1,
    summary: 'The assignee gave the incident back to the group.',
    fields: { previousAssignee: 'text|null', state, comment: 'text|null' },
  },
  IncidentWorkStarted: {
    version: 1,
    summary: 'Work on the incident began.',
    fields: { assignee: 'text|null' },
  },
  IncidentHeld: {
    version: 2,
    summary:
      'Work stopped to wait for somebody or something: for `awaited`, where it is known. What is ' +
      'affected is told along, for those who are to bring it about.',
    fields: {
      reason: 'text',
      previousReason: 'text|null',
      reference: 'text|null',
      awaited: 'text|null',
      service: 'text|null',
      configurationItem: 'text|null',
      comment: 'text|null',
    },
    // Version 1 kept the reference as it was typed, and never said which record it stands for.
    upcasters: {
      1: (data) => ({ ...data, awaited: null, service: null, configurationItem: null }),
    },
  },
  IncidentResumed: {
    version: 1,
    summary: 'The waiting ended.',
    fields: { cause: 'text', previousReason: 'text|null', state, comment: 'text|null' },
  },
  IncidentResolved: {
    version: 1,
    summary: 'The service works again for the caller.',
    fields: {
      code: 'text|null',
      notes: 'text|null',
      resolvedBy: 'text|null',
      impactEndedAt: 'time|null',
      excludedChildren: 'text[]',
    },
  },
  IncidentResolutionConfirmed: {
    version: 1,
    summary: 'The caller confirmed the resolution.',
    fields: { comment: 'text|null' },
  },
  IncidentResolutionDisputed: {
    version: 1,
    summary: 'The caller disputed the resolution.',
    fields: { comment: 'text' },
  },
  IncidentReopened: {
    version: 1,
    summary: 'The resolution did not hold; `reopenCount` is the count with this one.',
    fields: { reason: 'text|null', reopenCount: 'integer', previousState: state, state },
  },
  IncidentClosed: {
    version: 1,
    summary: 'The incident ended.',
    fields: { cause: 'text', code: 'text|null', comment: 'text|null' },
  },
  IncidentCancelled: {
    version: 1,
    summary: 'The incident ended without a resolution.',
    fields: { reason: 'text', duplicateOf: 'text|null', comment: 'text|null' },
  },
  IncidentMarkedDuplicate: {
    version: 1,
    summary: 'Another incident is about the same; this one ended.',
    fields: { original: 'text', originalNumber: 'text' },
  },
  IncidentMergedInto: {
    version: 1,
    summary: 'The incident became a part of another one, and ended.',
    fields: { target: 'text', targetNumber: 'text' },
  },
  IncidentMergedFrom: {
    version: 1,
    summary: 'Another incident became a part of this one, with all that was booked on it so far.',
    fields: {
      incident: 'text',
      incidentNumber: 'text',
      minutesLogged: 'integer',
      costMinorByCurrency: 'object',
      watchers: 'text[]',
    },
  },
  IncidentSplitOff: {
    version: 1,
    summary: 'A part of the incident became one of its own.',
    fields: { incident: 'text' },
  },
  IncidentFollowedUp: {
    version: 1,
    summary: 'A new incident goes on where this closed one ended.',
    fields: { incident: 'text' },
  },
  IncidentParentSet: {
    version: 1,
    summary: 'The incident is handled under another one.',
    fields: { parent: 'text', parentNumber: 'text', previousParent: 'text|null' },
  },
  IncidentParentCleared: {
    version: 1,
    summary: 'The incident is handled on its own again.',
    fields: { previousParent: 'text', reason: 'text|null' },
  },
  IncidentChildRecorded: {
    version: 1,
    summary: 'Another incident is about to be handled under this one.',
    fields: { child: 'text', childNumber: 'text' },
  },
  IncidentChildRemoved: {
    version: 1,
    summary: 'Another incident is handled under this one no longer.',
    fields: { child: 'text' },
  },
  IncidentMajorStatusRecorded: {
    version: 1,
    summary: 'It was proposed as a major incident, or that major incident came further.',
    fields: {
      majorIncident: 'text',
      status: majorStatuses,
      previousStatus: 'text|null',
      commander: 'text|null',
    },
  },
  IncidentImportedRowRecorded: {
    version: 1,
    summary: 'What an imported row says beyond the events of this vocabulary, kept as it was.',
    fields: {
      source: 'text',
      row: 'integer',
      sourceVersion: 'integer|null',
      updatedBy: 'text|null',
      unmapped: 'object',
    },
  },
});

/** The literal type of the table, for folds and emitters. */
export type IncidentEventTable = typeof incidentEvents;

/** What a decider of incidents hands out, without the events of the shared blocks. */
export type IncidentEvent = EventOf<IncidentEventTable>;

/** The same as recorded: discriminated by `type`. */
export type RecordedIncidentEvent = RecordedEventOf<IncidentEventTable>;
