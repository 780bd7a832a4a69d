import 'reflect-metadata';
import { defineFlow, flowEvents, ticketIdOfStream, type FlowDefinition } from '@ledgerdesk/kernel';
import { flowReadModels } from '@ledgerdesk/read-models';
import { counterEvents } from './counter.events';

const DAY_MS = 86_400_000;

/** Adds what a person has added once more, and one when a day has passed. */
export const echo: FlowDefinition = defineFlow({
  name: 'echo',
  version: 1,
  title: 'Echo',
  summary: 'Adds once more what was added, and one a day later.',
  events: { CounterAdded: 'starts', TimerElapsed: 'continues' },
  follows: {
    CounterAdded: { commands: ['counter.Add'], timers: ['Day'] },
    TimerElapsed: { commands: ['counter.Add'], ends: true },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: {},
  evolve: (state) => state,
  decide: (_, event, { key }) => {
    const add = (by: number) => ({
      commands: [{ process: 'counter', ticket: key, command: 'Add', body: { by } }],
    });
    if (event.type === 'TimerElapsed') return { ...add(1), complete: true };
    if (event.origin.kind === 'flow') return {};
    const dueAt = new Date(Date.parse(event.occurredAt) + DAY_MS).toISOString();
    return { ...add(Number(event.data['by'])), timers: [{ set: 'Day', dueAt }] };
  },
  compensations: {},
  policies: {},
});

/** What a background thread loads in its spec: see `BackgroundCatalogue`. */
export const projections = flowReadModels;
export const eventTables = [flowEvents, counterEvents];
export const flows = [echo];
