import { ticketKey } from '@ledgerdesk/kernel';
import type { ProcessModel } from '@ledgerdesk/kernel/testing';
import { problemTaskProcess, processes, type ProblemTaskState } from '../index';
import {
  assignmentBodies,
  blobsOf,
  describeProcessModel,
  otherText,
  ticketBodies,
} from '../testing';

const problem = { id: 'problem-17', state: { state: 'assess', number: 'PRB-000017' } };

const model: ProcessModel<ProblemTaskState> = {
  process: problemTaskProcess,
  others: processes,
  bodies: {
    ...ticketBodies<ProblemTaskState>('ProblemTask', 'title'),
    ...assignmentBodies('ProblemTask'),
    RegisterProblemTask: () => ({
      problem: 'PRB-000017',
      kind: 'general',
      title: 'Trace it',
      assignmentGroup: 'mail',
      assignee: 'li.w',
    }),
    StartProblemTaskWork: ({ assignee }) => (assignee === null ? undefined : {}),
    EditProblemTask: ({ title, description }) => ({
      title: otherText(title, 'One', 'Two'),
      description: otherText(description, 'One', 'Two'),
    }),
  },
  surroundings: (body) => ({
    related: new Map([[ticketKey({ process: 'problem', ticket: 'PRB-000017' }), problem]]),
    blobs: blobsOf(body),
  }),
};

describeProcessModel(model, { seed: 20260302 });
