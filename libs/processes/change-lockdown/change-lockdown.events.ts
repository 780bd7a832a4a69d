import { defineEvents } from '@ledgerdesk/kernel';

/** The facts of a lockdown beside those of the shared blocks. */
export const changeLockdownEvents = defineEvents({
  LockdownDrafted: {
    version: 1,
    summary: 'A stop for changes in flight was drafted.',
    fields: {
      number: 'text',
      title: 'text',
      reason: 'text',
      entries: 'object[]',
      configurationItems: 'text[]',
      services: 'text[]',
    },
  },
  LockdownEntriesChanged: {
    version: 1,
    summary: 'The calendar of the draft was replaced.',
    fields: { from: 'object[]', to: 'object[]' },
  },
  LockdownScopeChanged: {
    version: 1,
    summary: 'The scope of the draft was replaced; both lists empty means every change.',
    fields: {
      configurationItems: 'text[]',
      services: 'text[]',
      previousConfigurationItems: 'text[]',
      previousServices: 'text[]',
    },
  },
  LockdownPreviewed: {
    version: 1,
    summary: 'The changes that it would hold, as of a position of the log.',
    fields: { changes: 'text[]', position: 'text' },
  },
  LockdownApprovalRequested: {
    version: 1,
    summary: 'People were asked, any one of whom may approve it.',
    fields: { approvers: 'text[]' },
  },
  LockdownReverted: {
    version: 1,
    summary: 'It went back to its draft; what was asked or approved counts no longer.',
    fields: { reason: 'text', wasApproved: 'boolean' },
  },
  LockdownApproved: {
    version: 1,
    summary: 'It may be enforced.',
    fields: { approver: 'text', comment: 'text|null' },
  },
  LockdownEnforced: {
    version: 1,
    summary: 'It is in force: the changes are to be held.',
    fields: { changes: 'text[]', position: 'text' },
  },
  LockdownHoldRecorded: {
    version: 1,
    summary: 'A change that was made or moved into the period is held too.',
    fields: { change: 'text' },
  },
  LockdownLifted: {
    version: 1,
    summary: 'It ended: the changes that it held are to be released, and no others.',
    fields: { reason: 'text', changes: 'text[]', wasEnforced: 'boolean' },
  },
});
