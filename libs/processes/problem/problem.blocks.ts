import { joinBlocks, type TicketKind } from '../shared/block';
import { assignmentBlock } from '../shared/blocks/assignment.block';
import { customFieldsBlock } from '../shared/blocks/custom-fields.block';
import { editingBlock } from '../shared/blocks/editing.block';
import { priorityBlock } from '../shared/blocks/priority.block';
import { excerptOf } from '../shared/excerpt';
import { textLimits } from '../shared/fields';
import { ticketBlocks } from '../shared/ticket-blocks';
import { EditProblem } from './commands/registration.commands';
import { activeProblemStates, allProblemStates, unsolvedProblemStates } from './problem.lifecycle';
import type { ProblemState } from './problem.state';

const kind: TicketKind<'Problem'> = {
  title: 'Problem',
  name: 'problem',
  activeStates: activeProblemStates,
  allStates: allProblemStates,
};

const line = { max: textLimits.name };

/** What a problem has in common with other tickets. */
export const problemBlocks = joinBlocks(
  ticketBlocks<'Problem', ProblemState>(kind, {
    facts: {
      title: { max: textLimits.title, required: true },
      statement: { max: textLimits.prose, required: true },
      organisation: { ...line, required: true },
      category: { ...line, required: true },
      subcategory: line,
      service: line,
      configurationItem: line,
      vendor: line,
      vendorReference: line,
      resolutionNotes: { max: textLimits.prose },
    },
    apply: (field, to) => ({
      [field]: to,
      ...(field === 'statement' && { excerpt: excerptOf(to) }),
    }),
    applyToFacts: (field, to) => {
      if (field === 'statement') return { excerpt: excerptOf(to) };
      return field === 'resolutionNotes' ? {} : { [field]: to };
    },
  }),
  priorityBlock(kind, { from: unsolvedProblemStates, noteOnChange: true }),
  assignmentBlock(kind, unsolvedProblemStates),
  customFieldsBlock(kind),
  editingBlock<ProblemState>(kind, {
    type: EditProblem,
    example: { title: 'Mail relay stops every Monday morning' },
    from: activeProblemStates,
    facts: {
      title: { required: true },
      statement: { required: true, prose: { excerpt: 'excerpt' } },
      organisation: { required: true },
      category: { required: true },
      subcategory: {},
      service: {},
      configurationItem: {},
      vendor: {},
      vendorReference: {},
    },
  }),
);
