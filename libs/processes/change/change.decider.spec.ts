import type { RelatedTicket } from '@ledgerdesk/kernel';
import { given, type GivenStep } from '@ledgerdesk/kernel/testing';
import { changeProcess } from './change.process';
import type { ChangeState } from './change.state';

type Step = GivenStep<ChangeState>;

const START = '2026-03-02T08:00:00.000Z';
const END = '2026-03-02T20:00:00.000Z';

const draft = {
  title: 'Replace the relay',
  requester: 'rita',
  type: 'normal',
  configurationItems: ['relay-1'],
  changeManager: 'mara',
  description: 'd',
  justification: 'j',
  implementationPlan: 'i',
  testPlan: 't',
  backOutPlan: 'b',
  impact: 2,
};
const drafted = ['DraftChange', draft] as const;
const planned = ['PlanChangeWindow', { plannedStart: START, plannedEnd: END }] as const;
const judged = ['RecordChangeRisk', { facts: {} }] as const;
const scanWith = (conflicts: readonly object[] = []) =>
  [
    'RecordChangeConflicts',
    {
      ...{ mode: 'advanced', kinds: ['blackout'], position: '7', conflicts },
      ...{ plannedStart: START, plannedEnd: END, configurationItems: ['relay-1'] },
    },
  ] as const;
const submitted = ['SubmitChange', {}] as const;
const assessed = ['TechnicalApproveChange', {}] as const;
const managerAsked = [
  'RequestChangeApproval',
  { policy: 'change-manager', question: 'May it?' },
] as const;
const managerAgreed = ['ApproveChange', {}, { actor: 'mara' }] as const;
const boardAsked = [
  'RequestChangeApproval',
  { policy: 'cab', approvers: ['ben', 'jon', 'eve', 'tom'], question: 'May it?' },
] as const;
const agreed = (actor: string) => ['ApproveChange', {}, { actor }] as const;

const ready: readonly Step[] = [drafted, planned, judged, scanWith()];
const toAuthorise: readonly Step[] = [...ready, submitted, assessed, managerAsked, boardAsked];
const toScheduled: readonly Step[] = [...toAuthorise, managerAgreed, agreed('ben'), agreed('jon')];
const started = ['StartChange', {}] as const;
const toImplement: readonly Step[] = [...toScheduled, started];

const related = (process: string, ticket: string, state: object) => ({
  related: new Map<string, RelatedTicket>([
    [`${process}/${ticket}`, { id: `${process}-1`, state: state as RelatedTicket['state'] }],
  ]),
});

