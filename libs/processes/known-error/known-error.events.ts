import { defineEvents } from '@ledgerdesk/kernel';
import { retirementReasons } from './known-error.vocabulary';

/** The facts of a known error beside those of the shared blocks. */
export const knownErrorEvents = defineEvents({
  KnownErrorDrafted: {
    version: 1,
    summary: 'A known error of a problem was drafted.',
    fields: {
      number: 'text',
      problem: 'text',
      problemNumber: 'text',
      title: 'text',
      symptom: 'text',
      rootCause: 'text|null',
      workaround: 'text|null',
      solution: 'text|null',
      errorCode: 'text|null',
      domain: 'text|null',
      vendor: 'text|null',
      model: 'text|null',
      version: 'text|null',
      configurationItems: 'text[]',
      documents: 'text[]',
    },
  },
  KnownErrorPublished: {
    version: 1,
    summary: 'The service desk may use the known error, as it stands in the event.',
    fields: {
      problem: 'text',
      rootCause: 'text|null',
      workaround: 'text|null',
      solution: 'text|null',
      comment: 'text|null',
    },
  },
  KnownErrorSuperseded: {
    version: 1,
    summary: 'Another known error took the place of this one.',
    fields: { problem: 'text', successor: 'text', successorNumber: 'text' },
  },
  KnownErrorPredecessorRecorded: {
    version: 1,
    summary: 'The known error takes the place of another one.',
    fields: { knownError: 'text', knownErrorNumber: 'text' },
  },
  KnownErrorRetired: {
    version: 1,
    summary: 'The known error is of use no longer.',
    fields: { problem: 'text', reason: retirementReasons, comment: 'text|null' },
  },
  KnownErrorMoved: {
    version: 1,
    summary: 'The problem turned out to be another one, to which the known error belongs now.',
    fields: { from: 'text', to: 'text', toNumber: 'text' },
  },
});

/** The literal type of the table, for folds and emitters. */
export type KnownErrorEventTable = typeof knownErrorEvents;
