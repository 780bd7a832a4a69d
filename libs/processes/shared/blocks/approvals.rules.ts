import {
  policyReference,
  refuse,
  type Decision,
  type DecisionContext,
  type ProcessState,
} from '@ledgerdesk/kernel';
import { approvalsNeeded, outcomeOf, type ApprovalAnswer } from '../approval-round';
import type { BlockCommands, TicketKind } from '../block';
import { defineCommand, nameCommand } from '../command-definition';
import {
  Approve,
  DelegateApproval,
  Reject,
  RequestApproval,
  WithdrawApproval,
} from '../commands/approvals.commands';
import { isThere, utc } from '../fields';
import { emitterOf } from '../folding';
import type { ApprovalOptions } from './approvals.options';
import type { approvalEvents, ApprovalsPart } from './approvals.events';
import { approversOf, findRound } from './approvals.questions';

const ROUNDS_MAX = 200;
const DELEGATIONS_MAX = 500;

type State = ApprovalsPart & ProcessState;

/** What the commands of the approvals block lead to. */
export function approvalCommands(
  kind: TicketKind,
  options: ApprovalOptions<never>,
): BlockCommands<ApprovalsPart> {
  return {
    ...requestCommands(kind, options),
    ...answerCommands(kind, options),
    ...tendingCommands(kind),
  };
}

function requestCommands(
  { title, name }: TicketKind,
  options: ApprovalOptions<never>,
): BlockCommands<ApprovalsPart> {
  const emit = emitterOf<typeof approvalEvents>(title);
  const request = `Request${title}Approval`;
  return {
    [request]: defineCommand<State, RequestApproval>({
      type: nameCommand(request, RequestApproval),
      summary: 'Ask people for their approval, by an approval policy.',
      route: 'request-approval',
      permission: `${name}:request-approval`,
      emits: [`${title}ApprovalRequested`],
      example: { policy: 'cab', approvers: ['mara.v', 'jon.p'], question: 'May it go ahead?' },
      decide: (command, state, { policies }) => {
        const { approvalRounds: rounds } = state;
        if (rounds.length >= ROUNDS_MAX) {
          return refuse('too-many', `a ticket has at most ${ROUNDS_MAX} rounds of approval`);
        }
        const all = options.policies(policies);
        const approvers = approversOf(options, policies, command, state);
        if ('refused' in approvers) return approvers;
        const policy = all.value[command.policy];
        const isFirst = policy?.rule === 'percentage' && policy.percentage === undefined;
        return [
          emit(
            'ApprovalRequested',
            {
              round: rounds.length + 1,
              policy: command.policy,
              rule: policy === undefined || isFirst ? 'one' : policy.rule,
              needed:
                policy === undefined ? approvers.length : approvalsNeeded(policy, approvers.length),
              isMandatory: policy?.isMandatory !== false,
              approvers,
              question: command.question,
            },
            [policyReference(all)],
          ),
        ];
      },
    }),
  };
}

function answerCommands(
  { title, name }: TicketKind,
  options: ApprovalOptions<never>,
): BlockCommands<ApprovalsPart> {
  const { emits = [] } = options;
  const concluded = `${title}ApprovalRoundConcluded`;
  return {
    [`Approve${title}`]: defineCommand<State, Approve>({
      type: nameCommand(`Approve${title}`, Approve),
      summary: 'Agree to what a round of approval asks.',
      route: 'approve',
      permission: `${name}:approve`,
      emits: [`${title}ApprovalGiven`, concluded, ...emits],
      example: { comment: 'Tested on the reference system.', meaning: 'authorised' },
      decide: ({ round, comment, meaning }, state, context) => {
        const answer = { isApproval: true, comment: comment ?? null, meaning: meaning ?? null };
        return answered(title, options, { round, answer }, state, context);
      },
    }),
    [`Reject${title}`]: defineCommand<State, Reject>({
      type: nameCommand(`Reject${title}`, Reject),
      summary: 'Do not agree to what a round of approval asks.',
      route: 'reject',
      permission: `${name}:approve`,
      emits: [`${title}ApprovalDenied`, concluded, ...emits],
      example: { reason: 'The back-out plan takes longer than the window.' },
      decide: ({ round, reason, meaning }, state, context) => {
        const answer = { isApproval: false, comment: reason, meaning: meaning ?? null };
        return answered(title, options, { round, answer }, state, context);
      },
    }),
  };
}

