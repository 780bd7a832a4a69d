import { defineEvents } from '@ledgerdesk/kernel';
import { allChangeStates } from './change.lifecycle';
import {
  announcementKinds,
  changeCancelReasons,
  changeOutcomes,
  changeTypes,
  conflictKinds,
  conflictModes,
  riskLevels,
} from './change.vocabulary';

/** The state that the change is in after the event, where the type alone does not say it. */
const state = allChangeStates;

/** The facts of a change as a whole, beside those of the blocks and of its parts. */
export const changeEvents = defineEvents({
  ChangeDrafted: {
    version: 1,
    summary: 'A change was drafted; it keeps the model that the event carries.',
    fields: {
      number: 'text',
      title: 'text',
      requester: 'text',
      type: changeTypes,
      model: 'object',
      service: 'text|null',
      configurationItems: 'text[]',
      affectedItems: 'text[]',
      description: 'text|null',
      justification: 'text|null',
      implementationPlan: 'text|null',
      testPlan: 'text|null',
      backOutPlan: 'text|null',
      impact: 'integer|null',
      changeManager: 'text|null',
      template: 'text|null',
      templateVersion: 'integer|null',
      templateVariables: 'text[]',
      emergencyReason: 'text|null',
      majorIncident: 'text|null',
      securityIncident: 'text|null',
      primary: 'text|null',
    },
  },
  UnauthorisedChangeDetected: {
    version: 1,
    summary: 'A configuration item was found changed, and no change explains it.',
    fields: {
      number: 'text',
      title: 'text',
      model: 'object',
      configurationItem: 'text',
      finding: 'text',
      detectedAt: 'time',
      detectedBy: 'text',
      consideredChanges: 'text[]',
    },
  },
  ChangeTypeChanged: {
    version: 1,
    summary: 'The draft became a change of another type, with the model of that type.',
    fields: {
      from: changeTypes,
      to: changeTypes,
      model: 'object',
      previousModel: 'text',
      emergencyReason: 'text|null',
      majorIncident: 'text|null',
      securityIncident: 'text|null',
    },
  },
  ChangeImpactSet: {
    version: 1,
    summary: 'The impact was set.',
    fields: { from: 'integer|null', to: 'integer' },
  },
  ChangeWindowPlanned: {
    version: 1,
    summary: 'The window was set or replaced before the change was scheduled.',
    fields: {
      plannedStart: 'time',
      plannedEnd: 'time',
      previousStart: 'time|null',
      previousEnd: 'time|null',
    },
  },
  ChangeRescheduled: {
    version: 1,
    summary: 'A scheduled change was moved; beyond the tolerance it must be authorised again.',
    fields: {
      plannedStart: 'time',
      plannedEnd: 'time',
      previousStart: 'time|null',
      previousEnd: 'time|null',
      reason: 'text',
      isBeyondTolerance: 'boolean',
      state,
    },
  },
  ChangeRiskAnswered: {
    version: 1,
    summary: 'The risk questionnaire was answered.',
    fields: { answers: 'object', previousAnswers: 'json' },
  },
  ChangeRiskDerived: {
    version: 1,
    summary: 'Calculator and questionnaire gave a risk, by the policy that the event refers to.',
    fields: {
      facts: 'object',
      calculator: riskLevels,
      questionnaire: 'text|null',
      risk: riskLevels,
      previousRisk: 'text|null',
    },
  },
  ChangeConflictsRecorded: {
    version: 1,
    summary: 'A conflict scan looked at the plan, as of a position of the log.',
    fields: {
      mode: conflictModes,
      kinds: 'text[]',
      position: 'text',
      plannedStart: 'time',
      plannedEnd: 'time',
      configurationItems: 'text[]',
      conflicts: 'object[]',
    },
  },
  ChangeConflictResolved: {
    version: 1,
    summary: 'An authority settled a conflict: the change may go ahead in spite of it.',
    fields: { conflict: 'text', kind: conflictKinds, authority: 'text', reason: 'text' },
  },
  ChangeFreezeOverridden: {
    version: 1,
    summary: 'The authority that a freeze names let the change happen within it.',
    fields: { freezeWindow: 'text', freezeNumber: 'text', authority: 'text', reason: 'text' },
  },
  ChangeSubmitted: {
    version: 1,
    summary: 'The change was handed in with all that its model asks for.',
    fields: { state, isRetrospective: 'boolean', serviceDownSince: 'time|null' },
  },
  ChangeAssessed: {
    version: 1,
    summary: 'The change was found technically sound.',
    fields: { state, comment: 'text|null' },
  },
  ChangeRejected: {
    version: 1,
    summary: 'The change was turned down, by assessment or by approvers.',
    fields: { stage: ['assessment', 'authorisation', 'retrospective'], reason: 'text|null', state },
  },
  ChangeAuthorised: {
    version: 1,
    summary: 'The change may happen; `basis` says what allows it.',
    fields: {
      basis: ['approvals', 'template', 'retrospective'],
      approvals: 'text[]',
      isLate: 'boolean',
      state,
      plannedStart: 'time|null',
      plannedEnd: 'time|null',
      configurationItems: 'text[]',
    },
  },
  ChangeAnnounced: {
    version: 1,
    summary: 'Those concerned were told when the change is to happen, or that it is not.',
    fields: {
      kind: announcementKinds,
      audience: 'text[]',
      service: 'text|null',
      configurationItems: 'text[]',
      plannedStart: 'time|null',
      plannedEnd: 'time|null',
      reason: 'text|null',
    },
  },
  ChangeAuthorisationRevoked: {
    version: 1,
    summary: 'What was authorised has changed, so it must be authorised again.',
    fields: { changed: 'text[]', state },
  },
  ChangeReverted: {
    version: 1,
    summary: 'The change went back to its draft.',
    fields: { previousState: state, reason: 'text' },
  },
  ChangeStarted: {
    version: 1,
    summary: 'The change began.',
    fields: {
      isRetrospective: 'boolean',
      approvalDueAt: 'time|null',
      configurationItems: 'text[]',
    },
  },
  ChangeItemUpdateRecorded: {
    version: 1,
    summary: 'What the change made of a configuration item.',
    fields: { configurationItem: 'text', summary: 'text' },
  },
  ChangeBackedOut: {
    version: 1,
    summary: 'The change failed and was undone.',
    fields: { reason: 'text' },
  },
  ChangeImplemented: {
    version: 1,
    summary: 'All work was done.',
    fields: { itemUpdates: ['recorded', 'none'], comment: 'text|null', needsReview: 'boolean' },
  },
  ChangeReviewRequested: {
    version: 1,
    summary: 'Somebody is to look back at the change by then: the task of the review.',
    fields: { reviewer: 'text|null', dueAt: 'time', previousDueAt: 'time|null' },
  },
  ChangeReviewed: {
    version: 1,
    summary: 'The review found how the change went.',
    fields: {
      outcome: changeOutcomes,
      notes: 'text',
      isObjectiveMet: 'boolean',
      incidentsCaused: 'text[]',
    },
  },
  ChangeClosed: {
    version: 1,
    summary: 'The change ended.',
    fields: {
      outcome: changeOutcomes,
      number: 'text',
      template: 'text|null',
      service: 'text|null',
      configurationItems: 'text[]',
    },
  },
  ChangeCancelled: {
    version: 1,
    summary: 'The change ended before it was done.',
    fields: { reason: changeCancelReasons, comment: 'text', previousState: state },
  },
  ChangeHeld: {
    version: 1,
    summary: 'The change stopped where it stood; until its release it can only be cancelled.',
    fields: { lockdownId: 'text|null', reason: 'text' },
  },
  ChangeReleased: {
    version: 1,
    summary: 'A hold ended.',
    fields: { lockdownId: 'text|null', comment: 'text|null', isStillHeld: 'boolean' },
  },
  ChildChangesRequested: {
    version: 1,
    summary: 'One change for each of many configuration items was asked for.',
    fields: { configurationItems: 'text[]' },
  },
  ChildGenerationCompleted: {
    version: 1,
    summary: 'The changes that were asked for are drafted, save those that failed.',
    fields: { drafted: 'integer', failed: 'text[]' },
  },
});

