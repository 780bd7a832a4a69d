import { defineEvents } from '@ledgerdesk/kernel';
import { cabDecisions, cabVotes } from './cab-meeting.commands';

/** The facts of a meeting beside those of the shared blocks. */
export const cabMeetingEvents = defineEvents({
  CabMeetingPlanned: {
    version: 1,
    summary: 'A meeting of the change advisory board was planned.',
    fields: {
      number: 'text',
      title: 'text',
      scheduledAt: 'time',
      chair: 'text',
      members: 'text[]',
      quorumPercent: 'integer',
      agendaFilter: 'text|null',
      series: 'text|null',
    },
  },
  CabMeetingRescheduled: {
    version: 1,
    summary: 'The meeting was moved.',
    fields: { from: 'time|null', to: 'time', reason: 'text' },
  },
  CabMeetingItemAdded: {
    version: 1,
    summary: 'A change was put on the agenda.',
    fields: { item: 'integer', change: 'text', changeNumber: 'text' },
  },
  CabMeetingItemRemoved: {
    version: 1,
    summary: 'A change was taken off the agenda.',
    fields: { item: 'integer', change: 'text', reason: 'text' },
  },
  CabMeetingSeatDelegated: {
    version: 1,
    summary: 'Somebody sits and votes in the place of a member; both names are kept.',
    fields: { member: 'text', delegate: 'text', previousDelegate: 'text|null' },
  },
  CabMeetingAgendaPublished: {
    version: 1,
    summary: 'The members know what will be talked about.',
    fields: { changes: 'text[]' },
  },
  CabMeetingOpened: {
    version: 1,
    summary: 'The meeting began, with a quorum.',
    fields: { present: 'text[]', quorum: 'integer' },
  },
  CabMeetingAttendanceRecorded: {
    version: 1,
    summary: 'A member came later.',
    fields: { member: 'text' },
  },
  CabMeetingConflictOfInterestDeclared: {
    version: 1,
    summary: 'A member does not vote on a change, as it is their own.',
    fields: { item: 'integer', change: 'text', member: 'text', reason: 'text' },
  },
  CabMeetingVoteCast: {
    version: 1,
    summary: 'A member voted; `votedBy` is another one where a delegate sat there.',
    fields: {
      item: 'integer',
      change: 'text',
      member: 'text',
      votedBy: 'text',
      vote: cabVotes,
      comment: 'text|null',
    },
  },
  CabMeetingItemDecided: {
    version: 1,
    summary: 'The board said what is to become of a change.',
    fields: {
      item: 'integer',
      change: 'text',
      changeNumber: 'text',
      decision: cabDecisions,
      approvals: 'integer',
      rejections: 'integer',
      abstentions: 'integer',
      notes: 'text|null',
    },
  },
  CabMeetingMinutesDrafted: {
    version: 1,
    summary: 'The meeting ended, and was written down.',
    fields: { minutes: 'text' },
  },
  CabMeetingReopened: {
    version: 1,
    summary: 'The minutes were not accepted; the meeting goes on.',
    fields: { reason: 'text' },
  },
  CabMeetingClosed: {
    version: 1,
    summary: 'The minutes were accepted.',
    fields: { acceptedBy: 'text' },
  },
  CabMeetingCancelled: {
    version: 1,
    summary: 'The meeting does not take place.',
    fields: { reason: 'text' },
  },
});
