import type { DecisionContext, RelatedTicket } from '@ledgerdesk/kernel';
import { given, type GivenStep } from '@ledgerdesk/kernel/testing';
import { changeProcess } from './change.process';
import type { ChangeState } from './change.state';

type Step = GivenStep<ChangeState>;
type Context = Partial<DecisionContext<ChangeState>>;

const ID = '0195c1d0-0000-7000-8000-000000000001';
const START = '2026-03-02T08:00:00.000Z';
const END = '2026-03-02T20:00:00.000Z';
const draft = {
  ...{ title: 'Relay', requester: 'rita', type: 'normal', changeManager: 'mara', impact: 2 },
  ...{ description: 'd', justification: 'j', implementationPlan: 'i', testPlan: 't' },
  ...{ backOutPlan: 'b', configurationItems: ['relay-1'] },
};
const ready: readonly Step[] = [
  ['DraftChange', draft],
  ['PlanChangeWindow', { plannedStart: START, plannedEnd: END }],
  ['RecordChangeRisk', { facts: {} }],
];
const scanned: Step = [
  'RecordChangeConflicts',
  {
    ...{ mode: 'basic', kinds: ['blackout'], position: '7', conflicts: [] },
    ...{ plannedStart: START, plannedEnd: END, configurationItems: ['relay-1'] },
  },
];
const handedIn: readonly Step[] = [
  ['SubmitChange', {}],
  ['TechnicalApproveChange', {}],
];
const managerAgreed: readonly Step[] = [
  ['RequestChangeApproval', { policy: 'change-manager', question: 'May it?' }],
  ['ApproveChange', {}, { actor: 'mara' }],
];
const toAuthorise = [...ready, scanned, ...handedIn, ...managerAgreed];

const vote = (member: string, says: string, votedBy = member) => ({
  ...{ member, votedBy, vote: says, comment: null },
});
const meetingWith = (decision: string | null, votes: readonly object[] = []): Context => {
  const decidedAt = '2026-03-02T09:00:00.000Z';
  const items = [{ change: ID, decision, decidedAt, notes: null, votes }];
  const state = { state: 'in-session', number: 'CAB-000001', items } as RelatedTicket['state'];
  return { related: new Map([['cab-meeting/CAB-000001', { id: 'm', state }]]) };
};
const adopt = ['AdoptCabDecision', { meeting: 'CAB-000001' }] as const;
const yes = meetingWith('approved', [
  vote('eve', 'approve'),
  vote('jon', 'approve', 'sam'),
  vote('tom', 'abstain'),
]);

describe('the decision of a board', () => {
  it('is a round of those who voted, each under both names, and authorises the change', () => {
    given(changeProcess, ...toAuthorise)
      .when(...adopt, yes)
      .thenEvents(
        ['ChangeApprovalRequested', { policy: 'cab', approvers: ['eve', 'jon'], needed: 2 }],
        ['ChangeApprovalGiven', { approver: 'eve', answeredBy: 'eve' }],
        ['ChangeApprovalGiven', { approver: 'jon', answeredBy: 'sam' }],
        ['ChangeApprovalRoundConcluded', { outcome: 'approved', approvals: 2, rejections: 0 }],
        ['ChangeAuthorised', { state: 'scheduled', plannedStart: START, plannedEnd: END }],
      )
      .thenState({ state: 'scheduled' });
  });

  it('takes the place of a round that was asked of the members one by one', () => {
    const boardAsked: Step = [
      'RequestChangeApproval',
      { policy: 'cab', approvers: ['eve', 'jon'], question: 'May it?' },
    ];
    const { decision, state } = given(changeProcess, ...toAuthorise, boardAsked).when(
      ...adopt,
      yes,
    );
    expect(decision).toMatchObject([
      { type: 'ChangeApprovalWithdrawn', data: { round: 2, policy: 'cab' } },
      { type: 'ChangeApprovalRequested', data: { round: 3 } },
      {},
      {},
      {},
      { type: 'ChangeAuthorised' },
    ]);
    expect(state).toMatchObject({ state: 'scheduled' });
  });

  it('sends the change back where it is a «no», also without a scan', () => {
    given(changeProcess, ...ready, ...handedIn)
      .when(...adopt, meetingWith('rejected', [vote('eve', 'approve'), vote('jon', 'reject')]))
      .thenState({ state: 'new', isAuthorised: false });
  });

  it('needs a scan that is younger than the last edit to authorise', () => {
    given(changeProcess, ...ready, ...handedIn)
      .when(...adopt, yes)
      .thenRefused('refused.stale-scan');
  });

  it('is not to be had from a meeting that there is not', () => {
    given(changeProcess, ...toAuthorise)
      .when(...adopt, {})
      .thenRefused('refused.related-missing');
  });

  it('is none where the meeting deferred the change or did not have it', () => {
    for (const context of [meetingWith('deferred'), meetingWith(null)]) {
      given(changeProcess, ...toAuthorise)
        .when(...adopt, context)
        .thenRefused('refused.no-board-decision');
    }
  });

  it('does not count for a change that was edited since', () => {
    const edited: Step = [
      'EditChange',
      { backOutPlan: 'Another one.' },
      { now: '2026-03-02T10:00:00.000Z' },
    ];
    given(changeProcess, ...toAuthorise, edited)
      .when(...adopt, yes)
      .thenRefused('refused.stale-decision', { editedAt: '2026-03-02T10:00:00.000Z' });
  });

  it('is adopted once', () => {
    given(changeProcess, ...ready, scanned, ...handedIn, [...adopt, yes])
      .when(...adopt, yes)
      .thenRefused('refused.already-requested');
  });

  it('is of no use to a change whose model asks no board', () => {
    const { model } = given(changeProcess, ['DraftChange', draft]).state;
    const unasked = { ...model, requiredApprovals: ['change-manager'] };
    given(
      changeProcess,
      ['DraftChange', draft],
      {
        type: 'ChangeTypeChanged',
        data: { from: 'normal', to: 'normal', model: unasked, previousModel: 'normal' },
      },
      { type: 'ChangeSubmitted', data: { state: 'authorise', isRetrospective: false } },
    )
      .when(...adopt, yes)
      .thenRefused('refused.no-board');
  });
});

describe('a round that asks a group', () => {
  const teams = {
    name: 'teams',
    version: 1,
    value: { 'change-advisory-board': { members: ['ben', 'rita', 'li', 'jon'] } },
  };
  const policies = { ...changeProcess.policies, teams };
  const ask = ['RequestChangeApproval', { policy: 'cab', question: 'May it?' }] as const;

  it('asks its members on record, but for the requester and implementers', () => {
    given(changeProcess, ...ready, ['AddChangeWorkOrder', { title: 'Work', assignee: 'li' }])
      .when(...ask, { policies })
      .thenEvents(['ChangeApprovalRequested', { approvers: ['ben', 'jon'] }]);
  });

  it('is refused where nobody is on record and nobody is named', () => {
    given(changeProcess, ...ready)
      .when(...ask)
      .thenRefused('refused.too-few-approvers');
  });
});
