import { ticketIdOfStream, type RecordedEvent } from '@ledgerdesk/kernel';
import type { LinksPart } from '../shared/blocks/links.block';
import { excerptOf } from '../shared/excerpt';
import type { Folds } from '../shared/folding';
import { stamp } from '../shared/ticket-log';
import type { ProblemEventTable } from './problem.events';
import type { FixChangeStanding, ProblemFacts, ProblemRecord } from './problem.state';
import type { ProblemCloseCode } from './problem.vocabulary';

const notEnded = {
  closeCode: null,
  resolvedBy: null,
  resolvedAt: null,
  closedBy: null,
  closedAt: null,
  riskReviewAt: null,
} as const;

/** What each event changes of the facts, from any state: the log is the truth. */
export const problemFactFolds: Folds<ProblemFacts, ProblemEventTable> = {
  ProblemRegistered: (_, event) => {
    const { statement, incidents: _incidents, trend: _trend, ...facts } = event.data;
    return {
      ...facts,
      state: 'new',
      id: ticketIdOfStream(event.stream),
      excerpt: excerptOf(statement),
      openedAt: event.occurredAt,
    };
  },
  ProblemAssessed: (_, { data, occurredAt }) => ({
    ...data,
    state: 'assess',
    assessedAt: occurredAt,
  }),
  ProblemConfirmed: (_, { occurredAt }) => ({
    state: 'root-cause-analysis',
    confirmedAt: occurredAt,
  }),
  ProblemMarkedDuplicate: (_, event) => ({
    ...closed('duplicate', event),
    duplicateOf: event.data.original,
  }),
  ProblemDuplicateRecorded: () => ({}),
  ProblemCancelled: (_, event) => closed('cancelled', event),
  RootCauseRecorded: (_, { occurredAt }) => ({ causeRecordedAt: occurredAt }),
  WorkaroundRecorded: (_, { occurredAt }) => ({ workaroundRecordedAt: occurredAt }),
  WorkaroundCommunicated: () => ({}),
  FixStarted: (_, { occurredAt }) => ({ state: 'fix-in-progress', fixStartedAt: occurredAt }),
  FixProgressRecorded: () => ({}),
  FixAbandoned: () => ({ state: 'root-cause-analysis', fixStartedAt: null }),
  FixCommunicated: () => ({}),
  ProblemRiskAccepted: (_, event) => ({
    ...(event.data.outcome === 'closed'
      ? closed('risk-accepted', event)
      : {
          state: 'resolved',
          closeCode: 'risk-accepted',
          resolvedBy: event.actor,
          resolvedAt: event.occurredAt,
        }),
    riskReviewAt: event.data.reviewAt,
  }),
  ProblemResolved: (_, { data, occurredAt }) => ({
    state: 'resolved',
    closeCode: 'fix-applied',
    resolvedBy: data.resolvedBy,
    resolvedAt: occurredAt,
  }),
  ProblemClosed: (_, event) => closed(event.data.code, event),
  ProblemReopened: (_, { data, occurredAt }) => ({
    ...notEnded,
    state: 'root-cause-analysis',
    fixStartedAt: null,
    reopenCount: data.reopenCount,
    reopenedAt: occurredAt,
  }),
  ProblemTaskRecorded: () => ({}),
  ProblemPatternTaken: () => ({}),
  ProblemPatternReleased: () => ({}),
  ProblemKnownErrorRecorded: () => ({}),
};

type Whole = ProblemFacts & ProblemRecord & LinksPart;

/** What some events change beyond the facts: texts and lists that only the problem itself shows. */
export const problemRecordFolds: Partial<Folds<Whole, ProblemEventTable>> = {
  ProblemRegistered: (_, { data: { statement, trend } }) => ({ statement, trend }),
  // The links themselves come over by events of their own, each with a number on the original.
  ProblemMarkedDuplicate: () => ({ links: [], tasks: [], knownErrors: [] }),
  ProblemDuplicateRecorded: (state, { data }) => ({
    duplicates: union(state.duplicates, [data.problem]),
    tasks: union(state.tasks, data.tasks),
    knownErrors: union(state.knownErrors, data.knownErrors),
  }),
  ProblemCancelled: (_, { data }) => ({ cancelReason: data.reason }),
  RootCauseRecorded: (_, event) => ({ rootCause: { ...event.data, ...stamp(event) } }),
  WorkaroundRecorded: (_, event) => ({ workaround: { ...event.data, ...stamp(event) } }),
  FixStarted: ({ pastChanges }, event) => {
    const { notes, changeNeed, changes } = event.data;
    return {
      fix: { notes, changeNeed, ...stamp(event) },
      fixProgress: [],
      // A change of an earlier fix that is named again counts again.
      pastChanges: pastChanges.filter((change) => !changes.includes(change)),
    };
  },
  FixProgressRecorded: (_, { data }) => ({
    fixProgress: data.changes as unknown as readonly FixChangeStanding[],
  }),
  FixAbandoned: ({ pastChanges }, { data }) => ({
    fix: null,
    fixProgress: [],
    pastChanges: union(pastChanges, data.changes),
  }),
  ProblemRiskAccepted: (_, event) => {
    const { reason, authority, reviewAt } = event.data;
    return { risk: { reason, authority, reviewAt, ...stamp(event) } };
  },
  ProblemResolved: (_, { data }) => ({ resolutionNotes: data.notes }),
  ProblemReopened: (state, event) => ({
    fix: null,
    fixProgress: [],
    risk: null,
    resolutionNotes: null,
    pastChanges: union(state.pastChanges, event.data.changes),
    reanalyses: [
      ...state.reanalyses,
      {
        ...stamp(event),
        reason: event.data.reason,
        previousCode: event.data.previousCode,
        resolvedAt: state.resolvedAt,
        closedAt: state.closedAt,
      },
    ],
  }),
  ProblemPatternTaken: ({ patterns }, { data }) => ({ patterns: union(patterns, [data.pattern]) }),
  ProblemTaskRecorded: ({ tasks }, { data }) => ({ tasks: union(tasks, [data.task]) }),
  ProblemKnownErrorRecorded: ({ knownErrors }, { data }) => ({
    knownErrors: union(knownErrors, [data.knownError]),
  }),
};

function closed(code: ProblemCloseCode, event: RecordedEvent): Partial<ProblemFacts> {
  return { state: 'closed', closeCode: code, closedAt: event.occurredAt, closedBy: event.actor };
}

function union(members: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...members, ...more])];
}
