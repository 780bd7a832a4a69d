import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { customFieldsV1 } from '../policies/custom-fields';
import { assembleProcess } from '../shared/process-assembly';
import { changeBlocks } from './change.blocks';
import { changeEvents, changeWorkOrderEvents } from './change.events';
import { changeEditFolds, changeFactFolds, changeRecordFolds } from './change.evolve';
import { changeStates, changeTransitions } from './change.lifecycle';
import { changeListing } from './change.listing';
import { initialChange, type ChangeState } from './change.state';
import { defaultChangePolicies } from './policies/change-policies';
import { approvalGuards } from './rules/approval.guards';
import { assessmentCommands } from './rules/assessment.rules';
import { draftingCommands } from './rules/drafting.rules';
import { modelGuards, planningGuards } from './rules/planning.guards';
import { assessmentGuards, progressGuards } from './rules/progress.guards';
import { progressCommands } from './rules/progress.rules';
import { workOrderGuards } from './rules/work-order.guards';
import { workOrderCommands } from './rules/work-order.rules';
import { boardCommands, boardGuards } from './rules/board.rules';
import { noticeCommands, noticeGuards } from './rules/notice.rules';
import { scanCommands, scanGuards } from './rules/scan.rules';

/** Change management: to make changes without harm, each by as much ceremony as it needs. */
export const changeProcess: ProcessDefinition<ChangeState> = assembleProcess<ChangeState>({
  name: 'change',
  plural: 'changes',
  title: 'Change',
  numberPrefix: 'CHG',
  summary: 'The addition, alteration or removal of anything that could affect services.',
  states: changeStates,
  transitions: changeTransitions,
  guards: {
    ...planningGuards,
    ...modelGuards,
    ...assessmentGuards,
    ...progressGuards,
    ...workOrderGuards,
    ...approvalGuards,
    ...boardGuards,
    ...scanGuards,
    ...noticeGuards,
  },
  commands: {
    ...draftingCommands,
    ...assessmentCommands,
    ...progressCommands,
    ...workOrderCommands,
    ...boardCommands,
    ...scanCommands,
    ...noticeCommands,
  },
  events: { ...changeEvents, ...changeWorkOrderEvents },
  initial: { ...initialChange, ...changeBlocks.initial },
  blocks: changeBlocks,
  factFolds: changeFactFolds,
  recordFolds: { ...changeRecordFolds, ...changeEditFolds },
  listing: changeListing,
  policies: { ...defaultChangePolicies, customFields: customFieldsV1 },
});
