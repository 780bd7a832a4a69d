import { joinBlocks, type TicketKind } from '../shared/block';
import { assignmentBlock } from '../shared/blocks/assignment.block';
import { editingBlock } from '../shared/blocks/editing.block';
import { textLimits } from '../shared/fields';
import { ticketBlocks } from '../shared/ticket-blocks';
import { EditProblemTask } from './problem-task.commands';
import { allProblemTaskStates, openProblemTaskStates } from './problem-task.lifecycle';
import type { ProblemTaskState } from './problem-task.state';

const kind: TicketKind<'ProblemTask'> = {
  title: 'ProblemTask',
  name: 'problem-task',
  activeStates: openProblemTaskStates,
  allStates: allProblemTaskStates,
};

/** What a problem task has in common with other tickets. */
export const problemTaskBlocks = joinBlocks(
  ticketBlocks<'ProblemTask', ProblemTaskState>(kind, {
    facts: {
      title: { max: textLimits.title, required: true },
      dueAt: { time: 'any' },
      result: { max: textLimits.prose, required: true },
      causeNotes: { max: textLimits.prose },
    },
    apply: (field, to) => ({ [field]: to }),
    applyToFacts: (field, to) => (field === 'title' || field === 'dueAt' ? { [field]: to } : {}),
  }),
  assignmentBlock(kind, openProblemTaskStates),
  editingBlock<ProblemTaskState>(kind, {
    type: EditProblemTask,
    example: { title: 'Trace the connections of Sunday night' },
    from: openProblemTaskStates,
    facts: { title: { required: true }, description: { prose: true } },
  }),
);
