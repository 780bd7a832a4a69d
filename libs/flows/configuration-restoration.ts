import type { FlowCommand, RecordedEvent } from '@ledgerdesk/kernel';

/** What undoes one change of the record of a configuration item; it names no change yet. */
export interface RecordedUndoing {
  readonly item: string;
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Undoing = (data: RecordedEvent['data']) => Omit<RecordedUndoing, 'item'> | undefined;

/** The events by which the record of an item changes under a change, and what undoes each. */
const undoings: Readonly<Record<string, Undoing>> = {
  CIAttributeChanged: ({ attribute, from }) => ({
    command: 'ChangeCIAttribute',
    body: { attribute, value: from },
  }),
  CIRelated: ({ type, target }) => ({ command: 'UnrelateCI', body: { type, target } }),
  CIUnrelated: ({ type, target }) => ({ command: 'RelateCI', body: { type, target } }),
  CIRedundancySet: ({ relation, previousKind: kind, previousMinimum: minimum }) =>
    kind === null
      ? { command: 'ClearCIRedundancy', body: { relation } }
      : { command: 'SetCIRedundancy', body: { relation, kind, minimum } },
  CIRedundancyCleared: ({ relation, previousKind: kind, previousMinimum: minimum }) => ({
    command: 'SetCIRedundancy',
    body: { relation, kind, minimum },
  }),
  CILifecycleMoved: ({ from: to }) => ({ command: 'MoveCILifecycle', body: { to } }),
};

/** Types of the events that {@link undoingOf} knows an undoing for. */
export const configurationEvents = Object.keys(undoings);

/** What undoes what the event did to the record of its item. */
export function undoingOf(
  { type, data }: Pick<RecordedEvent, 'type' | 'data'>,
  item: string,
): RecordedUndoing | undefined {
  const undoing = undoings[type]?.(data);
  return undoing && { item, ...undoing };
}

/** The names of the commands that undo, as a flow declares them. */
export const restoringCommands = [
  'ChangeCIAttribute',
  'UnrelateCI',
  'RelateCI',
  'ClearCIRedundancy',
  'SetCIRedundancy',
  'MoveCILifecycle',
].map((command) => `configuration-item.${command}`);

/** The undoings as commands under the change, the last first. */
export function restoration(
  undone: readonly RecordedUndoing[],
  change: string,
): readonly FlowCommand[] {
  return [...undone].reverse().map(({ item, command, body }) => ({
    process: 'configuration-item',
    ticket: item,
    command,
    body: {
      ...body,
      change,
      ...(command === 'MoveCILifecycle' && { reason: 'The change was backed out.' }),
    },
    step: 'restore',
    // Somebody has put it back already.
    tolerates: [
      'refused.no-change',
      'refused.not-related',
      'refused.already-related',
      'refused.no-redundancy',
    ],
  }));
}
