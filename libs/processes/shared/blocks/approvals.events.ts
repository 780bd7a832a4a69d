import { defineEvents, type RecordedEvent } from '@ledgerdesk/kernel';
import {
  approvalRules,
  isLive,
  type ApprovalAnswer,
  type ApprovalRound,
  type RoundStatus,
} from '../approval-round';
import type { Folds } from '../folding';
import { replaceEntry, stamp } from '../ticket-log';

const answerFields = {
  round: 'integer',
  policy: 'text',
  approver: 'text',
  answeredBy: 'text',
  comment: 'text|null',
  meaning: 'text|null',
} as const;

export const approvalEvents = defineEvents({
  ApprovalRequested: {
    version: 1,
    summary: 'People were asked whether they approve; a new round knows nothing of earlier ones.',
    fields: {
      round: 'integer',
      policy: 'text',
      rule: approvalRules,
      needed: 'integer',
      isMandatory: 'boolean',
      approvers: 'text[]',
      question: 'text',
    },
  },
  ApprovalGiven: {
    version: 1,
    summary: 'An approver agreed; `answeredBy` is another one where a substitute stood in.',
    fields: answerFields,
  },
  ApprovalDenied: {
    version: 1,
    summary: 'An approver did not agree; `answeredBy` is another one where a substitute stood in.',
    fields: answerFields,
  },
  ApprovalRoundConcluded: {
    version: 1,
    summary: 'The answers of a round were enough to decide it.',
    fields: {
      round: 'integer',
      policy: 'text',
      outcome: ['approved', 'rejected'],
      approvals: 'integer',
      rejections: 'integer',
      needed: 'integer',
    },
  },
  ApprovalDelegated: {
    version: 1,
    summary: 'An approver named a substitute.',
    fields: {
      round: 'integer',
      approver: 'text',
      delegate: 'text',
      until: 'time|null',
      reason: 'text|null',
    },
  },
  ApprovalWithdrawn: {
    version: 1,
    summary: 'A question was taken back before it was decided.',
    fields: { round: 'integer', policy: 'text', reason: 'text' },
  },
  ApprovalsVoided: {
    version: 1,
    summary: 'What was asked or approved counts no longer, as what it was about has changed.',
    fields: { rounds: 'text[]', reason: 'text', changed: 'text[]' },
  },
  ApprovalsSuspended: {
    version: 1,
    summary: 'Open questions wait, as the ticket is held.',
    fields: { rounds: 'text[]' },
  },
  ApprovalsReinstated: {
    version: 1,
    summary: 'Suspended questions are open again.',
    fields: { rounds: 'text[]' },
  },
});

export interface ApprovalsPart {
  readonly approvalRounds: readonly ApprovalRound[];
}

export const approvalFolds: Folds<ApprovalsPart, typeof approvalEvents> = {
  ApprovalRequested: ({ approvalRounds }, event) => {
    const { round: id, ...asked } = event.data;
    const round: ApprovalRound = {
      id,
      ...asked,
      status: 'pending',
      requested: stamp(event),
      answers: [],
      delegations: [],
      ended: null,
    };
    return { approvalRounds: [...approvalRounds, round] };
  },
  ApprovalGiven: ({ approvalRounds }, event) => answered(approvalRounds, event, true),
  ApprovalDenied: ({ approvalRounds }, event) => answered(approvalRounds, event, false),
  ApprovalRoundConcluded: ({ approvalRounds }, event) => ({
    approvalRounds: replaceEntry(approvalRounds, event.data.round, (round) => ({
      ...round,
      status: event.data.outcome,
      ended: { ...stamp(event), reason: null },
    })),
  }),
  ApprovalDelegated: ({ approvalRounds }, { data: { round: id, approver, delegate, until } }) => ({
    approvalRounds: replaceEntry(approvalRounds, id, (round) => ({
      ...round,
      delegations: [...round.delegations, { approver, delegate, until }],
    })),
  }),
  ApprovalWithdrawn: ({ approvalRounds }, event) => ({
    approvalRounds: replaceEntry(approvalRounds, event.data.round, (round) => ({
      ...round,
      status: 'withdrawn',
      ended: { ...stamp(event), reason: event.data.reason },
    })),
  }),
  ApprovalsVoided: ({ approvalRounds }, event) => ({
    approvalRounds: approvalRounds.map((round) =>
      isLive(round)
        ? {
            ...round,
            status: 'void' as const,
            ended: { ...stamp(event), reason: event.data.reason },
          }
        : round,
    ),
  }),
  ApprovalsSuspended: ({ approvalRounds }) => moved(approvalRounds, 'pending', 'suspended'),
  ApprovalsReinstated: ({ approvalRounds }) => moved(approvalRounds, 'suspended', 'pending'),
};

type AnswerEvent = RecordedEvent<
  string,
  Omit<ApprovalAnswer, 'isApproval' | 'at'> & { readonly round: number }
>;

function answered(
  rounds: readonly ApprovalRound[],
  event: AnswerEvent,
  isApproval: boolean,
): ApprovalsPart {
  const { round: id, approver, answeredBy, comment, meaning } = event.data;
  const at = event.occurredAt;
  const answer: ApprovalAnswer = { approver, answeredBy, isApproval, comment, meaning, at };
  return {
    approvalRounds: replaceEntry(rounds, id, (round) => ({
      ...round,
      answers: [...round.answers, answer],
    })),
  };
}

function moved(
  rounds: readonly ApprovalRound[],
  from: RoundStatus,
  to: RoundStatus,
): ApprovalsPart {
  return {
    approvalRounds: rounds.map((round) =>
      round.status === from ? { ...round, status: to } : round,
    ),
  };
}
