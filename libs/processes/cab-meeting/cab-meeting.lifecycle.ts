import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a meeting of the change advisory board. */
export const cabMeetingStates = {
  planned: { title: 'Planned', category: 'open' },
  'agenda-published': { title: 'Agenda published', category: 'waiting' },
  'in-session': { title: 'In session', category: 'open' },
  'minutes-drafted': { title: 'Minutes drafted', category: 'open' },
  closed: { title: 'Closed', category: 'done', final: true },
  cancelled: { title: 'Cancelled', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a meeting. */
export type CabMeetingLifecycleState = keyof typeof cabMeetingStates;

const beforehand = ['planned', 'agenda-published'] as const;

export const activeMeetingStates = [
  ...beforehand,
  'in-session',
  'minutes-drafted',
] as const satisfies readonly CabMeetingLifecycleState[];

/** What each command may do to the state of a meeting. */
export const cabMeetingTransitions = {
  PlanCabMeeting: { from: [null], to: ['planned'], guards: ['isChairMember'] },
  RescheduleCabMeeting: { from: beforehand },
  AddCabMeetingItem: { from: [...beforehand, 'in-session'], guards: ['isOpenChange'] },
  RemoveCabMeetingItem: { from: beforehand, guards: ['isItemOpen'] },
  DelegateCabMeetingSeat: { from: [...beforehand, 'in-session'], guards: ['hasSeatToDelegate'] },
  PublishCabMeetingAgenda: { from: ['planned'], to: ['agenda-published'], guards: ['hasItems'] },
  OpenCabMeeting: {
    from: ['agenda-published'],
    to: ['in-session'],
    guards: ['isChair', 'hasQuorum'],
  },
  RecordCabMeetingAttendance: { from: ['in-session'], guards: ['isMemberAbsent'] },
  DeclareCabMeetingConflictOfInterest: {
    from: ['agenda-published', 'in-session'],
    guards: ['isItemOpen', 'isSeated', 'hasNotDeclared'],
  },
  VoteOnCabMeetingItem: {
    from: ['in-session'],
    guards: ['isItemOpen', 'isSeated', 'isUnbiased', 'hasNotVoted'],
  },
  DecideCabMeetingItem: {
    from: ['in-session'],
    guards: ['isChair', 'isItemOpen', 'isDecisionOfVotes'],
  },
  DraftCabMeetingMinutes: {
    from: ['in-session'],
    to: ['minutes-drafted'],
    guards: ['areItemsDecided'],
  },
  ReopenCabMeeting: { from: ['minutes-drafted'], to: ['in-session'], guards: ['isChair'] },
  CloseCabMeeting: { from: ['minutes-drafted'], to: ['closed'], guards: ['isMinutesReaderApart'] },
  CancelCabMeeting: { from: beforehand, to: ['cancelled'] },
} as const satisfies Readonly<Record<string, Transition<CabMeetingLifecycleState>>>;
