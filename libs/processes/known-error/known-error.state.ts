import { ticketIdOfStream, type ProcessState } from '@ledgerdesk/kernel';
import { excerptOf } from '../shared/excerpt';
import type { Folds } from '../shared/folding';
import type { TicketParts } from '../shared/ticket-blocks';
import type { KnownErrorEventTable } from './known-error.events';
import type { KnownErrorLifecycleState } from './known-error.lifecycle';

/** What lists, counters and rules know of a known error. */
export interface KnownErrorFacts extends ProcessState {
  readonly state: KnownErrorLifecycleState | null;
  /** The UUID behind the first dash of the stream's name. */
  readonly id: string | null;
  readonly number: string | null;
  /** Id and number of the problem. */
  readonly problem: string | null;
  readonly problemNumber: string | null;
  readonly title: string | null;
  /** The beginnings of symptom and workaround, for lists and searches. */
  readonly excerpt: string | null;
  readonly workaroundExcerpt: string | null;
  readonly errorCode: string | null;
  readonly domain: string | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly version: string | null;
  readonly configurationItems: readonly string[];
  readonly openedAt: string | null;
  readonly publishedAt: string | null;
  readonly closedAt: string | null;
  readonly retirementReason: string | null;
  /** Id of the known error that took the place of this one. */
  readonly supersededBy: string | null;
}

/** What only the known error itself shows. */
export interface KnownErrorRecord {
  readonly symptom: string | null;
  readonly rootCause: string | null;
  readonly workaround: string | null;
  readonly solution: string | null;
  readonly documents: readonly string[];
  /** Ids of the known errors whose place this one took. */
  readonly predecessors: readonly string[];
}

/** A known error as it is folded from its stream. */
export interface KnownErrorState extends KnownErrorFacts, KnownErrorRecord, TicketParts {}

/** Before anything happened. Every field is there, so that all states have one shape. */
export const initialKnownError: KnownErrorFacts & KnownErrorRecord = {
  state: null,
  id: null,
  number: null,
  problem: null,
  problemNumber: null,
  title: null,
  excerpt: null,
  workaroundExcerpt: null,
  errorCode: null,
  domain: null,
  vendor: null,
  model: null,
  version: null,
  configurationItems: [],
  openedAt: null,
  publishedAt: null,
  closedAt: null,
  retirementReason: null,
  supersededBy: null,
  symptom: null,
  rootCause: null,
  workaround: null,
  solution: null,
  documents: [],
  predecessors: [],
};

/** What each event changes of the facts. */
export const knownErrorFactFolds: Folds<KnownErrorFacts, KnownErrorEventTable> = {
  KnownErrorDrafted: (_, event) => {
    const { symptom, rootCause: _cause, workaround, solution: _solution, ...more } = event.data;
    const { documents: _documents, ...facts } = more;
    return {
      ...facts,
      state: 'draft',
      id: ticketIdOfStream(event.stream),
      excerpt: excerptOf(symptom),
      workaroundExcerpt: excerptOf(workaround),
      openedAt: event.occurredAt,
    };
  },
  KnownErrorPublished: (_, { occurredAt }) => ({ state: 'published', publishedAt: occurredAt }),
  KnownErrorSuperseded: (_, { data, occurredAt }) => ({
    state: 'superseded',
    supersededBy: data.successor,
    closedAt: occurredAt,
  }),
  KnownErrorPredecessorRecorded: () => ({}),
  KnownErrorRetired: (_, { data, occurredAt }) => ({
    state: 'retired',
    retirementReason: data.reason,
    closedAt: occurredAt,
  }),
  KnownErrorMoved: (_, { data }) => ({ problem: data.to, problemNumber: data.toNumber }),
};

/** What some events change beyond the facts. */
export const knownErrorRecordFolds: Partial<
  Folds<KnownErrorFacts & KnownErrorRecord, KnownErrorEventTable>
> = {
  KnownErrorDrafted: (_, { data: { symptom, rootCause, workaround, solution, documents } }) => ({
    symptom,
    rootCause,
    workaround,
    solution,
    documents,
  }),
  KnownErrorPredecessorRecorded: ({ predecessors }, { data: { knownError } }) => ({
    predecessors: [...new Set([...predecessors, knownError])],
  }),
};
