import { defineEvents, refuse, type NewEvent, type ProcessState } from '@ledgerdesk/kernel';
import type { Block, BlockCommands, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import { Assign, HandOver, Return, Take } from '../commands/assignment.commands';
import { isThere } from '../fields';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';

const assignmentEvents = defineEvents({
  Assigned: {
    version: 1,
    summary:
      'A group, and perhaps a person of it, got the ticket; `reassignmentCount` counts the times ' +
      'that it was taken from somebody.',
    fields: {
      group: 'text',
      assignee: 'text|null',
      previousGroup: 'text|null',
      previousAssignee: 'text|null',
      reassignmentCount: 'integer',
    },
  },
  HandedOver: {
    version: 1,
    summary: 'Another person of the same group went on with the ticket.',
    fields: { assignee: 'text', previousAssignee: 'text', comment: 'text|null' },
  },
  Returned: {
    version: 1,
    summary: 'The assignee gave the ticket back to the group.',
    fields: { previousAssignee: 'text', comment: 'text|null' },
  },
});

export interface AssignmentPart {
  readonly assignmentGroup: string | null;
  readonly assignee: string | null;
  readonly reassignmentCount: number;
}

type Whole = AssignmentPart & ProcessState;

const folds: Folds<AssignmentPart, typeof assignmentEvents> = {
  Assigned: (_, { data: { group, assignee, reassignmentCount } }) => ({
    assignmentGroup: group,
    assignee,
    reassignmentCount,
  }),
  HandedOver: (_, { data: { assignee } }) => ({ assignee }),
  Returned: () => ({ assignee: null }),
};

const guards = {
  isOtherAssignment: defineGuard<Whole, Assign>({
    unless: 'the group or the person changes',
    check: ({ assignmentGroup, assignee: holder }, { group, assignee }) =>
      group !== assignmentGroup ||
      (isThere(assignee) && assignee !== holder) ||
      refuse('no-change', 'name another group or person; to give it back to the group, return it'),
  }),
  hasGroupToTake: defineGuard<Whole, Take>({
    unless: 'a group has it, or the command names one',
    check: ({ assignmentGroup }, { group }) => {
      if (assignmentGroup === null) {
        return isThere(group) || refuse('no-group', 'no group has it yet; name yours');
      }
      const isSame = !isThere(group) || group === assignmentGroup;
      return (
        isSame || refuse('other-group', `${assignmentGroup} has it; assign it to your group first`)
      );
    },
  }),
  hasAssignee: defineGuard<Whole>({
    unless: 'a person has it',
    stateOnly: true,
    check: ({ assignee }) =>
      assignee !== null || refuse('no-assignee', 'nobody has it yet; take it, or assign a person'),
  }),
  isOtherPerson: defineGuard<Whole, HandOver>({
    unless: 'the person is another one',
    check: (state, { assignee }) =>
      assignee !== state.assignee || refuse('no-change', `${assignee} has it already`),
  }),
};

/** Who has the ticket: a group, and perhaps a person of it. It never moves the state. */
export function assignmentBlock<Title extends string>(
  kind: TicketKind<Title>,
  from: readonly string[],
): Block<NamedEvents<Title, typeof assignmentEvents>, AssignmentPart> {
  const { title } = kind;
  return {
    events: nameEvents(title, assignmentEvents),
    initial: { assignmentGroup: null, assignee: null, reassignmentCount: 0 },
    folds: nameFolds(title, folds),
    factFolds: nameFolds(title, folds),
    guards,
    transitions: {
      [`Assign${title}`]: { from, guards: ['isOtherAssignment'] },
      [`Take${title}`]: { from, guards: ['hasGroupToTake'] },
      [`HandOver${title}`]: { from, guards: ['hasAssignee', 'isOtherPerson'] },
      [`Return${title}`]: { from, guards: ['hasAssignee'] },
    },
    commands: assignmentCommands(kind),
  };
}

/** The event of an assignment; none where group and person stay as they are. */
export function assigned(
  title: string,
  state: AssignmentPart,
  group: string,
  assignee: string | null,
): readonly NewEvent[] {
  const { assignmentGroup: previousGroup, assignee: previousAssignee, reassignmentCount } = state;
  if (group === previousGroup && assignee === previousAssignee) return [];
  const isTakenAway =
    (previousGroup !== null && previousGroup !== group) ||
    (previousAssignee !== null && previousAssignee !== assignee);
  const count = reassignmentCount + (isTakenAway ? 1 : 0);
  return [
    emitterOf<typeof assignmentEvents>(title)('Assigned', {
      group,
      assignee,
      previousGroup,
      previousAssignee,
      reassignmentCount: count,
    }),
  ];
}

function assignmentCommands({ title, name }: TicketKind): BlockCommands<AssignmentPart> {
  const emit = emitterOf<typeof assignmentEvents>(title);
  return {
    [`Assign${title}`]: defineCommand<Whole, Assign>({
      type: nameCommand(`Assign${title}`, Assign),
      summary: 'Give the ticket to a group, and perhaps to a person of it.',
      route: 'assign',
      permission: `${name}:assign`,
      emits: [`${title}Assigned`],
      example: { group: 'messaging', assignee: 'li.w' },
      decide: ({ group, assignee }, state) => assigned(title, state, group, assignee ?? null),
    }),
    [`Take${title}`]: defineCommand<Whole, Take>({
      type: nameCommand(`Take${title}`, Take),
      summary: 'Make the actor the assignee.',
      route: 'take',
      permission: `${name}:work`,
      emits: [`${title}Assigned`],
      example: { group: 'messaging' },
      decide: ({ group }, state, { actor }) => {
        const events = assigned(title, state, state.assignmentGroup ?? group ?? '', actor);
        return events.length > 0 ? events : refuse('no-change', `${actor} has it already`);
      },
    }),
    [`HandOver${title}`]: defineCommand<Whole, HandOver>({
      type: nameCommand(`HandOver${title}`, HandOver),
      summary: 'Have another person of the same group go on.',
      route: 'hand-over',
      permission: `${name}:assign`,
      emits: [`${title}HandedOver`],
      example: { assignee: 'omar.s', comment: 'On leave from Monday.' },
      decide: ({ assignee, comment }, { assignee: previousAssignee }) => [
        emit('HandedOver', {
          assignee,
          previousAssignee: previousAssignee ?? '',
          comment: comment ?? null,
        }),
      ],
    }),
    [`Return${title}`]: defineCommand<Whole, Return>({
      type: nameCommand(`Return${title}`, Return),
      summary: 'Give the ticket back to its group.',
      route: 'return',
      permission: `${name}:work`,
      emits: [`${title}Returned`],
      example: { comment: 'Needs somebody who knows the storage.' },
      decide: ({ comment }, { assignee }) => [
        emit('Returned', { previousAssignee: assignee ?? '', comment: comment ?? null }),
      ],
    }),
  };
}
