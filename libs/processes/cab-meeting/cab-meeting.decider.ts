import { refuse, type CommandDefinition } from '@ledgerdesk/kernel';
import { defineCommand, type TypedCommandDefinition } from '../shared/command-definition';
import { refusalOfPast, utc } from '../shared/fields';
import { emitterOf } from '../shared/folding';
import {
  AddCabMeetingItem,
  CancelCabMeeting,
  CloseCabMeeting,
  DecideCabMeetingItem,
  DeclareCabMeetingConflictOfInterest,
  DelegateCabMeetingSeat,
  DraftCabMeetingMinutes,
  OpenCabMeeting,
  PlanCabMeeting,
  PublishCabMeetingAgenda,
  RecordCabMeetingAttendance,
  RemoveCabMeetingItem,
  ReopenCabMeeting,
  RescheduleCabMeeting,
  VoteOnCabMeetingItem,
} from './cab-meeting.commands';
import type { cabMeetingEvents } from './cab-meeting.events';
import { changeOf, quorumOf, seatOf, tally } from './cab-meeting.guards';
import type { CabMeetingItem, CabMeetingState } from './cab-meeting.state';

const ITEMS_MAX = 500;
const QUORUM_PERCENT_DEFAULT = 50;

const emit = emitterOf<typeof cabMeetingEvents>();

type Commands = Readonly<Record<string, CommandDefinition<CabMeetingState>>>;

function command<Command extends object>(
  definition: TypedCommandDefinition<CabMeetingState, Command>,
): CommandDefinition<CabMeetingState> {
  return defineCommand(definition);
}

const itemOf = ({ items }: CabMeetingState, id: number): CabMeetingItem | undefined =>
  items.find((item) => item.id === id);

const agenda: Commands = {
  PlanCabMeeting: command<PlanCabMeeting>({
    type: PlanCabMeeting,
    summary: 'Plan a meeting of the change advisory board.',
    route: null,
    permission: 'cab-meeting:plan',
    emits: ['CabMeetingPlanned'],
    example: {
      title: 'CAB of week 10',
      scheduledAt: '2026-03-04T13:00:00Z',
      chair: 'mara.v',
      members: ['mara.v', 'jon.p', 'li.w'],
    },
    decide: (asked, _, { number, now }) =>
      refusalOfPast('scheduledAt', asked.scheduledAt, now) ?? [
        emit('CabMeetingPlanned', {
          number,
          title: asked.title,
          scheduledAt: utc(asked.scheduledAt),
          chair: asked.chair,
          members: asked.members,
          quorumPercent: asked.quorumPercent ?? QUORUM_PERCENT_DEFAULT,
          agendaFilter: asked.agendaFilter ?? null,
          series: asked.series ?? null,
        }),
      ],
  }),
  RescheduleCabMeeting: command<RescheduleCabMeeting>({
    type: RescheduleCabMeeting,
    summary: 'Move the meeting.',
    route: 'reschedule',
    permission: 'cab-meeting:plan',
    emits: ['CabMeetingRescheduled'],
    example: { scheduledAt: '2026-03-05T13:00:00Z', reason: 'The chair is ill.' },
    decide: ({ scheduledAt, reason }, { scheduledAt: from }, { now }) =>
      refusalOfPast('scheduledAt', scheduledAt, now) ??
      (utc(scheduledAt) === from
        ? refuse('no-change', 'it is planned for then already')
        : [emit('CabMeetingRescheduled', { from, to: utc(scheduledAt), reason })]),
  }),
  AddCabMeetingItem: command<AddCabMeetingItem>({
    type: AddCabMeetingItem,
    summary: 'Put a change on the agenda.',
    route: 'add-item',
    permission: 'cab-meeting:plan',
    emits: ['CabMeetingItemAdded'],
    example: { change: 'CHG-000042' },
    needs: ({ change }) => ({ related: [{ process: 'change', ticket: change }] }),
    decide: ({ change: reference }, { items, itemCount }, context) => {
      const change = changeOf(context, reference);
      return items.length >= ITEMS_MAX
        ? refuse('too-many', `an agenda has at most ${ITEMS_MAX} items`)
        : [
            emit('CabMeetingItemAdded', {
              item: itemCount + 1,
              change: change?.id ?? reference,
              changeNumber: change?.state.number ?? reference,
            }),
          ];
    },
  }),
  RemoveCabMeetingItem: command<RemoveCabMeetingItem>({
    type: RemoveCabMeetingItem,
    summary: 'Take a change off the agenda.',
    route: 'remove-item',
    permission: 'cab-meeting:plan',
    emits: ['CabMeetingItemRemoved'],
    example: { item: 1, reason: 'Cancelled by its requester.' },
    decide: ({ item, reason }, state) => [
      emit('CabMeetingItemRemoved', { item, change: itemOf(state, item)?.change ?? '', reason }),
    ],
  }),
  DelegateCabMeetingSeat: command<DelegateCabMeetingSeat>({
    type: DelegateCabMeetingSeat,
    summary: 'Let somebody sit and vote in the place of a member.',
    route: 'delegate-seat',
    permission: 'cab-meeting:attend',
    emits: ['CabMeetingSeatDelegated'],
    example: { member: 'jon.p', delegate: 'omar.s' },
    decide: ({ member, delegate }, { delegates }, { actor }) => {
      const seat = member ?? actor;
      const previousDelegate = delegates[seat] ?? null;
      return [emit('CabMeetingSeatDelegated', { member: seat, delegate, previousDelegate })];
    },
  }),
  PublishCabMeetingAgenda: command<PublishCabMeetingAgenda>({
    type: PublishCabMeetingAgenda,
    summary: 'Let the members know what will be talked about.',
    route: 'publish-agenda',
    permission: 'cab-meeting:plan',
    emits: ['CabMeetingAgendaPublished'],
    example: {},
    decide: (_, { items }) => [
      emit('CabMeetingAgendaPublished', { changes: items.map(({ change }) => change) }),
    ],
  }),
};

