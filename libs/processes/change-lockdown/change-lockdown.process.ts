import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { assembleProcess } from '../shared/process-assembly';
import { ticketBlocks } from '../shared/ticket-blocks';
import { changeLockdownCommands, changeLockdownGuards } from './change-lockdown.decider';
import { changeLockdownEvents } from './change-lockdown.events';
import {
  changeLockdownStates,
  changeLockdownTransitions,
  openLockdownStates,
} from './change-lockdown.lifecycle';
import {
  changeLockdownFolds,
  changeLockdownRecordFolds,
  initialChangeLockdown,
  type ChangeLockdownState,
} from './change-lockdown.state';

const setFact = (field: string, to: string | null): Partial<ChangeLockdownState> => ({
  [field]: to,
});

const blocks = ticketBlocks<'ChangeLockdown', ChangeLockdownState>(
  {
    title: 'ChangeLockdown',
    name: 'change-lockdown',
    activeStates: openLockdownStates,
    allStates: Object.keys(changeLockdownStates),
  },
  {
    facts: {
      title: { max: 200, required: true },
      reason: { max: 2_000, required: true },
    },
    apply: setFact,
    applyToFacts: setFact,
  },
);

/** Lockdowns: an ad-hoc stop for changes in flight. Nothing deletes one. */
export const changeLockdownProcess: ProcessDefinition<ChangeLockdownState> =
  assembleProcess<ChangeLockdownState>({
    name: 'change-lockdown',
    plural: 'change-lockdowns',
    title: 'Change lockdown',
    numberPrefix: 'LCK',
    summary: 'An ad-hoc stop that holds the changes in flight until it is lifted.',
    states: changeLockdownStates,
    transitions: changeLockdownTransitions,
    guards: changeLockdownGuards,
    commands: changeLockdownCommands,
    events: changeLockdownEvents,
    initial: { ...initialChangeLockdown, ...blocks.initial },
    blocks,
    factFolds: changeLockdownFolds,
    recordFolds: changeLockdownRecordFolds,
    listing: {
      version: 1,
      collection: {
        fields: {
          number: 'text',
          state: 'text',
          stateCategory: 'text',
          startsAt: 'text',
          openedAt: 'text',
          updatedAt: 'text',
        },
        compoundIndexes: [['state', 'startsAt']],
        timeFields: ['startsAt'],
        textFields: ['number', 'title', 'reason'],
      },
      summarise: (facts) => ({
        number: facts.number,
        title: facts.title,
        reason: facts.reason,
        state: facts.state,
        stateCategory: facts.state === null ? null : changeLockdownStates[facts.state].category,
        startsAt: facts.entries[0]?.start ?? null,
        entries: facts.entries,
        configurationItems: facts.configurationItems,
        services: facts.services,
        approvedBy: facts.approvedBy,
        enforcedAt: facts.enforcedAt,
        openedAt: facts.openedAt,
        closedAt: facts.closedAt,
      }),
    },
    policies: {},
  });
