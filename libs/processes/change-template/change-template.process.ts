import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { joinBlocks } from '../shared/block';
import { editingBlock } from '../shared/blocks/editing.block';
import { assembleProcess } from '../shared/process-assembly';
import { ticketBlocks } from '../shared/ticket-blocks';
import { EditChangeTemplate } from './change-template.commands';
import { changeTemplateCommands, changeTemplateGuards } from './change-template.decider';
import { changeTemplateEvents } from './change-template.events';
import {
  activeTemplateStates,
  changeTemplateStates,
  changeTemplateTransitions,
  editableTemplateStates,
} from './change-template.lifecycle';
import {
  changeTemplateFolds,
  changeTemplateRecordFolds,
  initialChangeTemplate,
  type ChangeTemplateState,
} from './change-template.state';

const kind = {
  title: 'ChangeTemplate',
  name: 'change-template',
  activeStates: activeTemplateStates,
  allStates: Object.keys(changeTemplateStates),
} as const;

const setFact = (field: string, to: string | null): Partial<ChangeTemplateState> => ({
  [field]: to,
});

const blocks = joinBlocks(
  ticketBlocks<'ChangeTemplate', ChangeTemplateState>(kind, {
    // Its content is edited, and approved again: a correction would go round that.
    facts: { proposedBy: { max: 200, required: true } },
    apply: setFact,
    applyToFacts: setFact,
  }),
  editingBlock<ChangeTemplateState>(kind, {
    type: EditChangeTemplate,
    example: { testPlan: 'Send two messages through it.' },
    from: editableTemplateStates,
    facts: {
      title: { required: true },
      description: { prose: { excerpt: 'excerpt' }, required: true },
      justification: { prose: true },
      implementationPlan: { prose: true },
      testPlan: { prose: true },
      backOutPlan: { prose: true },
      audience: { kind: 'text[]' },
    },
  }),
);

/** Templates of standard changes: approved once, used many times, watched by their success. */
export const changeTemplateProcess: ProcessDefinition<ChangeTemplateState> =
  assembleProcess<ChangeTemplateState>({
    name: 'change-template',
    plural: 'change-templates',
    title: 'Change template',
    numberPrefix: 'TPL',
    summary: 'What a standard change does, approved once for all changes that follow it.',
    states: changeTemplateStates,
    transitions: changeTemplateTransitions,
    guards: changeTemplateGuards,
    commands: changeTemplateCommands,
    events: changeTemplateEvents,
    initial: { ...initialChangeTemplate, ...blocks.initial },
    blocks,
    factFolds: changeTemplateFolds,
    recordFolds: changeTemplateRecordFolds,
    listing: {
      version: 1,
      collection: {
        fields: {
          number: 'text',
          state: 'text',
          stateCategory: 'text',
          impact: 'number',
          publishedVersion: 'number',
          publishedAt: 'text',
          openedAt: 'text',
          updatedAt: 'text',
        },
        timeFields: ['publishedAt'],
        textFields: ['number', 'title', 'excerpt'],
      },
      summarise: (facts) => ({
        number: facts.number,
        title: facts.title,
        excerpt: facts.excerpt,
        state: facts.state,
        stateCategory: facts.state === null ? null : changeTemplateStates[facts.state].category,
        impact: facts.impact,
        variables: facts.variables,
        audience: facts.audience,
        successRateMin: facts.successRateMin,
        publishedVersion: facts.publishedVersion,
        publishedAt: facts.publishedAt,
        openedAt: facts.openedAt,
        closedAt: facts.closedAt,
      }),
    },
    policies: {},
  });
