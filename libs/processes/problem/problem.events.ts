import { defineEvents } from '@ledgerdesk/kernel';
import {
  acceptanceOutcomes,
  causeMethods,
  changeNeeds,
  completionCauses,
  patternReleaseCauses,
  problemCloseCodes,
  problemOrigins,
  workaroundEffects,
} from './problem.vocabulary';

/** The facts of a problem beside those of the shared blocks. */
export const problemEvents = defineEvents({
  ProblemRegistered: {
    version: 1,
    summary: 'A problem was found: by its incidents, by a trend, or by a vendor.',
    fields: {
      number: 'text',
      origin: problemOrigins,
      title: 'text',
      statement: 'text',
      organisation: 'text',
      incidents: 'text[]',
      trend: 'text|null',
      vendor: 'text|null',
      vendorReference: 'text|null',
      category: 'text|null',
      subcategory: 'text|null',
      service: 'text|null',
      configurationItem: 'text|null',
      openedBy: 'text',
    },
  },
  ProblemAssessed: {
    version: 1,
    summary: 'What the problem is about was found: its category, its service or item.',
    fields: {
      category: 'text',
      subcategory: 'text|null',
      service: 'text|null',
      configurationItem: 'text|null',
    },
  },
  ProblemConfirmed: {
    version: 1,
    summary: 'It is a problem: a team and its coordinator look for the root cause.',
    fields: { group: 'text', coordinator: 'text' },
  },
  ProblemMarkedDuplicate: {
    version: 1,
    summary:
      'Another problem is about the same; all that is listed moved there, and this one ended.',
    fields: {
      original: 'text',
      originalNumber: 'text',
      related: 'object[]',
      tasks: 'text[]',
      knownErrors: 'text[]',
    },
  },
  ProblemDuplicateRecorded: {
    version: 1,
    summary: 'Another problem turned out to be this one; all that is listed came over.',
    fields: {
      problem: 'text',
      problemNumber: 'text',
      related: 'object[]',
      tasks: 'text[]',
      knownErrors: 'text[]',
    },
  },
  ProblemCancelled: {
    version: 1,
    summary: 'It was no problem, or none worth an analysis.',
    fields: { reason: 'text', incidents: 'text[]' },
  },
  RootCauseRecorded: {
    version: 1,
    summary: 'The root cause was found, by a method and with evidence.',
    fields: { method: causeMethods, notes: 'text', evidence: 'text[]' },
  },
  WorkaroundRecorded: {
    version: 1,
    summary:
      'A way to live with the problem was found; without `validUntil` it holds until the fix.',
    fields: { steps: 'text', effectiveness: workaroundEffects, validUntil: 'time|null' },
  },
  WorkaroundCommunicated: {
    version: 1,
    summary: 'The workaround is to be told to the open incidents of the problem.',
    fields: { text: 'text', incidents: 'text[]' },
  },
  FixStarted: {
    version: 1,
    summary: 'Work began to take the cause away, by the changes that are listed.',
    fields: {
      notes: 'text',
      changeNeed: changeNeeds,
      changes: 'text[]',
      number: 'text',
      title: 'text',
      service: 'text|null',
      configurationItem: 'text|null',
    },
  },
  FixProgressRecorded: {
    version: 1,
    summary: 'How the changes of the fix stand: one of them ended, came, or was taken away.',
    fields: { changes: 'object[]', coordinator: 'text|null' },
  },
  FixAbandoned: {
    version: 1,
    summary: 'The fix did not come about; the changes that are listed count no longer.',
    fields: { reason: 'text', changes: 'text[]' },
  },
  FixCommunicated: {
    version: 1,
    summary: 'The fix is to be told to the open incidents of the problem.',
    fields: { text: 'text', incidents: 'text[]' },
  },
  ProblemRiskAccepted: {
    version: 1,
    summary: 'An authority accepted to live with the problem, until a review.',
    fields: {
      reason: 'text',
      authority: 'text',
      reviewAt: 'time',
      outcome: acceptanceOutcomes,
      knownErrors: 'text[]',
      incidents: 'text[]',
    },
  },
  ProblemResolved: {
    version: 1,
    summary: 'The fix is applied, by the changes that are listed; it is to be verified.',
    fields: {
      number: 'text',
      notes: 'text|null',
      resolvedBy: 'text',
      changes: 'text[]',
      incidents: 'text[]',
    },
  },
  ProblemClosed: {
    version: 1,
    summary: 'The problem did not come back in the verification period, and ended.',
    fields: { code: problemCloseCodes, cause: completionCauses, comment: 'text|null' },
  },
  ProblemReopened: {
    version: 1,
    summary: 'The problem is analysed again; the changes that are listed did not solve it.',
    fields: {
      reason: 'text',
      reopenCount: 'integer',
      previousState: ['resolved', 'closed'],
      previousCode: 'text|null',
      changes: 'text[]',
    },
  },
  ProblemTaskRecorded: {
    version: 1,
    summary: 'A piece of work on the problem is about to be registered.',
    fields: { task: 'text', taskNumber: 'text' },
  },
  ProblemPatternTaken: {
    version: 1,
    summary: 'Further incidents of that pattern belong to this problem from now on.',
    fields: { pattern: 'text' },
  },
  ProblemPatternReleased: {
    version: 1,
    summary: 'Incidents of that pattern belong to this problem no longer, as it ended.',
    fields: { pattern: 'text', cause: patternReleaseCauses },
  },
  ProblemKnownErrorRecorded: {
    version: 1,
    summary: 'A known error of the problem is about to be drafted.',
    fields: { knownError: 'text', knownErrorNumber: 'text' },
  },
});

/** The literal type of the table, for folds and emitters. */
export type ProblemEventTable = typeof problemEvents;
