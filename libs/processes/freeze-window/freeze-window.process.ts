import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { assembleProcess } from '../shared/process-assembly';
import { ticketBlocks } from '../shared/ticket-blocks';
import { freezeWindowKinds } from './freeze-window.commands';
import { freezeWindowCommands, freezeWindowGuards } from './freeze-window.decider';
import { freezeWindowEvents } from './freeze-window.events';
import {
  freezeWindowStates,
  freezeWindowTransitions,
  openFreezeStates,
} from './freeze-window.lifecycle';
import {
  freezeWindowFolds,
  initialFreezeWindow,
  type FreezeWindowState,
} from './freeze-window.state';

const setFact = (field: string, to: string | null): Partial<FreezeWindowState> => ({ [field]: to });

const blocks = ticketBlocks<'FreezeWindow', FreezeWindowState>(
  {
    title: 'FreezeWindow',
    name: 'freeze-window',
    activeStates: openFreezeStates,
    allStates: Object.keys(freezeWindowStates),
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

/** Freeze windows: when changes are not welcome, and the opposite. */
export const freezeWindowProcess: ProcessDefinition<FreezeWindowState> =
  assembleProcess<FreezeWindowState>({
    name: 'freeze-window',
    plural: 'freeze-windows',
    title: 'Freeze window',
    numberPrefix: 'FRZ',
    summary:
      'Times in which changes are stopped (hard), warned of (soft) or welcome (maintenance).',
    states: freezeWindowStates,
    transitions: freezeWindowTransitions,
    guards: freezeWindowGuards,
    commands: freezeWindowCommands,
    events: freezeWindowEvents,
    initial: { ...initialFreezeWindow, ...blocks.initial },
    blocks,
    factFolds: freezeWindowFolds,
    listing: {
      version: 1,
      collection: {
        fields: {
          number: 'text',
          state: 'text',
          stateCategory: 'text',
          kind: 'text',
          startsAt: 'text',
          endsAt: 'text',
          openedAt: 'text',
          updatedAt: 'text',
        },
        compoundIndexes: [
          ['state', 'endsAt'],
          ['kind', 'endsAt'],
        ],
        wordFields: { kind: freezeWindowKinds },
        timeFields: ['startsAt', 'endsAt'],
        textFields: ['number', 'title', 'reason'],
      },
      summarise: (facts) => ({
        number: facts.number,
        title: facts.title,
        reason: facts.reason,
        state: facts.state,
        stateCategory: facts.state === null ? null : freezeWindowStates[facts.state].category,
        kind: facts.kind,
        startsAt: facts.entries[0]?.start ?? null,
        endsAt: latestEnd(facts.entries),
        scope: facts.scope,
        authorities: facts.authorities,
        openedAt: facts.openedAt,
        closedAt: facts.closedAt,
      }),
    },
    policies: {},
  });

function latestEnd(entries: readonly { readonly end: string }[]): string | null {
  return entries.reduce<string | null>(
    (latest, { end }) => (latest === null || end > latest ? end : latest),
    null,
  );
}