const session: Commands = {
  OpenCabMeeting: command<OpenCabMeeting>({
    type: OpenCabMeeting,
    summary: 'Begin the meeting with those who are there.',
    route: 'open',
    permission: 'cab-meeting:chair',
    emits: ['CabMeetingOpened'],
    example: { present: ['mara.v', 'jon.p'] },
    decide: ({ present }, state) => [
      emit('CabMeetingOpened', { present, quorum: quorumOf(state) }),
    ],
  }),
  RecordCabMeetingAttendance: command<RecordCabMeetingAttendance>({
    type: RecordCabMeetingAttendance,
    summary: 'Record that a member came later.',
    route: 'record-attendance',
    permission: 'cab-meeting:chair',
    emits: ['CabMeetingAttendanceRecorded'],
    example: { member: 'li.w' },
    decide: ({ member }) => [emit('CabMeetingAttendanceRecorded', { member })],
  }),
  DeclareCabMeetingConflictOfInterest: command<DeclareCabMeetingConflictOfInterest>({
    type: DeclareCabMeetingConflictOfInterest,
    summary: 'Abstain from a change that is the actor’s own; a vote that was cast is void.',
    route: 'declare-conflict-of-interest',
    permission: 'cab-meeting:attend',
    emits: ['CabMeetingConflictOfInterestDeclared'],
    example: { item: 1, reason: 'My team asked for it.' },
    decide: ({ item, reason }, state, { actor, onBehalfOf }) => [
      emit('CabMeetingConflictOfInterestDeclared', {
        item,
        change: itemOf(state, item)?.change ?? '',
        member: seatOf(state, actor, onBehalfOf) ?? actor,
        reason,
      }),
    ],
  }),
  VoteOnCabMeetingItem: command<VoteOnCabMeetingItem>({
    type: VoteOnCabMeetingItem,
    summary: 'Vote on a change.',
    route: 'vote',
    permission: 'cab-meeting:attend',
    emits: ['CabMeetingVoteCast'],
    example: { item: 1, vote: 'approve' },
    needs: ({ item }, state) => {
      const change = itemOf(state, item)?.change;
      return change === undefined ? {} : { related: [{ process: 'change', ticket: change }] };
    },
    decide: ({ item, vote, comment }, state, { actor, onBehalfOf }) => [
      emit('CabMeetingVoteCast', {
        item,
        change: itemOf(state, item)?.change ?? '',
        member: seatOf(state, actor, onBehalfOf) ?? actor,
        votedBy: actor,
        vote,
        comment: comment ?? null,
      }),
    ],
  }),
  DecideCabMeetingItem: command<DecideCabMeetingItem>({
    type: DecideCabMeetingItem,
    summary: 'Say what is to become of a change, as the votes stand.',
    route: 'decide-item',
    permission: 'cab-meeting:chair',
    emits: ['CabMeetingItemDecided'],
    example: { item: 1, decision: 'deferred', notes: 'The load test is missing.' },
    decide: ({ item: id, decision, notes }, state) => {
      const item = itemOf(state, id);
      return [
        emit('CabMeetingItemDecided', {
          item: id,
          change: item?.change ?? '',
          changeNumber: item?.changeNumber ?? '',
          decision,
          ...tally(item ?? { votes: [] }),
          notes: notes ?? null,
        }),
      ];
    },
  }),
};

const minutes: Commands = {
  DraftCabMeetingMinutes: command<DraftCabMeetingMinutes>({
    type: DraftCabMeetingMinutes,
    summary: 'End the meeting, and write it down.',
    route: 'draft-minutes',
    permission: 'cab-meeting:chair',
    emits: ['CabMeetingMinutesDrafted'],
    example: { minutes: 'Three changes, one deferred.' },
    decide: ({ minutes: text }) => [emit('CabMeetingMinutesDrafted', { minutes: text })],
  }),
  ReopenCabMeeting: command<ReopenCabMeeting>({
    type: ReopenCabMeeting,
    summary: 'Do not accept the minutes; the meeting goes on.',
    route: 'reopen',
    permission: 'cab-meeting:chair',
    emits: ['CabMeetingReopened'],
    example: { reason: 'A change was forgotten.' },
    decide: ({ reason }) => [emit('CabMeetingReopened', { reason })],
  }),
  CloseCabMeeting: command<CloseCabMeeting>({
    type: CloseCabMeeting,
    summary: 'Accept the minutes.',
    route: 'close',
    permission: 'cab-meeting:attend',
    emits: ['CabMeetingClosed'],
    example: {},
    decide: (_, __, { actor }) => [emit('CabMeetingClosed', { acceptedBy: actor })],
  }),
  CancelCabMeeting: command<CancelCabMeeting>({
    type: CancelCabMeeting,
    summary: 'Say that the meeting does not take place.',
    route: 'cancel',
    permission: 'cab-meeting:plan',
    emits: ['CabMeetingCancelled'],
    example: { reason: 'Nothing on the agenda.' },
    decide: ({ reason }) => [emit('CabMeetingCancelled', { reason })],
  }),
};

/** What the commands on a meeting lead to. */
export const cabMeetingCommands: Commands = { ...agenda, ...session, ...minutes };
