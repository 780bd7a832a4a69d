import { commandEvents, engineEvents } from '@ledgerdesk/engine';
import { flowEvents, type EventDefinitions, type ProcessDefinition } from '@ledgerdesk/kernel';

/** Events that are declared together and told on one channel. */
export interface EventFamily {
  /** What the streams begin with and the channel ends with: `incident`. */
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly events: EventDefinitions;
}

/** The events of each process, those of flows, and the engine's own. */
export function eventFamilies(processes: readonly ProcessDefinition[]): readonly EventFamily[] {
  return [
    ...processes.map(({ name, title, summary, events }) => ({ name, title, summary, events })),
    {
      name: 'flow',
      title: 'Flow',
      summary: 'The progress of process managers: what they decided, sent and wait for.',
      events: flowEvents,
    },
    {
      name: 'numbers',
      title: 'Numbers',
      summary: 'The blocks of ticket numbers that engines have reserved.',
      events: engineEvents,
    },
    {
      name: 'command',
      title: 'Command',
      summary: 'What became of commands that came over the message broker.',
      events: commandEvents,
    },
  ];
}
