import type { DecisionNeeds } from '@ledgerdesk/kernel';
import { utc } from '../../shared/fields';
import {
  AcceptProblemRisk,
  CancelProblem,
  CompleteProblem,
  ReanalyseProblem,
  ResolveProblem,
} from '../commands/outcome.commands';
import {
  changeAddress,
  fixChangesOf,
  incidentsOf,
  knownErrorAddress,
  publishedKnownErrors,
  taskAddress,
  taskCancellations,
} from '../problem.relations';
import type { ProblemState } from '../problem.state';
import {
  emit,
  patternsReleased,
  patternsTaken,
  problemCommand,
  type ProblemCommands,
} from './problem-command';

/** How problems end, and come back. */
export const outcomeCommands: ProblemCommands = {
  CancelProblem: problemCommand<CancelProblem>({
    type: CancelProblem,
    summary: 'End what is no problem, or none worth an analysis; open tasks are cancelled.',
    route: 'cancel',
    permission: 'problem:cancel',
    emits: ['ProblemCancelled', 'ProblemPatternReleased'],
    example: { reason: 'Happened once, by a power cut.' },
    needs: (_, state) => tasksOf(state),
    companions: (_, state, context) => taskCancellations(state, context),
    decide: ({ reason }, state) => [
      emit('ProblemCancelled', { reason, incidents: incidentsOf(state) }),
      ...patternsReleased(state, 'cancelled'),
    ],
  }),
  AcceptProblemRisk: problemCommand<AcceptProblemRisk>({
    type: AcceptProblemRisk,
    summary: 'Accept to live with the problem, by an authority and until a review.',
    route: 'accept-risk',
    permission: 'problem:accept-risk',
    emits: ['ProblemRiskAccepted', 'ProblemPatternReleased'],
    example: {
      reason: 'The relay is replaced in autumn.',
      authority: 'service-owner-mail',
      reviewAt: '2026-09-01T08:00:00Z',
    },
    needs: (_, state) => ({
      related: [...(tasksOf(state).related ?? []), ...state.knownErrors.map(knownErrorAddress)],
    }),
    companions: ({ outcome }, state, context) =>
      outcome === 'resolved' ? [] : taskCancellations(state, context),
    decide: ({ reason, authority, reviewAt, outcome }, state, context) => [
      emit('ProblemRiskAccepted', {
        reason,
        authority,
        reviewAt: utc(reviewAt),
        outcome: outcome ?? 'closed',
        knownErrors: publishedKnownErrors(state, context),
        incidents: incidentsOf(state),
      }),
      ...(outcome === 'resolved' ? [] : patternsReleased(state, 'risk-accepted')),
    ],
  }),
  ResolveProblem: problemCommand<ResolveProblem>({
    type: ResolveProblem,
    summary: 'Say that the fix is applied, once all its changes are closed with success.',
    route: 'resolve',
    permission: 'problem:resolve',
    emits: ['ProblemResolved'],
    example: { notes: 'No half-open connection since Thursday.' },
    needs: (_, state) => ({ related: fixChangesOf(state).map(changeAddress) }),
    decide: ({ notes }, state, { actor }) => [
      emit('ProblemResolved', {
        number: state.number ?? '',
        notes: notes ?? null,
        resolvedBy: actor,
        changes: fixChangesOf(state),
        incidents: incidentsOf(state),
      }),
    ],
  }),
  CompleteProblem: problemCommand<CompleteProblem>({
    type: CompleteProblem,
    summary:
      'End a problem that did not come back in the verification period; open tasks are cancelled.',
    route: 'complete',
    permission: 'problem:complete',
    emits: ['ProblemClosed', 'ProblemPatternReleased'],
    example: { comment: 'Three Mondays without a stop.' },
    needs: (_, state) => tasksOf(state),
    companions: (_, state, context) => taskCancellations(state, context),
    decide: ({ cause, comment }, state) => [
      emit('ProblemClosed', {
        code: state.closeCode ?? 'fix-applied',
        cause: cause ?? 'agent',
        comment: comment ?? null,
      }),
      ...patternsReleased(state, 'closed'),
    ],
  }),
  ReanalyseProblem: problemCommand<ReanalyseProblem>({
    type: ReanalyseProblem,
    summary: 'Analyse a resolved or closed problem again; its cause and workaround are kept.',
    route: 'reanalyse',
    permission: 'problem:reanalyse',
    emits: ['ProblemReopened', 'ProblemPatternTaken'],
    example: { reason: 'It happened again after the fix.' },
    decide: ({ reason }, state) => [
      emit('ProblemReopened', {
        reason,
        reopenCount: state.reopenCount + 1,
        previousState: state.state === 'closed' ? 'closed' : 'resolved',
        previousCode: state.closeCode,
        changes: fixChangesOf(state),
      }),
      ...patternsTaken(state.patterns),
    ],
  }),
};

function tasksOf({ tasks }: ProblemState): DecisionNeeds {
  return { related: tasks.map(taskAddress) };
}
