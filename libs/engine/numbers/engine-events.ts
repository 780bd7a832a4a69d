import { defineEvents } from '@ledgerdesk/kernel';

/** The engine's own events: what it must remember beside the tickets. */
export const engineEvents = defineEvents({
  NumberBlockReserved: {
    version: 1,
    summary: 'An engine took a block of ticket numbers to give out',
    fields: { process: 'text', from: 'integer', to: 'integer' },
  },
  NumberBlockReturned: {
    version: 1,
    summary: 'An engine stopped and gave back the last numbers reserved, none of which was used',
    fields: { process: 'text', from: 'integer', to: 'integer' },
  },
});