describe('a normal change', () => {
  it('keeps the model of its drafting', () => {
    const { decision } = given(changeProcess).when(...drafted);
    expect(decision).toEqual([
      expect.objectContaining({
        type: 'ChangeDrafted',
        data: expect.objectContaining({ model: expect.objectContaining({ name: 'normal' }) }),
        policies: [{ name: 'change-models', version: 1 }],
      }),
    ]);
  });

  it('goes by assessment and approvals to its schedule', () => {
    given(changeProcess, ...ready)
      .when(...submitted)
      .thenState({ state: 'assess' });
    given(changeProcess, ...ready, submitted)
      .when(...assessed)
      .thenEvents(['ChangeAssessed', { state: 'authorise' }]);
    given(changeProcess, ...toAuthorise, managerAgreed, agreed('ben'))
      .when(...agreed('jon'))
      .thenEvents(
        ['ChangeApprovalGiven', { approver: 'jon', answeredBy: 'jon' }],
        ['ChangeApprovalRoundConcluded', { outcome: 'approved', approvals: 2, needed: 2 }],
        ['ChangeAuthorised', { basis: 'approvals', state: 'scheduled' }],
      )
      .thenState({ state: 'scheduled', isAuthorised: true });
  });

  it('is submitted with all that its model asks for', () => {
    const { testPlan: _, ...rest } = draft;
    given(changeProcess, ['DraftChange', rest])
      .when(...submitted)
      .thenRefused('refused.incomplete', { missing: ['risk', 'testPlan', 'plannedStart'] });
  });

  it('does not begin before it is authorised', () => {
    given(changeProcess, ...toAuthorise)
      .when('StartChange')
      .thenRefused('refused.model');
    given(changeProcess, ...ready, submitted, assessed)
      .when('SubmitChange')
      .thenRefused('refused.state');
  });

  it('is not authorised afterwards', () => {
    given(changeProcess, ...ready)
      .when('SubmitChange', { retrospective: true, serviceDownSince: START })
      .thenRefused('refused.model');
  });

  it('is assessed by neither its requester nor its implementer', () => {
    given(changeProcess, ...ready, submitted)
      .when('TechnicalApproveChange', {}, { actor: 'rita' })
      .thenRefused('refused.separation-of-duties');
    given(changeProcess, ...ready, submitted, ['AssignChange', { group: 'mail', assignee: 'li' }])
      .when('TechnicalRejectChange', { reason: 'r' }, { actor: 'li' })
      .thenRefused('refused.separation-of-duties');
  });

  it('goes back to its draft when it is turned down, and every approval is void', () => {
    given(changeProcess, ...ready, submitted)
      .when('TechnicalRejectChange', { reason: 'Unsound.' })
      .thenEvents(['ChangeRejected', { stage: 'assessment', state: 'new' }]);
    const rejected = (actor: string) =>
      ['RejectChange', { reason: 'Too long.' }, { actor }] as const;
    given(changeProcess, ...toAuthorise, managerAgreed, rejected('ben'), rejected('jon'))
      .when(...rejected('eve'))
      .thenEvents(
        ['ChangeApprovalDenied', { approver: 'eve', comment: 'Too long.' }],
        ['ChangeApprovalRoundConcluded', { outcome: 'rejected', rejections: 3 }],
        ['ChangeRejected', { stage: 'authorisation', reason: 'Too long.', state: 'new' }],
        ['ChangeApprovalsVoided', { rounds: ['change-manager'] }],
      )
      .thenState({ state: 'new' });
  });

  it('may be moved within the tolerance, and beyond it must be authorised again', () => {
    given(changeProcess, ...toScheduled)
      .when('RescheduleChange', {
        plannedStart: '2026-03-02T08:30:00Z',
        plannedEnd: '2026-03-02T20:30:00Z',
        reason: 'r',
      })
      .thenEvents(['ChangeRescheduled', { isBeyondTolerance: false, state: 'scheduled' }])
      .thenState({ state: 'scheduled', isAuthorised: true });
    given(changeProcess, ...toScheduled)
      .when('RescheduleChange', {
        plannedStart: '2026-03-03T08:00:00Z',
        plannedEnd: '2026-03-03T20:00:00Z',
        reason: 'r',
      })
      .thenEvents(
        ['ChangeRescheduled', { isBeyondTolerance: true }],
        ['ChangeApprovalsVoided', { rounds: ['change-manager', 'cab'] }],
        ['ChangeAuthorisationRevoked', { state: 'authorise' }],
      )
      .thenState({ state: 'authorise', isAuthorised: false });
  });

  it('refuses a window that is none', () => {
    given(changeProcess, drafted)
      .when('PlanChangeWindow', { plannedStart: END, plannedEnd: START })
      .thenRefused('refused.window');
    given(changeProcess, drafted, planned)
      .when(...planned)
      .thenRefused('refused.no-change');
  });

  it.each([
    ['configurationItems', { configurationItems: ['relay-2'] }],
    ['description', { description: 'More.' }],
    ['backOutPlan', { backOutPlan: 'Another.' }],
  ])('voids its approvals when %s changes', (field, edit) => {
    given(changeProcess, ...toScheduled)
      .when('EditChange', edit)
      .thenEvents(
        [`Change${field.charAt(0).toUpperCase()}${field.slice(1)}Changed`],
        ['ChangeApprovalsVoided', { changed: [field] }],
        ['ChangeAuthorisationRevoked', { changed: [field], state: 'authorise' }],
      );
  });

  it('keeps its approvals when only its title changes', () => {
    given(changeProcess, ...toScheduled)
      .when('EditChange', { title: 'Another' })
      .thenEvents(['ChangeTitleChanged', { from: 'Replace the relay', to: 'Another' }]);
  });

  it('is reverted to its draft with a reason', () => {
    given(changeProcess, ...toAuthorise)
      .when('RevertChange', { reason: 'r' })
      .thenEvents(['ChangeReverted', { previousState: 'authorise' }], ['ChangeApprovalsVoided']);
    given(changeProcess, drafted)
      .when('RevertChange', { reason: 'r' })
      .thenRefused('refused.no-change');
  });

  it('changes its type while no approval exists alone', () => {
    const toEmergency = { type: 'emergency', emergencyReason: 'Down.', majorIncident: 'MI-000001' };
    given(changeProcess, drafted)
      .when('ReclassifyChange', toEmergency)
      .thenEvents(['ChangeTypeChanged', { from: 'normal', to: 'emergency' }])
      .thenState({ modelName: 'emergency' });
    given(changeProcess, drafted, managerAsked)
      .when('ReclassifyChange', toEmergency)
      .thenRefused('refused.has-approvals');
    given(changeProcess, drafted)
      .when('ReclassifyChange', { type: 'normal' })
      .thenRefused('refused.no-change');
  });
});

