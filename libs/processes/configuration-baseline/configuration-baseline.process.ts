import { ticketIdOfStream, type ProcessDefinition } from '@ledgerdesk/kernel';
import type { Folds } from '../shared/folding';
import { assembleProcess } from '../shared/process-assembly';
import type { BaselineItem } from './baseline-comparison';
import { baselineBlocks } from './configuration-baseline.blocks';
import { baselineDecider, baselineGuards } from './configuration-baseline.decider';
import { baselineEvents, type BaselineEventTable } from './configuration-baseline.events';
import { baselineStates, baselineTransitions } from './configuration-baseline.lifecycle';
import type { BaselineFacts, BaselineRecord, BaselineState } from './configuration-baseline.state';

const factFolds: Folds<BaselineFacts, BaselineEventTable> = {
  BaselineTaken: (_, event) => {
    const { number, name, change, items, openedBy } = event.data;
    return {
      id: ticketIdOfStream(event.stream),
      number,
      name,
      change,
      itemCount: items.length,
      openedBy,
      openedAt: event.occurredAt,
      state: 'current',
    };
  },
  BaselineSuperseded: (_, { data }) => ({ state: 'superseded', supersededBy: data.by }),
  BaselineWithdrawn: (_, { data }) => ({ state: 'withdrawn', withdrawnReason: data.reason }),
};

const recordFolds: Partial<Folds<BaselineRecord, BaselineEventTable>> = {
  BaselineTaken: (_, { data: { scope, purpose, items } }) => ({
    scope,
    purpose,
    items: items as unknown as readonly BaselineItem[],
  }),
};

/** Service configuration management: how a set of items was at one instant, to compare with. */
export const configurationBaselineProcess: ProcessDefinition<BaselineState> =
  assembleProcess<BaselineState>({
    name: 'configuration-baseline',
    plural: 'configuration-baselines',
    title: 'Configuration baseline',
    numberPrefix: 'BL',
    summary: 'How a set of configuration items was at one instant, for later comparison.',
    states: baselineStates,
    transitions: baselineTransitions,
    guards: baselineGuards,
    commands: baselineDecider.commands,
    events: baselineEvents,
    initial: baselineDecider.initial,
    blocks: baselineBlocks,
    factFolds,
    recordFolds,
    listing: {
      version: 1,
      collection: {
        fields: {
          number: 'text',
          state: 'text',
          stateCategory: 'text',
          name: 'text',
          change: 'text',
          itemCount: 'number',
          openedAt: 'text',
          updatedAt: 'text',
        },
        textFields: ['number', 'name'],
      },
      references: [
        { fact: 'change', type: 'taken-for', inverse: 'has-baseline', targetKind: 'change' },
        {
          fact: 'supersededBy',
          type: 'superseded-by',
          inverse: 'supersedes',
          targetKind: 'configuration-baseline',
        },
      ],
      summarise: (facts) => ({
        number: facts.number,
        state: facts.state,
        stateCategory: facts.state === null ? null : baselineStates[facts.state].category,
        name: facts.name,
        change: facts.change,
        itemCount: facts.itemCount,
        openedBy: facts.openedBy,
        openedAt: facts.openedAt,
        supersededBy: facts.supersededBy,
        withdrawnReason: facts.withdrawnReason,
      }),
    },
    policies: {},
  });
