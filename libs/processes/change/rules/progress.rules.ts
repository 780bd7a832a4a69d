import { policyReference, refuse, type NewEvent } from '@ledgerdesk/kernel';
import {
  reinstateApprovals,
  suspendApprovals,
  voidApprovals,
} from '../../shared/blocks/approvals.block';
import { isLive } from '../../shared/approval-round';
import { isThere, utc } from '../../shared/fields';
import type { ChangeState } from '../change.state';
import type { ChangeOutcome } from '../change.vocabulary';
import {
  BackOutChange,
  CancelChange,
  ConcludeChangeReview,
  FinishChange,
  HoldChange,
  RecordChangeItemUpdate,
  ReleaseChange,
  RevertChange,
  StartChange,
  SubmitChange,
  TechnicalApproveChange,
  TechnicalRejectChange,
} from '../commands/progress.commands';
import { stepOf } from '../policies/change-models';
import { changePolicies } from '../policies/change-policies';
import { authorisedPlan } from './authorisation';
import { changeCommand, emit, type ChangeCommands } from './change-command';

const ITEM_UPDATES_MAX = 2_000;
const HOLDS_MAX = 50;
const HOUR_MS = 3_600_000;

/** How a change gets from its draft to its beginning. */
const towardsStart: ChangeCommands = {
  SubmitChange: changeCommand<SubmitChange>({
    type: SubmitChange,
    summary: 'Hand the change in; its model says what comes next.',
    route: 'submit',
    permission: 'change:submit',
    emits: ['ChangeSubmitted', 'ChangeAuthorised'],
    example: { retrospective: false },
    needs: (_, { template }) =>
      template === null ? {} : { related: [{ process: 'change-template', ticket: template }] },
    decide: ({ retrospective, serviceDownSince }, state) => {
      const next = stepOf(state.model, 'SubmitChange', 'new') ?? 'assess';
      const submitted = emit('ChangeSubmitted', {
        state: next,
        isRetrospective: retrospective === true,
        serviceDownSince: isThere(serviceDownSince) ? utc(serviceDownSince) : null,
      });
      if (next !== 'scheduled') return [submitted];
      const given = { basis: 'template', approvals: [], isLate: false, state: next } as const;
      return [submitted, emit('ChangeAuthorised', { ...given, ...authorisedPlan(state) })];
    },
  }),
  TechnicalApproveChange: changeCommand<TechnicalApproveChange>({
    type: TechnicalApproveChange,
    summary: 'Find the change technically sound.',
    route: 'technical-approve',
    permission: 'change:assess',
    emits: ['ChangeAssessed'],
    example: { comment: 'Plan and back-out plan fit.' },
    decide: ({ comment }, { model }) => [
      emit('ChangeAssessed', {
        state: stepOf(model, 'TechnicalApproveChange', 'assess') ?? 'authorise',
        comment: comment ?? null,
      }),
    ],
  }),
  TechnicalRejectChange: changeCommand<TechnicalRejectChange>({
    type: TechnicalRejectChange,
    summary: 'Find the change technically unsound; it goes back to its draft.',
    route: 'technical-reject',
    permission: 'change:assess',
    emits: ['ChangeRejected', 'ChangeApprovalsVoided'],
    example: { reason: 'The test plan does not cover the fail-over.' },
    decide: ({ reason }, state) => [
      emit('ChangeRejected', { stage: 'assessment', reason, state: 'new' }),
      ...voidApprovals('Change', state, 'the change was turned down'),
    ],
  }),
  RevertChange: changeCommand<RevertChange>({
    type: RevertChange,
    summary: 'Take the change back to its draft; pending approvals are cancelled.',
    route: 'revert',
    permission: 'change:edit',
    emits: ['ChangeReverted', 'ChangeApprovalsVoided'],
    example: { reason: 'The vendor changed the procedure.' },
    decide: ({ reason }, state) =>
      state.state === 'new' && !state.approvalRounds.some(isLive)
        ? refuse('no-change', 'it is a draft without approvals already')
        : [
            emit('ChangeReverted', { previousState: state.state ?? 'new', reason }),
            ...voidApprovals('Change', state, 'the change went back to its draft'),
          ],
  }),
  StartChange: changeCommand<StartChange>({
    type: StartChange,
    summary: 'Begin the change, inside its window and outside of any hard freeze.',
    route: 'start',
    permission: 'change:implement',
    emits: ['ChangeStarted'],
    example: { freezeWindows: [] },
    needs: ({ freezeWindows }) => ({
      related: (freezeWindows ?? []).map((ticket) => ({ process: 'freeze-window', ticket })),
    }),
    decide: (_, { state, model, configurationItems }, { now, policies }) => {
      const isRetrospective = state === 'authorise';
      const dueMs = Date.parse(now) + (model?.retrospectiveHours ?? 0) * HOUR_MS;
      const approvalDueAt = isRetrospective ? new Date(dueMs).toISOString() : null;
      return [
        emit('ChangeStarted', { isRetrospective, approvalDueAt, configurationItems }, [
          policyReference(changePolicies(policies).changeModels),
        ]),
      ];
    },
  }),
};