describe('the beginning of a change', () => {
  it('lies within its window', () => {
    given(changeProcess, ...toScheduled)
      .when('StartChange', {}, { now: '2026-03-02T20:00:00.001Z' })
      .thenRefused('refused.outside-window');
    given(changeProcess, ...toScheduled)
      .when('StartChange')
      .thenEvents(['ChangeStarted', { isRetrospective: false, approvalDueAt: null }])
      .thenState({ state: 'implement' });
  });

  it('is not with its requester, nor with who acts for them', () => {
    const apart = ['refused.separation-of-duties', { person: 'rita' }] as const;
    given(changeProcess, ...toScheduled)
      .when('StartChange', {}, { actor: 'rita' })
      .thenRefused(...apart);
    given(changeProcess, ...toScheduled)
      .when('StartChange', {}, { onBehalfOf: 'rita' })
      .thenRefused(...apart);
  });

  it('waits for a scan that is younger than the last edit, and than a day', () => {
    given(changeProcess, ...toScheduled, ['AssignChange', { group: 'mail', assignee: 'li' }])
      .when('StartChange')
      .thenRefused('refused.stale-scan');
    given(
      changeProcess,
      drafted,
      ['PlanChangeWindow', { plannedStart: START, plannedEnd: '2026-03-05T08:00:00Z' }],
      judged,
      ['RecordChangeConflicts', { ...scanWith()[1], plannedEnd: '2026-03-05T08:00:00Z' }],
      ...toScheduled.slice(4),
    )
      .when('StartChange', {}, { now: '2026-03-04T08:00:00.000Z' })
      .thenRefused('refused.stale-scan', { hoursMax: 24 });
  });

  it('waits for hard conflicts to be settled by an authority who stands apart', () => {
    const conflict = {
      ...{ key: 'same/CHG-7', kind: 'same-item-scheduled', with: 'CHG-7' },
    };
    const steps = [...toScheduled, scanWith([conflict])];
    given(changeProcess, ...steps)
      .when('StartChange')
      .thenRefused('refused.hard-conflict', {
        conflicts: ['same/CHG-7'],
      });
    const settle = { conflict: 'same/CHG-7', reason: 'Over by then.' };
    given(changeProcess, ...steps)
      .when('ResolveChangeConflict', settle, { actor: 'rita' })
      .thenRefused('refused.separation-of-duties');
    given(changeProcess, ...steps)
      .when('ResolveChangeConflict', { ...settle, conflict: 'other' })
      .thenRefused('refused.no-such-conflict', { conflicts: ['same/CHG-7'] });
    given(changeProcess, ...steps, ['ResolveChangeConflict', settle])
      .when('StartChange')
      .thenState({ state: 'implement' });
    given(changeProcess, ...steps, ['ResolveChangeConflict', settle])
      .when('ResolveChangeConflict', settle)
      .thenRefused('refused.no-change');
  });

  it('asks again about a settled conflict once the plan has changed', () => {
    const conflict = { key: 'same/CHG-7', kind: 'same-item-scheduled', with: 'CHG-7' };
    const settled = ['ResolveChangeConflict', { conflict: 'same/CHG-7', reason: 'r' }] as const;
    const scanned = [...toScheduled, scanWith([conflict]), settled];
    given(changeProcess, ...scanned, scanWith([conflict]))
      .when('StartChange')
      .thenState({ state: 'implement' });
    given(
      changeProcess,
      ...scanned,
      ['AssignChange', { group: 'mail', assignee: 'li' }],
      scanWith([conflict]),
    )
      .when('StartChange')
      .thenRefused('refused.hard-conflict');
  });

  it('is refused within a hard freeze until its authority lets it through', () => {
    const freeze = {
      ...{ state: 'in-force', number: 'FRZ-000001', kind: 'hard', authorities: ['mara'] },
      entries: [{ start: START, end: END }],
    };
    const frozen = related('freeze-window', 'FRZ-000001', freeze);
    const named = { freezeWindows: ['FRZ-000001'] };
    given(changeProcess, ...toScheduled)
      .when('StartChange', named, frozen)
      .thenRefused('refused.frozen', { authorities: ['mara'] });
    given(changeProcess, ...toScheduled)
      .when('StartChange', named)
      .thenRefused('refused.related-missing');
    const override = { freezeWindow: 'FRZ-000001', reason: 'Shops are closed.' };
    given(changeProcess, ...toScheduled)
      .when('OverrideChangeFreeze', override, frozen)
      .thenRefused('refused.not-freeze-authority');
    given(changeProcess, ...toScheduled, [
      'OverrideChangeFreeze',
      override,
      { ...frozen, actor: 'mara' },
    ])
      .when('StartChange', named, frozen)
      .thenState({ state: 'implement' });
    const soft = related('freeze-window', 'FRZ-000001', { ...freeze, kind: 'soft' });
    given(changeProcess, ...toScheduled)
      .when('StartChange', named, soft)
      .thenState({ state: 'implement' });
  });

  it('is not authorised while a freeze conflict is open, and no other command settles that', () => {
    const frozen = { key: 'blackout/FRZ-1', kind: 'blackout', with: 'FRZ-000001' };
    given(changeProcess, ...toAuthorise, scanWith([frozen]))
      .when(...managerAgreed)
      .thenRefused('refused.hard-conflict');
    given(changeProcess, ...toAuthorise, scanWith([frozen]))
      .when('ResolveChangeConflict', { conflict: 'blackout/FRZ-1', reason: 'r' })
      .thenRefused('refused.freeze-conflict');
  });

  it('is not authorised on a scan older than the last edit', () => {
    given(changeProcess, ...toAuthorise, ['AssignChange', { group: 'mail', assignee: 'li' }])
      .when(...managerAgreed)
      .thenRefused('refused.stale-scan');
  });

  it('takes no scan of another plan', () => {
    const [name, body] = scanWith();
    given(changeProcess, drafted, planned)
      .when(name, { ...body, configurationItems: ['relay-2'] })
      .thenRefused('refused.stale-scan', { configurationItems: ['relay-1'] });
  });
});

