import { defineEvents, policyEvents } from '@ledgerdesk/kernel';

/** The facts of a policy beside those of the shared blocks. */
export const policyProcessEvents = defineEvents({
  ...policyEvents,
  PolicyVersionProposed: {
    version: 1,
    summary: 'A value was proposed for the next version.',
    fields: {
      version: 'integer',
      value: 'json',
      preset: 'text|null',
      ofVersion: 'integer|null',
      reason: 'text',
    },
  },
  PolicyProposalWithdrawn: {
    version: 1,
    summary: 'The proposal was given up.',
    fields: { version: 'integer', reason: 'text' },
  },
});

/** The definitions of the policy's own events, as a type. */
export type PolicyEventTable = typeof policyProcessEvents;
