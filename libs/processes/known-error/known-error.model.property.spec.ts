import { ticketKey, type RelatedTicket } from '@ledgerdesk/kernel';
import type { ProcessModel } from '@ledgerdesk/kernel/testing';
import { knownErrorProcess, processes, type KnownErrorState } from '../index';
import { blobsOf, describeProcessModel, otherText, ticketBodies } from '../testing';

const OTHER_ID = '0195c1d0-0000-7000-8000-00000000000f';

const successor: KnownErrorState = {
  ...knownErrorProcess.initial,
  state: 'published',
  id: OTHER_ID,
  number: 'KE-000099',
};

const problem = {
  id: 'problem-17',
  state: {
    state: 'root-cause-analysis',
    number: 'PRB-000017',
    workaround: { steps: 'Restart it.' },
  } as RelatedTicket['state'],
};

const model: ProcessModel<KnownErrorState> = {
  process: knownErrorProcess,
  others: processes,
  bodies: {
    ...ticketBodies<KnownErrorState>('KnownError', 'vendor'),
    DraftKnownError: () => ({ problem: 'PRB-000017', symptom: 'It stops.' }),
    PublishKnownError: ({ rootCause, workaround }) =>
      rootCause === null && workaround === null ? undefined : {},
    SupersedeKnownError: () => ({ successor: 'KE-000099' }),
    EditKnownError: (state) => ({
      title: otherText(state.title, 'One', 'Two'),
      symptom: otherText(state.symptom, 'One', 'Two'),
      rootCause: otherText(state.rootCause, 'One', 'Two'),
      workaround: otherText(state.workaround, 'One', 'Two'),
      solution: otherText(state.solution, 'One', 'Two'),
      errorCode: otherText(state.errorCode, 'E1', 'E2'),
      domain: otherText(state.domain, 'server', 'network'),
      vendor: otherText(state.vendor, 'one', 'two'),
      model: otherText(state.model, 'one', 'two'),
      version: otherText(state.version, '1', '2'),
      configurationItems: state.configurationItems.length === 0 ? ['relay-1'] : [],
      documents: state.documents.length === 0 ? ['KB-1'] : null,
    }),
  },
  surroundings: (body) => ({
    tickets: new Map([['KE-000099', { id: OTHER_ID, state: successor }]]),
    related: new Map([[ticketKey({ process: 'problem', ticket: 'PRB-000017' }), problem]]),
    blobs: blobsOf(body),
  }),
};

describeProcessModel(model, { seed: 20260302 });