/** How a change that has begun ends. */
const towardsEnd: ChangeCommands = {
  RecordChangeItemUpdate: changeCommand<RecordChangeItemUpdate>({
    type: RecordChangeItemUpdate,
    summary: 'Record what the change made of a configuration item.',
    route: 'record-item-update',
    permission: 'change:implement',
    emits: ['ChangeItemUpdateRecorded'],
    example: { configurationItem: 'relay-1', summary: 'Version 4.2 in place of 4.1.' },
    decide: ({ configurationItem, summary }, { itemUpdates }) =>
      itemUpdates.length >= ITEM_UPDATES_MAX
        ? refuse('too-many', `a change has at most ${ITEM_UPDATES_MAX} item updates`)
        : [emit('ChangeItemUpdateRecorded', { configurationItem, summary })],
  }),
  BackOutChange: changeCommand<BackOutChange>({
    type: BackOutChange,
    summary: 'Say that the change failed and was undone by its back-out plan.',
    route: 'back-out',
    permission: 'change:implement',
    emits: ['ChangeBackedOut'],
    example: { reason: 'The new relay drops connections.' },
    decide: ({ reason }) => [emit('ChangeBackedOut', { reason })],
  }),
  FinishChange: changeCommand<FinishChange>({
    type: FinishChange,
    summary: 'Say that all is done; where no review is due, the change closes.',
    route: 'finish',
    permission: 'change:implement',
    emits: ['ChangeImplemented', 'ChangeClosed'],
    example: { itemUpdates: 'recorded' },
    decide: ({ itemUpdates, comment }, state) => {
      const needsReview = isReviewDue(state);
      return [
        emit('ChangeImplemented', { itemUpdates, comment: comment ?? null, needsReview }),
        ...(needsReview ? [] : [closed(state, 'successful')]),
      ];
    },
  }),
  ConcludeChangeReview: changeCommand<ConcludeChangeReview>({
    type: ConcludeChangeReview,
    summary: 'End the post-implementation review, and with it the change.',
    route: 'conclude-review',
    permission: 'change:review',
    emits: ['ChangeReviewed', 'ChangeClosed'],
    example: {
      outcome: 'successful',
      notes: 'Took ten minutes less than planned.',
      isObjectiveMet: true,
      incidentsCaused: [],
    },
    decide: ({ outcome, notes, isObjectiveMet, incidentsCaused }, state) => [
      emit('ChangeReviewed', { outcome, notes, isObjectiveMet, incidentsCaused }),
      closed(state, outcome),
    ],
  }),
  CancelChange: changeCommand<CancelChange>({
    type: CancelChange,
    summary: 'End the change before it is done.',
    route: 'cancel',
    permission: 'change:cancel',
    emits: ['ChangeCancelled', 'ChangeApprovalsVoided'],
    example: { reason: 'not-needed', comment: 'The relay is replaced with the release.' },
    decide: ({ reason, comment }, state) => [
      emit('ChangeCancelled', { reason, comment, previousState: state.state ?? 'new' }),
      ...voidApprovals('Change', state, 'the change was cancelled'),
    ],
  }),
};

/** Stops and goes on. */
const holding: ChangeCommands = {
  HoldChange: changeCommand<HoldChange>({
    type: HoldChange,
    summary: 'Stop the change where it stands; open approvals are suspended.',
    route: 'hold',
    permission: 'change:hold',
    emits: ['ChangeHeld', 'ChangeApprovalsSuspended'],
    example: { reason: 'The data centre is on emergency power.' },
    decide: ({ reason, lockdown }, state) =>
      state.holds.length >= HOLDS_MAX
        ? refuse('too-many', `a change has at most ${HOLDS_MAX} holds`)
        : [
            emit('ChangeHeld', { lockdownId: lockdown ?? null, reason }),
            ...suspendApprovals('Change', state),
          ],
  }),
  ReleaseChange: changeCommand<ReleaseChange>({
    type: ReleaseChange,
    summary: 'End a hold; once nothing holds it, approvals are open again.',
    route: 'release',
    permission: 'change:hold',
    emits: ['ChangeReleased', 'ChangeApprovalsReinstated'],
    example: { comment: 'Power is back.' },
    decide: ({ lockdown, comment }, state): readonly NewEvent[] => {
      const lockdownId = lockdown ?? null;
      const isStillHeld = state.holds.some((hold) => hold.lockdownId !== lockdownId);
      return [
        emit('ChangeReleased', { lockdownId, comment: comment ?? null, isStillHeld }),
        ...(isStillHeld ? [] : reinstateApprovals('Change', state)),
      ];
    },
  }),
};

/** How a change goes its way. */
export const progressCommands: ChangeCommands = { ...towardsStart, ...towardsEnd, ...holding };

/** With what tells whether changes of its kind fail again and again. */
function closed(state: ChangeState, outcome: ChangeOutcome): NewEvent {
  const { number, template, service, configurationItems } = state;
  const kind = { number: number ?? '', template, service, configurationItems };
  return emit('ChangeClosed', { outcome, ...kind });
}

function isReviewDue({ model, workOrders, number }: ChangeState): boolean {
  if (model?.review !== 'on-failure') return true;
  if (workOrders.some(({ outcome }) => outcome === 'failed')) return true;
  const { reviewSampleEvery: every } = model;
  const count = Number(/\d+$/.exec(number ?? '')?.[0] ?? '0');
  return every > 0 && count % every === 0;
}