describe('the end of a change', () => {
  it('says whether configuration items differ', () => {
    const update = [
      'RecordChangeItemUpdate',
      { configurationItem: 'relay-1', summary: 's' },
    ] as const;
    given(changeProcess, ...toImplement)
      .when('FinishChange', { itemUpdates: 'recorded' })
      .thenRefused('refused.item-updates');
    given(changeProcess, ...toImplement, update)
      .when('FinishChange', { itemUpdates: 'none' })
      .thenRefused('refused.item-updates');
    given(changeProcess, ...toImplement, update)
      .when('FinishChange', { itemUpdates: 'recorded' })
      .thenEvents(['ChangeImplemented', { needsReview: true }])
      .thenState({ state: 'review' });
    given(changeProcess, ...toImplement)
      .when('RecordChangeItemUpdate', { configurationItem: 'relay-9', summary: 's' })
      .thenRefused('refused.other-item');
  });

  const review = { notes: 'n', isObjectiveMet: true, incidentsCaused: ['INC-000001'] };

  it('is its review, after which nothing cancels it', () => {
    const finished = [...toImplement, ['FinishChange', { itemUpdates: 'none' }] as const];
    given(changeProcess, ...finished)
      .when('ConcludeChangeReview', { outcome: 'successful-with-issues', ...review })
      .thenEvents(
        ['ChangeReviewed', { incidentsCaused: ['INC-000001'], isObjectiveMet: true }],
        ['ChangeClosed', { outcome: 'successful-with-issues' }],
      )
      .thenState({ state: 'closed', outcome: 'successful-with-issues' });
    given(changeProcess, ...finished)
      .when('CancelChange', { reason: 'other', comment: 'c' })
      .thenRefused('refused.state');
  });

  it('cannot be a success once it was backed out', () => {
    const backedOut = [...toImplement, ['BackOutChange', { reason: 'r' }] as const];
    given(changeProcess, ...backedOut)
      .when('ConcludeChangeReview', { outcome: 'successful', ...review })
      .thenRefused('refused.outcome', { possible: ['backed-out', 'unsuccessful'] });
    given(changeProcess, ...backedOut)
      .when('ConcludeChangeReview', { outcome: 'backed-out', ...review })
      .thenState({ state: 'closed', outcome: 'backed-out' });
  });

  it('may be a cancellation, also while it is held', () => {
    given(changeProcess, ...toScheduled, ['HoldChange', { reason: 'r' }])
      .when('CancelChange', { reason: 'superseded', comment: 'c' })
      .thenEvents(['ChangeCancelled', { previousState: 'scheduled' }], ['ChangeApprovalsVoided'])
      .thenState({ state: 'cancelled', isHeld: false });
  });
});
