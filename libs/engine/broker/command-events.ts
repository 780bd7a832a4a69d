import { defineEvents } from '@ledgerdesk/kernel';

/** What became of commands that came over the message broker, whose senders get no answer. */
export const commandEvents = defineEvents({
  CommandAccepted: {
    version: 1,
    summary: 'A command that came over the message broker was accepted; its events are in the log',
    fields: {
      process: 'text',
      command: 'text',
      commandId: 'text',
      ticket: 'text',
      number: 'text',
      revision: 'text',
      position: 'text',
      eventId: 'text|null',
    },
  },
  CommandRefused: {
    version: 1,
    summary: 'A command that came over the message broker was refused; nothing of it was recorded',
    fields: {
      process: 'text',
      command: 'text',
      commandId: 'text',
      ticket: 'text|null',
      code: 'text',
      message: 'text',
      details: 'json',
    },
  },
});