interface GivenAnswer {
  readonly round: number | null | undefined;
  readonly answer: Pick<ApprovalAnswer, 'isApproval' | 'comment' | 'meaning'>;
}

function answered(
  title: string,
  options: ApprovalOptions<never>,
  { round: id, answer: given }: GivenAnswer,
  state: State,
  context: DecisionContext<State>,
): Decision {
  const found = findRound(state, id, context);
  if ('refused' in found) return found;
  const { round, approver } = found;
  const emit = emitterOf<typeof approvalEvents>(title);
  const { isApproval, ...words } = given;
  const answer = { approver, answeredBy: context.actor, ...words };
  const events = [
    emit(isApproval ? 'ApprovalGiven' : 'ApprovalDenied', {
      round: round.id,
      policy: round.policy,
      ...answer,
    }),
  ];
  const answers = [...round.answers, { ...answer, isApproval, at: context.now }];
  const outcome = outcomeOf({ ...round, answers });
  if (outcome === 'pending') return events;
  const approvals = answers.filter((each) => each.isApproval).length;
  const decided = { ...round, answers, status: outcome };
  const rounds = state.approvalRounds.map((each) => (each.id === round.id ? decided : each));
  const follow = options.concluded as unknown as ApprovalOptions<State>['concluded'];
  return [
    ...events,
    emit('ApprovalRoundConcluded', {
      round: round.id,
      policy: round.policy,
      outcome,
      approvals,
      rejections: answers.length - approvals,
      needed: round.needed,
    }),
    ...(follow?.(decided, rounds, state, context) ?? []),
  ];
}

function tendingCommands({ title, name }: TicketKind): BlockCommands<ApprovalsPart> {
  const emit = emitterOf<typeof approvalEvents>(title);
  const withdraw = `Withdraw${title}Approval`;
  const delegate = `Delegate${title}Approval`;
  return {
    [withdraw]: defineCommand<State, WithdrawApproval>({
      type: nameCommand(withdraw, WithdrawApproval),
      summary: 'Take back a question that is not decided yet.',
      route: 'withdraw-approval',
      permission: `${name}:request-approval`,
      emits: [`${title}ApprovalWithdrawn`],
      example: { round: 1, reason: 'Asked the wrong board.' },
      decide: ({ round: id, reason }, { approvalRounds }) => {
        const policy = approvalRounds.find((round) => round.id === id)?.policy ?? '';
        return [emit('ApprovalWithdrawn', { round: id, policy, reason })];
      },
    }),
    [delegate]: defineCommand<State, DelegateApproval>({
      type: nameCommand(delegate, DelegateApproval),
      summary: 'Name somebody who may answer in place of the actor.',
      route: 'delegate-approval',
      permission: `${name}:approve`,
      emits: [`${title}ApprovalDelegated`],
      example: { round: 1, delegate: 'jon.p', until: '2026-03-09T18:00:00Z', reason: 'On leave.' },
      decide: (command, { approvalRounds }, { actor: approver }) => {
        const { round, until, reason } = command;
        const { delegations = [] } = approvalRounds.find(({ id }) => id === round) ?? {};
        return delegations.length >= DELEGATIONS_MAX
          ? refuse('too-many', `a round has at most ${DELEGATIONS_MAX} delegations`)
          : [
              emit('ApprovalDelegated', {
                round,
                approver,
                delegate: command.delegate,
                until: isThere(until) ? utc(until) : null,
                reason: reason ?? null,
              }),
            ];
      },
    }),
  };
}