/** The facts of the work orders of a change. */
export const changeWorkOrderEvents = defineEvents({
  ChangeWorkOrderAdded: {
    version: 1,
    summary: 'A piece of work became a part of the change.',
    fields: {
      workOrder: 'integer',
      title: 'text',
      instructions: 'text|null',
      assignee: 'text|null',
      plannedStart: 'time|null',
      plannedEnd: 'time|null',
      after: 'json',
    },
  },
  ChangeWorkOrderAssigned: {
    version: 1,
    summary: 'Somebody else is to do the work.',
    fields: { workOrder: 'integer', assignee: 'text', previousAssignee: 'text|null' },
  },
  ChangeWorkOrderAccepted: {
    version: 1,
    summary: 'The assignee took the work on.',
    fields: { workOrder: 'integer', assignee: 'text' },
  },
  ChangeWorkOrderReadied: {
    version: 1,
    summary: 'All that the work needs is there.',
    fields: { workOrder: 'integer' },
  },
  ChangeWorkOrderStarted: {
    version: 1,
    summary: 'The work began.',
    fields: { workOrder: 'integer' },
  },
  ChangeWorkOrderClosed: {
    version: 1,
    summary: 'The work ended, as it was to or not.',
    fields: { workOrder: 'integer', outcome: ['completed', 'failed'], report: 'text|null' },
  },
  ChangeWorkOrderCancelled: {
    version: 1,
    summary: 'The work is not needed any more.',
    fields: { workOrder: 'integer', reason: 'text' },
  },
});

/** The table of a change's own events, from which their types derive. */
export type ChangeEventTable = typeof changeEvents & typeof changeWorkOrderEvents;
