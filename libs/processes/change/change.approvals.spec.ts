import { given, type GivenStep } from '@ledgerdesk/kernel/testing';
import { changeProcess } from './change.process';
import type { ChangeState } from './change.state';

type Step = GivenStep<ChangeState>;

const drafted = [
  'DraftChange',
  { title: 'Relay', requester: 'rita', type: 'normal', service: 'mail', changeManager: 'mara' },
] as const;
const ask = (policy: string, approvers?: readonly string[]) =>
  [
    'RequestChangeApproval',
    { policy, question: 'May it?', ...(approvers && { approvers }) },
  ] as const;
const agree = (actor: string, body: object = {}, onBehalfOf: string | null = null) =>
  ['ApproveChange', { ...body }, { actor, onBehalfOf }] as const;
const reject = (actor: string) => ['RejectChange', { reason: 'No.' }, { actor }] as const;

const roundsOf = (...steps: readonly Step[]) => given(changeProcess, ...steps).state.approvalRounds;

describe('a round of approval', () => {
  it('asks whom its policy says, with the policy it was decided by', () => {
    const { decision } = given(changeProcess, drafted).when(...ask('change-manager'));
    expect(decision).toEqual([
      expect.objectContaining({
        type: 'ChangeApprovalRequested',
        data: expect.objectContaining({ approvers: ['mara'], rule: 'one', needed: 1 }),
        policies: [{ name: 'change-approvals', version: 1 }],
      }),
    ]);
  });

  it('rounds the percentage to the nearest whole number', () => {
    given(changeProcess, drafted)
      .when(...ask('cab', ['a', 'b', 'c']))
      .thenEvents(['ChangeApprovalRequested', { rule: 'percentage', needed: 2 }]);
  });

  it('is refused for an unknown policy, too few people, or people whom the policy names', () => {
    given(changeProcess, drafted)
      .when(...ask('board'))
      .thenRefused('refused.unknown-approval-policy');
    given(changeProcess, drafted)
      .when(...ask('cab', ['a']))
      .thenRefused('refused.too-few-approvers', { approversMin: 2 });
    given(changeProcess, drafted)
      .when(...ask('change-manager', ['eve']))
      .thenRefused('refused.fixed-approvers');
  });

  it('is refused while one of its policy counts', () => {
    given(changeProcess, drafted, ask('change-manager'))
      .when(...ask('change-manager'))
      .thenRefused('refused.already-requested', { round: 1 });
  });

  it('asks neither the requester nor an implementer', () => {
    given(changeProcess, drafted)
      .when(...ask('cab', ['ben', 'rita']))
      .thenRefused('refused.separation-of-duties', { person: 'rita', role: 'requester' });
    given(changeProcess, drafted, ['AddChangeWorkOrder', { title: 'Work', assignee: 'ben' }])
      .when(...ask('cab', ['ben', 'jon']))
      .thenRefused('refused.separation-of-duties', { person: 'ben', role: 'implementer' });
  });

  it('takes no answer from somebody who was not asked, or has answered', () => {
    given(changeProcess, drafted, ask('cab', ['ben', 'jon', 'eve', 'tom']))
      .when(...agree('zoe'))
      .thenRefused('refused.not-an-approver');
    given(changeProcess, drafted, ask('cab', ['ben', 'jon', 'eve', 'tom']), agree('ben'))
      .when(...agree('ben'))
      .thenRefused('refused.not-an-approver');
    given(changeProcess, drafted, ask('change-manager'))
      .when(...agree('mara', { round: 2 }))
      .thenRefused('refused.round-not-open');
  });

  it('is named where several wait for the same person', () => {
    const both = [drafted, ask('change-manager'), ask('peer', ['mara'])];
    given(changeProcess, ...both)
      .when(...agree('mara'))
      .thenRefused('refused.several-rounds', { rounds: [1, 2] });
    given(changeProcess, ...both)
      .when(...agree('mara', { round: 2 }))
      .thenEvents(
        ['ChangeApprovalGiven', { round: 2 }],
        ['ChangeApprovalRoundConcluded', { round: 2 }],
      );
  });

  it('keeps both names and the meaning where a substitute signs', () => {
    const delegated = [
      'DelegateChangeApproval',
      { round: 1, delegate: 'sam', until: '2026-03-02T08:10:00Z' },
      { actor: 'mara' },
    ] as const;
    const steps = [drafted, ask('change-manager'), delegated];
    given(changeProcess, ...steps)
      .when(...agree('sam', { meaning: 'authorised' }, 'mara'))
      .thenEvents(
        ['ChangeApprovalGiven', { approver: 'mara', answeredBy: 'sam', meaning: 'authorised' }],
        ['ChangeApprovalRoundConcluded'],
      );
    given(changeProcess, ...steps)
      .when('ApproveChange', {}, { actor: 'sam', now: '2026-03-02T08:10:00.001Z' })
      .thenRefused('refused.not-an-approver');
    given(changeProcess, ...steps)
      .when(...agree('zoe', {}, 'mara'))
      .thenRefused('refused.not-an-approver');
  });

  it('is delegated by an approver alone, and not to somebody with a hand in the change', () => {
    const delegate = (actor: string, body: object) =>
      ['DelegateChangeApproval', { round: 1, ...body }, { actor }] as const;
    const steps = [drafted, ask('change-manager')];
    given(changeProcess, ...steps)
      .when(...delegate('zoe', { delegate: 'sam' }))
      .thenRefused('refused.not-an-approver');
    given(changeProcess, ...steps)
      .when(...delegate('mara', { delegate: 'rita' }))
      .thenRefused('refused.separation-of-duties');
    given(changeProcess, ...steps)
      .when(...delegate('mara', { delegate: 'mara' }))
      .thenRefused('refused.self-reference');
    given(changeProcess, ...steps)
      .when(...delegate('mara', { delegate: 'sam', until: '2026-03-01T00:00:00Z' }))
      .thenRefused('refused.past-time');
  });

  it('asks one after the other in a sequence, and stops at the first «no»', () => {
    const steps = [drafted, ask('change-chain', ['ben', 'jon'])];
    given(changeProcess, ...steps)
      .when(...agree('jon'))
      .thenRefused('refused.not-an-approver', { open: [1] });
    expect(roundsOf(...steps, agree('ben'), agree('jon'))).toMatchObject([{ status: 'approved' }]);
    expect(roundsOf(...steps, reject('ben'))).toMatchObject([{ status: 'rejected' }]);
  });

  it('never inherits what an earlier round came to', () => {
    const steps = [
      drafted,
      ask('cab', ['ben', 'jon']),
      reject('ben'),
      reject('jon'),
      ask('cab', ['ben', 'jon']),
    ];
    expect(roundsOf(...steps)).toMatchObject([
      { status: 'rejected' },
      { status: 'pending', answers: [] },
    ]);
    expect(roundsOf(...steps, agree('ben'))).toMatchObject([
      { status: 'rejected' },
      { status: 'approved' },
    ]);
  });

  it('is withdrawn with a reason while it is open', () => {
    const withdrawn = ['WithdrawChangeApproval', { round: 1, reason: 'Wrong board.' }] as const;
    given(changeProcess, drafted, ask('change-manager'))
      .when(...withdrawn)
      .thenEvents(['ChangeApprovalWithdrawn', { policy: 'change-manager' }]);
    given(changeProcess, drafted, ask('change-manager'), withdrawn)
      .when(...withdrawn)
      .thenRefused('refused.round-not-open', { status: 'withdrawn' });
  });

  it('waits while the change is held, and is open again with the last release', () => {
    const held = ['HoldChange', { reason: 'Power.' }] as const;
    const locked = ['HoldChange', { reason: 'Storm.', lockdown: 'lock-1' }] as const;
    const steps = [drafted, ask('change-manager'), held, locked];
    expect(roundsOf(...steps)).toMatchObject([{ status: 'suspended' }]);
    given(changeProcess, ...steps)
      .when(...agree('mara'))
      .thenRefused('refused.held', { lockdowns: ['lock-1'] });
    given(changeProcess, ...steps)
      .when(...locked)
      .thenRefused('refused.already-held');
    const released = ['ReleaseChange', { lockdown: 'lock-1' }] as const;
    expect(roundsOf(...steps, released)).toMatchObject([{ status: 'suspended' }]);
    given(changeProcess, ...steps, released)
      .when(...released)
      .thenRefused('refused.not-held');
    given(changeProcess, ...steps, released)
      .when('ReleaseChange')
      .thenEvents(['ChangeReleased', { isStillHeld: false }], ['ChangeApprovalsReinstated'])
      .thenState({ isHeld: false, holds: [] });
  });
});

