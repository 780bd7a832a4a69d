import { policyReference, refuse, type NewEvent } from '@ledgerdesk/kernel';
import { isLive, type ApprovalAnswer, type ApprovalRound } from '../../shared/approval-round';
import type { approvalEvents } from '../../shared/blocks/approvals.events';
import { emitterOf } from '../../shared/folding';
import type { ChangeState } from '../change.state';
import { AdoptCabDecision } from '../commands/board.commands';
import { changePolicies } from '../policies/change-policies';
import { checkToAuthorise } from './approval.guards';
import { concludedRound } from './authorisation';
import {
  changeCommand,
  changeGuard,
  type ChangeCommands,
  type ChangeContext,
} from './change-command';
import type { ChangeGuards } from './change-command';
import { meetingOf, type MeetingItemView } from './related-views';

/** The policies whose round a board answers, the usual one first. */
const boards = ['cab', 'ecab'];

const emit = emitterOf<typeof approvalEvents>('Change');

/** The board's say on a change. */
export const boardCommands: ChangeCommands = {
  AdoptCabDecision: changeCommand<AdoptCabDecision>({
    type: AdoptCabDecision,
    summary: 'Take what the board decided in a meeting for its answer, vote by vote.',
    route: 'adopt-cab-decision',
    permission: 'change:approve',
    emits: [
      'ChangeApprovalWithdrawn',
      'ChangeApprovalRequested',
      'ChangeApprovalGiven',
      'ChangeApprovalDenied',
      'ChangeApprovalRoundConcluded',
      'ChangeAuthorised',
      'ChangeRejected',
      'ChangeApprovalsVoided',
    ],
    example: { meeting: 'CAB-000010' },
    needs: ({ meeting }) => ({ related: [{ process: 'cab-meeting', ticket: meeting }] }),
    decide: ({ meeting }, state, context) => {
      const item = itemOf(state, meeting, context);
      const policy = boardOf(state);
      return item === undefined || policy === undefined
        ? refuse('no-board-decision', `${meeting} has decided nothing about the change`)
        : adopted(state, context, { item, policy, meeting });
    },
  }),
};

/** Questions about the board's say. */
export const boardGuards: ChangeGuards = {
  hasBoardDecision: changeGuard<AdoptCabDecision>({
    unless: 'the meeting approved or rejected the change as it stands, which no round says already',
    check: (state, { meeting }, context) => {
      const policy = boardOf(state);
      if (policy === undefined) {
        return refuse('no-board', 'the model of the change asks no board for its approval');
      }
      const approved = state.approvalRounds.find(
        (round) => round.policy === policy && round.status === 'approved',
      );
      if (approved !== undefined) {
        return refuse('already-requested', `round ${approved.id} of ${policy} is approved already`);
      }
      if (meetingOf(context, meeting) === undefined) {
        return refuse(
          'related-missing',
          `there is no CAB meeting ${meeting}; name one that is there`,
          {
            reference: meeting,
          },
        );
      }
      const item = itemOf(state, meeting, context);
      if (item?.decision !== 'approved' && item?.decision !== 'rejected') {
        return refuse(
          'no-board-decision',
          `${meeting} has neither approved nor rejected the change`,
          {
            decision: item?.decision ?? null,
          },
        );
      }
      const isYounger = state.substanceAt === null || (item.decidedAt ?? '') >= state.substanceAt;
      return (
        isYounger ||
        refuse('stale-decision', 'the change was edited after the meeting; have it decided again', {
          decidedAt: item.decidedAt,
          editedAt: state.substanceAt,
        })
      );
    },
  }),
  mayAuthoriseByBoard: changeGuard<AdoptCabDecision>({
    unless: 'it is a «no», or the change may be authorised as far as scans and freezes go',
    check: (state, { meeting }, context) =>
      itemOf(state, meeting, context)?.decision === 'rejected' || checkToAuthorise(state),
  }),
};

function boardOf({ model }: ChangeState): string | undefined {
  return boards.find((policy) => model?.requiredApprovals.includes(policy));
}

function itemOf(
  { id }: ChangeState,
  meeting: string,
  context: ChangeContext,
): MeetingItemView | undefined {
  return meetingOf(context, meeting)?.items.find(({ change }) => change === id);
}

interface Adoption {
  readonly item: MeetingItemView;
  readonly policy: string;
  readonly meeting: string;
}

/** A round of those who voted, with their votes as its answers; an abstention is none. */
function adopted(
  state: ChangeState,
  context: ChangeContext,
  { item, policy, meeting }: Adoption,
): readonly NewEvent[] {
  const { changeApprovals } = changePolicies(context.policies);
  const number = meetingOf(context, meeting)?.number ?? meeting;
  const open = state.approvalRounds.find((round) => round.policy === policy && isLive(round));
  const answers = item.votes
    .filter(({ vote }) => vote !== 'abstain')
    .map(({ member, votedBy, vote, comment }): ApprovalAnswer => {
      const isApproval = vote === 'approve';
      const meaning = `vote in ${number}`;
      return {
        approver: member,
        answeredBy: votedBy,
        isApproval,
        comment,
        meaning,
        at: context.now,
      };
    });
  const outcome = item.decision === 'approved' ? 'approved' : 'rejected';
  const asked = {
    rule: 'percentage',
    needed: Math.floor(answers.length / 2) + 1,
    isMandatory: true,
    approvers: answers.map(({ approver }) => approver),
    question: `What ${number} was asked.`,
  } as const;
  const id = state.approvalRounds.length + 1;
  const decided: ApprovalRound = {
    ...{ id, policy, ...asked, answers, delegations: [] },
    status: outcome,
    requested: { by: context.actor, at: context.now },
    ended: { by: context.actor, at: context.now, reason: item.notes },
  };
  const others = state.approvalRounds.map((round) =>
    round === open ? { ...round, status: 'withdrawn' as const } : round,
  );
  const approvals = answers.filter(({ isApproval }) => isApproval).length;
  const reason = `The board decided in ${number}.`;
  return [
    ...(open === undefined ? [] : [emit('ApprovalWithdrawn', { round: open.id, policy, reason })]),
    emit('ApprovalRequested', { round: id, policy, ...asked }, [policyReference(changeApprovals)]),
    ...answers.map(({ isApproval, at: _, ...answer }) =>
      emit(isApproval ? 'ApprovalGiven' : 'ApprovalDenied', { round: id, policy, ...answer }),
    ),
    emit('ApprovalRoundConcluded', {
      ...{ round: id, policy, outcome, approvals },
      rejections: answers.length - approvals,
      needed: asked.needed,
    }),
    ...concludedRound(decided, [...others, decided], state, context),
  ];
}
