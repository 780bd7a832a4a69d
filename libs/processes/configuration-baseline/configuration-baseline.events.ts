import { defineEvents } from '@ledgerdesk/kernel';

/** The facts of a baseline beside those of the shared blocks. */
export const baselineEvents = defineEvents({
  BaselineTaken: {
    version: 1,
    summary:
      'It was recorded how each of these items is: its `revision` leads to all of it as of then, ' +
      'its `digest` tells whether it is still so.',
    fields: {
      number: 'text',
      name: 'text',
      scope: 'text|null',
      purpose: 'text|null',
      change: 'text|null',
      items: 'object[]',
      openedBy: 'text',
    },
  },
  BaselineSuperseded: {
    version: 1,
    summary: 'A later baseline took its place.',
    fields: { by: 'text', byNumber: 'text' },
  },
  BaselineWithdrawn: {
    version: 1,
    summary: 'The baseline is not to be used.',
    fields: { reason: 'text' },
  },
});

/** The definitions of the baseline's own events, as a type. */
export type BaselineEventTable = typeof baselineEvents;