describe('the people of a change', () => {
  it('implement nothing that they have asked for', () => {
    const apart = ['refused.separation-of-duties', { person: 'rita' }] as const;
    given(changeProcess, drafted)
      .when('AssignChange', { group: 'mail', assignee: 'rita' })
      .thenRefused(...apart);
    given(changeProcess, drafted)
      .when('TakeChange', { group: 'mail' }, { actor: 'rita' })
      .thenRefused(...apart);
    given(changeProcess, drafted)
      .when('AddChangeWorkOrder', { title: 'Work', assignee: 'rita' })
      .thenRefused(...apart);
  });

  it('implement nothing that they have approved', () => {
    const steps = [drafted, ask('cab', ['ben', 'jon']), agree('ben')];
    given(changeProcess, ...steps)
      .when('AssignChange', { group: 'mail', assignee: 'ben' })
      .thenRefused('refused.separation-of-duties', { round: 1 });
    given(changeProcess, ...steps)
      .when('TakeChange', { group: 'mail' }, { actor: 'ben' })
      .thenRefused('refused.separation-of-duties');
    given(changeProcess, ...steps)
      .when('AddChangeWorkOrder', { title: 'Work', assignee: 'ben' })
      .thenRefused('refused.separation-of-duties');
    given(changeProcess, ...steps, ['AddChangeWorkOrder', { title: 'Work' }])
      .when('AcceptChangeWorkOrder', { workOrder: 1 }, { actor: 'ben' })
      .thenRefused('refused.separation-of-duties');
  });
});
