import { ticketKey, type RelatedTicket } from '@ledgerdesk/kernel';
import type { ProcessModel } from '@ledgerdesk/kernel/testing';
import { problemProcess, processes, type ProblemState } from '../index';
import {
  assignmentBodies,
  blobsOf,
  customFieldBodies,
  describeProcessModel,
  otherText,
  priorityBodies,
  ticketBodies,
} from '../testing';
import { fixChangesOf } from './problem.relations';

const OTHER_ID = '0195c1d0-0000-7000-8000-00000000000f';

const otherProblem: ProblemState = {
  ...problemProcess.initial,
  state: 'root-cause-analysis',
  id: OTHER_ID,
  number: 'PRB-000099',
};

const ticket = (id: string, state: object): RelatedTicket => ({
  id,
  state: state as RelatedTicket['state'],
});

const related: readonly (readonly [string, string, RelatedTicket])[] = [
  ['incident', 'INC-000042', ticket('incident-42', { state: 'on-hold' })],
  ['change', 'CHG-000007', ticket('change-7', { state: 'implement' })],
  ['change', 'change-7', ticket('change-7', { state: 'closed', outcome: 'successful' })],
  ['known-error', 'known-error-1', ticket('known-error-1', { state: 'published' })],
  ['problem-task', 'task-1', ticket('task-1', { state: 'new', problem: 'model' })],
];

const model: ProcessModel<ProblemState> = {
  process: {
    ...problemProcess,
    // The clock of the model ticks in minutes.
    policies: {
      ...problemProcess.policies,
      verificationPeriod: { name: 'verification-period', version: 2, value: { days: 0 } },
    },
  },
  others: processes,
  bodies: {
    ...ticketBodies<ProblemState>('Problem', 'category'),
    ...assignmentBodies('Problem'),
    ...priorityBodies('Problem'),
    ...customFieldBodies('Problem'),
    RegisterProblem: () => ({
      origin: 'reactive',
      statement: 'The relay stops.',
      impact: 2,
      urgency: 2,
      organisation: 'head-office',
      incidents: ['INC-000042'],
      pattern: 'item:relay-1',
    }),
    ConfirmProblem: () => ({ group: 'mail', coordinator: 'li.w' }),
    // Rarely, so that enough lives come to their analysis.
    MarkProblemDuplicate: ({ notes }) =>
      notes.length % 4 === 3 ? { original: 'PRB-000099' } : undefined,
    FixProblem: ({ rootCause }) =>
      rootCause === null
        ? undefined
        : { notes: 'Fix it.', changeNeed: 'linked', changes: ['CHG-000007'] },
    RecordProblemFixProgress: (state) =>
      state.fixProgress.length === fixChangesOf(state).length ? undefined : {},
    AcceptProblemRisk: ({ knownErrors, reopenCount }) =>
      knownErrors.includes('known-error-1')
        ? {
            reason: 'r',
            authority: 'board',
            reviewAt: '2027-01-01T00:00:00Z',
            outcome: reopenCount % 2 === 0 ? 'resolved' : 'closed',
          }
        : undefined,
    // The change may have been unlinked since.
    ResolveProblem: (state) => (fixChangesOf(state).length === 0 ? undefined : {}),
    ReanalyseProblem: ({ closeCode }) =>
      closeCode === 'duplicate' || closeCode === 'cancelled' ? undefined : { reason: 'r' },
    CommunicateProblemWorkaround: ({ workaround }) => (workaround === null ? undefined : {}),
    CommunicateProblemFix: ({ fix }) => (fix === null ? undefined : {}),
    EditProblem: (state) => ({
      title: otherText(state.title, 'One', 'Two'),
      statement: otherText(state.statement, 'One', 'Two'),
      organisation: otherText(state.organisation, 'one', 'two'),
      category: otherText(state.category, 'one', 'two'),
      subcategory: otherText(state.subcategory, 'one', 'two'),
      service: otherText(state.service, 'one', 'two'),
      configurationItem: otherText(state.configurationItem, 'one', 'two'),
      vendor: otherText(state.vendor, 'one', 'two'),
      vendorReference: otherText(state.vendorReference, 'one', 'two'),
    }),
    RecordProblemTask: () => ({ task: 'task-1', taskNumber: 'PTASK-000001' }),
    RecordProblemKnownError: () => ({
      knownError: 'known-error-1',
      knownErrorNumber: 'KE-000001',
    }),
    RecordProblemDuplicate: () => ({ problem: OTHER_ID, problemNumber: 'PRB-000099' }),
  },
  surroundings: (body) => ({
    tickets: new Map(
      ['PRB-000099', OTHER_ID].map((name) => [name, { id: OTHER_ID, state: otherProblem }]),
    ),
    related: new Map(
      related.map(([process, name, found]) => [ticketKey({ process, ticket: name }), found]),
    ),
    blobs: blobsOf(body),
  }),
};

// Half of the lives end before they are analysed: the others have the more time.
describeProcessModel(model, { seed: 20260302, runs: 150, steps: 150 });
