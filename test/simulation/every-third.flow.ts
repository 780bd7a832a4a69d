import { defineFlow } from '@ledgerdesk/kernel';

/**
 * Counts what happens to all incidents, and decides on every third event alone: an event that were
 * counted twice, or not at all, would change how often.
 */
export const everyThird = defineFlow<number>({
  name: 'every-third',
  version: 1,
  title: 'Every third event',
  summary: 'Notes every third event of the desk.',
  events: {
    IncidentRegistered: 'starts',
    IncidentResolved: 'starts',
    IncidentReopened: 'starts',
    IncidentClosed: 'starts',
  },
  follows: {},
  correlate: () => 'desk',
  counting: { version: 1, initial: 0, fold: (count) => Number(count) + 1 },
  initial: 0,
  evolve: (state) => state,
  decide: (_, __, { count }) =>
    Number(count) % 3 === 0 ? { notes: [`It is event ${Number(count)}.`] } : undefined,
  compensations: {},
  policies: {},
});
