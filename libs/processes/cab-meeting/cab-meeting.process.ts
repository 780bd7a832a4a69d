import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { assembleProcess } from '../shared/process-assembly';
import { ticketBlocks } from '../shared/ticket-blocks';
import { cabMeetingCommands } from './cab-meeting.decider';
import { cabMeetingEvents } from './cab-meeting.events';
import { cabMeetingGuards } from './cab-meeting.guards';
import {
  activeMeetingStates,
  cabMeetingStates,
  cabMeetingTransitions,
} from './cab-meeting.lifecycle';
import {
  cabMeetingFolds,
  cabMeetingRecordFolds,
  initialCabMeeting,
  type CabMeetingState,
} from './cab-meeting.state';

const setFact = (field: string, to: string | null): Partial<CabMeetingState> => ({ [field]: to });

const blocks = ticketBlocks<'CabMeeting', CabMeetingState>(
  {
    title: 'CabMeeting',
    name: 'cab-meeting',
    activeStates: activeMeetingStates,
    allStates: Object.keys(cabMeetingStates),
  },
  {
    facts: { title: { max: 200, required: true }, series: { max: 200 } },
    apply: setFact,
    applyToFacts: setFact,
  },
);

/** Meetings of the change advisory board. */
export const cabMeetingProcess: ProcessDefinition<CabMeetingState> =
  assembleProcess<CabMeetingState>({
    name: 'cab-meeting',
    plural: 'cab-meetings',
    title: 'CAB meeting',
    numberPrefix: 'CAB',
    summary: 'A meeting of the change advisory board: agenda, votes, decisions and minutes.',
    states: cabMeetingStates,
    transitions: cabMeetingTransitions,
    guards: cabMeetingGuards,
    commands: cabMeetingCommands,
    events: cabMeetingEvents,
    initial: { ...initialCabMeeting, ...blocks.initial },
    blocks,
    factFolds: cabMeetingFolds,
    recordFolds: cabMeetingRecordFolds,
    listing: {
      version: 1,
      collection: {
        fields: {
          number: 'text',
          state: 'text',
          stateCategory: 'text',
          scheduledAt: 'text',
          chair: 'text',
          series: 'text',
          openedAt: 'text',
          updatedAt: 'text',
        },
        compoundIndexes: [['state', 'scheduledAt']],
        timeFields: ['scheduledAt'],
        textFields: ['number', 'title'],
      },
      summarise: (facts) => ({
        number: facts.number,
        title: facts.title,
        state: facts.state,
        stateCategory: facts.state === null ? null : cabMeetingStates[facts.state].category,
        scheduledAt: facts.scheduledAt,
        chair: facts.chair,
        members: facts.members,
        series: facts.series,
        openedAt: facts.openedAt,
        closedAt: facts.closedAt,
      }),
    },
    policies: {},
  });
