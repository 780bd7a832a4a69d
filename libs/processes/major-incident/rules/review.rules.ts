import { policyReference, refuse } from '@ledgerdesk/kernel';
import { refusalOfPast, utc } from '../../shared/fields';
import { nextEntry } from '../../shared/ticket-log';
import {
  AddMajorIncidentContributingFactor,
  AddMajorIncidentReviewAction,
  CloseMajorIncidentReview,
  ConcludeMajorIncidentReview,
  DescribeMajorIncidentImpact,
  RecordMajorIncidentReviewAction,
  ReturnMajorIncidentReview,
  StartMajorIncidentReview,
  SubmitMajorIncidentReview,
} from '../commands/review.commands';
import { majorIncidentPolicies } from '../policies/major-incident-policies';
import { reviewDueAt } from '../policies/review-deadlines';
import {
  emit,
  majorIncidentCommand,
  needsIncident,
  ofIncident,
  tellsIncident,
  type MajorIncidentCommands,
} from './major-incident-command';

const FACTORS_MAX = 50;
const ACTIONS_MAX = 100;

/** What is learnt from it, and what follows. */
export const reviewCommands: MajorIncidentCommands = {
  StartMajorIncidentReview: majorIncidentCommand<StartMajorIncidentReview>({
    type: StartMajorIncidentReview,
    summary: 'Have somebody write the review; its date counts from the resolution.',
    route: 'start-review',
    permission: 'major-incident:review',
    emits: ['MajorIncidentReviewStarted'],
    example: { owner: 'nadia.k', isExternalMessagePromised: true },
    decide: (command, { severity, resolvedAt }, { policies, now }) => {
      const { reviewDeadlines } = majorIncidentPolicies(policies);
      return [
        emit(
          'MajorIncidentReviewStarted',
          {
            owner: command.owner,
            dueAt: reviewDueAt(reviewDeadlines, severity ?? 0, resolvedAt ?? now),
            isExternalMessagePromised: command.isExternalMessagePromised ?? false,
          },
          [policyReference(reviewDeadlines)],
        ),
      ];
    },
  }),
  DescribeMajorIncidentImpact: majorIncidentCommand<DescribeMajorIncidentImpact>({
    type: DescribeMajorIncidentImpact,
    summary: 'Say in the review whom it hit and how.',
    route: 'describe-impact',
    permission: 'major-incident:review',
    emits: ['MajorIncidentImpactDescribed'],
    example: { impact: '4,200 orders were lost in 65 minutes.' },
    decide: ({ impact: to }, { reviewImpact: from }) =>
      from === to
        ? refuse('no-change', 'the review says this very thing already')
        : [emit('MajorIncidentImpactDescribed', { from, to })],
  }),
  AddMajorIncidentContributingFactor: majorIncidentCommand<AddMajorIncidentContributingFactor>({
    type: AddMajorIncidentContributingFactor,
    summary: 'Name in the review something that contributed.',
    route: 'add-contributing-factor',
    permission: 'major-incident:review',
    emits: ['MajorIncidentContributingFactorAdded'],
    example: { factor: 'The fail-over had not been tested for a year.' },
    decide: ({ factor: text }, { contributingFactors: { length } }) =>
      length >= FACTORS_MAX
        ? refuse('too-many', `a review names at most ${FACTORS_MAX} contributing factors`)
        : [emit('MajorIncidentContributingFactorAdded', { factor: length + 1, text })],
  }),
  AddMajorIncidentReviewAction: majorIncidentCommand<AddMajorIncidentReviewAction>({
    type: AddMajorIncidentReviewAction,
    summary: 'Call for an action in the review, with its owner and date.',
    route: 'add-review-action',
    permission: 'major-incident:review',
    emits: ['MajorIncidentReviewActionAdded'],
    example: {
      text: 'Test the fail-over each month.',
      owner: 'li.w',
      dueAt: '2026-04-01T12:00:00Z',
    },
    decide: ({ text, owner, dueAt }, { actions }, { now }) =>
      refusalOfPast('dueAt', dueAt, now) ??
      (actions.length >= ACTIONS_MAX
        ? refuse('too-many', `a review calls for at most ${ACTIONS_MAX} actions`)
        : [
            emit('MajorIncidentReviewActionAdded', {
              action: nextEntry(actions),
              text,
              owner,
              dueAt: utc(dueAt),
            }),
          ]),
  }),
  RecordMajorIncidentReviewAction: majorIncidentCommand<RecordMajorIncidentReviewAction>({
    type: RecordMajorIncidentReviewAction,
    summary: 'Say as what an action of the review is worked on.',
    route: 'record-review-action',
    permission: 'major-incident:review',
    emits: ['MajorIncidentReviewActionRecorded'],
    example: { action: 1, recordKind: 'change', record: 'CHG-000042' },
    decide: ({ action, recordKind, record }) => [
      emit('MajorIncidentReviewActionRecorded', { action, recordKind, record }),
    ],
  }),
  SubmitMajorIncidentReview: majorIncidentCommand<SubmitMajorIncidentReview>({
    type: SubmitMajorIncidentReview,
    summary: 'Put the review up for discussion, once nothing in it is missing.',
    route: 'submit-review',
    permission: 'major-incident:review',
    emits: ['MajorIncidentReviewSubmitted'],
    example: { comment: 'For the meeting on Thursday.' },
    decide: ({ comment }) => [emit('MajorIncidentReviewSubmitted', { comment: comment ?? null })],
  }),
  ReturnMajorIncidentReview: majorIncidentCommand<ReturnMajorIncidentReview>({
    type: ReturnMajorIncidentReview,
    summary: 'Give the review back into draft.',
    route: 'return-review',
    permission: 'major-incident:conclude-review',
    emits: ['MajorIncidentReviewReturned'],
    example: { reason: 'Why the alarm came late is missing.' },
    decide: ({ reason }) => [emit('MajorIncidentReviewReturned', { reason })],
  }),
  ConcludeMajorIncidentReview: majorIncidentCommand<ConcludeMajorIncidentReview>({
    type: ConcludeMajorIncidentReview,
    summary: 'Accept the review; from now on its incident may be closed.',
    route: 'conclude-review',
    permission: 'major-incident:conclude-review',
    emits: ['MajorIncidentReviewConcluded'],
    example: {},
    needs: (_, { incident }) => needsIncident(incident),
    companions: (_, state, context) => tellsIncident('reviewed', state, context, state.commander),
    decide: (_, state, { now }) => [
      emit('MajorIncidentReviewConcluded', {
        ...ofIncident(state),
        timelineEntries: state.timeline.length,
        impact: state.reviewImpact ?? '',
        contributingFactors: state.contributingFactors,
        actions: state.actions.map(({ id, text, owner, dueAt }) => ({ id, text, owner, dueAt })),
        isOnTime: state.reviewDueAt === null || Date.parse(now) <= Date.parse(state.reviewDueAt),
      }),
    ],
  }),
  CloseMajorIncidentReview: majorIncidentCommand<CloseMajorIncidentReview>({
    type: CloseMajorIncidentReview,
    summary: 'End the major incident, as all that the review called for is on its way.',
    route: 'close-review',
    permission: 'major-incident:conclude-review',
    emits: ['MajorIncidentReviewClosed'],
    example: { comment: 'Published to customers.' },
    needs: (_, { incident }) => needsIncident(incident),
    companions: (_, state, context) => tellsIncident('closed', state, context, state.commander),
    decide: ({ comment }, state) => [
      emit('MajorIncidentReviewClosed', { ...ofIncident(state), comment: comment ?? null }),
    ],
  }),
};
