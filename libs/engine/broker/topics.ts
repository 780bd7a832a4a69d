import { flowEvents, type ProcessDefinition } from '@ledgerdesk/kernel';
import type { TopicDefinition } from '@ledgerdesk/messaging';
import { engineEvents } from '../numbers/engine-events';
import { commandEvents } from './command-events';

/** Where messages go that nobody could handle. */
export const DEAD_LETTER_TOPIC = 'ledgerdesk.dead-letters';

/** Partitions of a topic that is made; one that is there keeps its own. */
export const TOPIC_PARTITIONS = 6;

/** The topic of the events of a process, of flows, numbers or commands. */
export function eventTopicOf(family: string): string {
  return `ledgerdesk.events.${family}`;
}

/** The topic of the commands to a process. */
export function commandTopicOf(process: string): string {
  return `ledgerdesk.commands.${process}`;
}

/** The family of each event type: the name of its process, `flow`, `numbers` or `command`. */
export function eventFamilyOfType(
  processes: readonly ProcessDefinition[],
): ReadonlyMap<string, string> {
  const families = [
    ...processes.map(({ name, events }) => [name, events] as const),
    ['flow', flowEvents] as const,
    ['numbers', engineEvents] as const,
    ['command', commandEvents] as const,
  ];
  return new Map(
    families.flatMap(([family, events]) => Object.keys(events).map((type) => [type, family])),
  );
}

/** Topics with the usual number of partitions. */
export function topicDefinitions(names: Iterable<string>): readonly TopicDefinition[] {
  return [...new Set(names)].map((name) => ({ name, partitions: TOPIC_PARTITIONS }));
}
