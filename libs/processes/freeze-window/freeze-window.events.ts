import { defineEvents } from '@ledgerdesk/kernel';
import { freezeWindowKinds } from './freeze-window.commands';

const scope = {
  configurationItems: 'text[]',
  classes: 'text[]',
  services: 'text[]',
  tenants: 'text[]',
} as const;

/** The facts of a freeze window beside those of the shared blocks. */
export const freezeWindowEvents = defineEvents({
  FreezeWindowDrafted: {
    version: 1,
    summary: 'A freeze or a maintenance window was drafted.',
    fields: {
      number: 'text',
      title: 'text',
      kind: freezeWindowKinds,
      reason: 'text',
      entries: 'object[]',
      authorities: 'text[]',
      ...scope,
    },
  },
  FreezeWindowEntriesChanged: {
    version: 1,
    summary: 'The calendar was replaced.',
    fields: { from: 'object[]', to: 'object[]', reason: 'text' },
  },
  FreezeWindowScopeChanged: {
    version: 1,
    summary: 'The scope was replaced; all lists empty means everything.',
    fields: { ...scope, previous: 'object', reason: 'text' },
  },
  FreezeWindowAuthoritiesNamed: {
    version: 1,
    summary: 'Other people may let changes happen all the same.',
    fields: { from: 'text[]', to: 'text[]' },
  },
  FreezeWindowPublished: {
    version: 1,
    summary: 'The window is in force as its calendar says.',
    fields: { entries: 'object[]' },
  },
  FreezeWindowEnded: {
    version: 1,
    summary: 'The window is in force no longer.',
    fields: { reason: 'text' },
  },
  FreezeWindowCancelled: {
    version: 1,
    summary: 'The draft was given up.',
    fields: { reason: 'text' },
  },
});
