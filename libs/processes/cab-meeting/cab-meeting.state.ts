import { ticketIdOfStream, type ProcessState } from '@ledgerdesk/kernel';
import type { Folds } from '../shared/folding';
import type { TicketParts } from '../shared/ticket-blocks';
import { replaceEntry } from '../shared/ticket-log';
import type { CabDecision, CabVote } from './cab-meeting.commands';
import type { cabMeetingEvents } from './cab-meeting.events';
import type { CabMeetingLifecycleState } from './cab-meeting.lifecycle';

/** One vote; `votedBy` differs from `member` where a delegate sat there. */
interface CabMeetingVote {
  readonly member: string;
  readonly votedBy: string;
  readonly vote: CabVote;
  readonly comment: string | null;
}

/** A change on the agenda. */
export interface CabMeetingItem {
  readonly id: number;
  readonly change: string;
  readonly changeNumber: string;
  readonly votes: readonly CabMeetingVote[];
  /** Members who do not vote on it. */
  readonly conflicted: readonly string[];
  readonly decision: CabDecision | null;
  readonly decidedAt: string | null;
  readonly notes: string | null;
}

/** What lists and rules know of a meeting. */
export interface CabMeetingFacts extends ProcessState {
  readonly state: CabMeetingLifecycleState | null;
  readonly id: string | null;
  readonly number: string | null;
  readonly title: string | null;
  readonly scheduledAt: string | null;
  readonly chair: string | null;
  readonly members: readonly string[];
  readonly quorumPercent: number;
  readonly agendaFilter: string | null;
  readonly series: string | null;
  readonly openedAt: string | null;
  readonly beganAt: string | null;
  readonly closedAt: string | null;
}

/** What grows with a meeting. */
export interface CabMeetingRecord {
  readonly items: readonly CabMeetingItem[];
  readonly itemCount: number;
  readonly present: readonly string[];
  /** By member. */
  readonly delegates: Readonly<Record<string, string>>;
  readonly minutes: string | null;
  readonly minutesBy: string | null;
}

/** A meeting as it is folded from its stream. */
export interface CabMeetingState extends CabMeetingFacts, CabMeetingRecord, TicketParts {}

export const initialCabMeeting: CabMeetingFacts & CabMeetingRecord = {
  state: null,
  id: null,
  number: null,
  title: null,
  scheduledAt: null,
  chair: null,
  members: [],
  quorumPercent: 0,
  agendaFilter: null,
  series: null,
  openedAt: null,
  beganAt: null,
  closedAt: null,
  items: [],
  itemCount: 0,
  present: [],
  delegates: {},
  minutes: null,
  minutesBy: null,
};

type Table = typeof cabMeetingEvents;

const nothing = (): object => ({});

/** What each event changes of the facts. */
export const cabMeetingFolds: Folds<CabMeetingFacts, Table> = {
  CabMeetingPlanned: (_, event) => ({
    ...event.data,
    state: 'planned',
    id: ticketIdOfStream(event.stream),
    openedAt: event.occurredAt,
  }),
  CabMeetingRescheduled: (_, { data }) => ({ scheduledAt: data.to }),
  CabMeetingItemAdded: nothing,
  CabMeetingItemRemoved: nothing,
  CabMeetingSeatDelegated: nothing,
  CabMeetingAgendaPublished: () => ({ state: 'agenda-published' }),
  CabMeetingOpened: (_, { occurredAt }) => ({ state: 'in-session', beganAt: occurredAt }),
  CabMeetingAttendanceRecorded: nothing,
  CabMeetingConflictOfInterestDeclared: nothing,
  CabMeetingVoteCast: nothing,
  CabMeetingItemDecided: nothing,
  CabMeetingMinutesDrafted: () => ({ state: 'minutes-drafted' }),
  CabMeetingReopened: () => ({ state: 'in-session' }),
  CabMeetingClosed: (_, { occurredAt }) => ({ state: 'closed', closedAt: occurredAt }),
  CabMeetingCancelled: (_, { occurredAt }) => ({ state: 'cancelled', closedAt: occurredAt }),
};

/** What some events change beyond the facts. */
export const cabMeetingRecordFolds: Partial<Folds<CabMeetingRecord, Table>> = {
  CabMeetingItemAdded: ({ items }, { data: { item: id, change, changeNumber } }) => ({
    itemCount: id,
    items: [
      ...items,
      {
        ...{ id, change, changeNumber, votes: [], conflicted: [] },
        ...{ decision: null, decidedAt: null, notes: null },
      },
    ],
  }),
  CabMeetingItemRemoved: ({ items }, { data }) => ({
    items: items.filter(({ id }) => id !== data.item),
  }),
  CabMeetingSeatDelegated: ({ delegates }, { data: { member, delegate } }) => ({
    delegates: { ...delegates, [member]: delegate },
  }),
  CabMeetingOpened: (_, { data }) => ({ present: data.present }),
  CabMeetingAttendanceRecorded: ({ present }, { data }) => ({
    present: [...present, data.member],
  }),
  CabMeetingConflictOfInterestDeclared: ({ items }, { data }) => ({
    items: replaceEntry(items, data.item, (item) => ({
      ...item,
      conflicted: [...item.conflicted, data.member],
      votes: item.votes.filter(({ member }) => member !== data.member),
    })),
  }),
  CabMeetingVoteCast: ({ items }, { data: { item: id, member, votedBy, vote, comment } }) => ({
    items: replaceEntry(items, id, (item) => ({
      ...item,
      votes: [...item.votes, { member, votedBy, vote, comment }],
    })),
  }),
  CabMeetingItemDecided: ({ items }, { data, occurredAt: decidedAt }) => {
    const { item: id, decision, notes } = data;
    return {
      items: replaceEntry(items, id, (item) => ({ ...item, decision, decidedAt, notes })),
    };
  },
  CabMeetingMinutesDrafted: (_, event) => ({
    minutes: event.data.minutes,
    minutesBy: event.actor,
  }),
};
