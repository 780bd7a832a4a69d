import { given } from '@ledgerdesk/kernel/testing';
import { blobsOf, describeProcessModel, ticketBodies } from '../testing';
import { changeLockdownCommands } from './change-lockdown.decider';
import { changeLockdownProcess } from './change-lockdown.process';
import type { ChangeLockdownState } from './change-lockdown.state';

const entries = [{ start: '2026-03-02T08:30:00Z', end: '2026-03-03T09:00:00Z' }];
const drafted = ['DraftChangeLockdown', { title: 'Storm', reason: 'Power.', entries }] as const;
const asked = ['SubmitChangeLockdown', { approvers: ['mara', 'jon'] }] as const;
const approved = ['ApproveChangeLockdown', {}, { actor: 'mara' }] as const;
const enforced = ['EnforceChangeLockdown', { changes: ['c1', 'c2'], position: '7' }] as const;

describe('a change lockdown', () => {
  it('needs at least one entry in its calendar', () => {
    given(changeLockdownProcess)
      .when('DraftChangeLockdown', { title: 'Storm', reason: 'Power.', entries: [] })
      .thenRefused('refused.no-entries');
  });

  it('previews the changes that it would hold, with the position', () => {
    given(changeLockdownProcess, drafted)
      .when('PreviewChangeLockdown', { changes: ['c1'], position: '5' })
      .thenEvents(['LockdownPreviewed', { changes: ['c1'], position: '5' }])
      .thenState({ heldChanges: [] });
  });

  it('is not asked for without approvers, nor of the person who drafted it', () => {
    given(changeLockdownProcess, drafted)
      .when('SubmitChangeLockdown', { approvers: [] })
      .thenRefused('refused.too-few-approvers');
    given(changeLockdownProcess, drafted)
      .when('SubmitChangeLockdown', { approvers: ['jon', 'ada'] })
      .thenRefused('refused.separation-of-duties', { person: 'ada' });
  });

  it('is not asked for once its calendar is over', () => {
    given(changeLockdownProcess, drafted)
      .when('SubmitChangeLockdown', { approvers: ['jon'] }, { now: '2026-04-01T00:00:00.000Z' })
      .thenRefused('refused.past-time');
  });

  it('is approved by one who was asked, once', () => {
    given(changeLockdownProcess, drafted, asked)
      .when('ApproveChangeLockdown', {}, { actor: 'eve' })
      .thenRefused('refused.not-an-approver');
    given(changeLockdownProcess, drafted, asked)
      .when('ApproveChangeLockdown', {}, { actor: 'mara' })
      .thenEvents(['LockdownApproved', { approver: 'mara' }]);
    given(changeLockdownProcess, drafted, asked, approved)
      .when('ApproveChangeLockdown', {}, { actor: 'jon' })
      .thenRefused('refused.already-approved');
  });

  it('is not approved by its author on behalf of an approver', () => {
    given(changeLockdownProcess, drafted, asked)
      .when('ApproveChangeLockdown', {}, { actor: 'ada', onBehalfOf: 'mara' })
      .thenRefused('refused.separation-of-duties');
  });

  it('is enforced only once it is approved, and then names the changes that it holds', () => {
    given(changeLockdownProcess, drafted, asked)
      .when('EnforceChangeLockdown', { changes: [], position: '7' })
      .thenRefused('refused.not-approved');
    given(changeLockdownProcess, drafted, asked, approved)
      .when('EnforceChangeLockdown', { changes: ['c1', 'c2'], position: '7' })
      .thenEvents(['LockdownEnforced', { changes: ['c1', 'c2'], position: '7' }])
      .thenState({ state: 'enforced', heldChanges: ['c1', 'c2'] });
  });

  it('loses its approval when it goes back to its draft', () => {
    given(changeLockdownProcess, drafted, asked, approved)
      .when('RevertChangeLockdown', { reason: 'r' })
      .thenEvents(['LockdownReverted', { wasApproved: true }])
      .thenState({ state: 'draft', approvedBy: null, approvers: [] });
  });

  it('holds a change that is moved into the period, once', () => {
    const held = ['RecordChangeLockdownHold', { change: 'c3' }] as const;
    given(changeLockdownProcess, drafted, asked, approved, enforced)
      .when(...held)
      .thenState({ heldChanges: ['c1', 'c2', 'c3'] });
    given(changeLockdownProcess, drafted, asked, approved, enforced, held)
      .when(...held)
      .thenRefused('refused.no-change');
  });

  it('ends by being cancelled, and says which changes it held', () => {
    given(changeLockdownProcess, drafted, asked, approved, enforced)
      .when('CancelChangeLockdown', { reason: 'Over.' })
      .thenEvents(['LockdownLifted', { changes: ['c1', 'c2'], wasEnforced: true }])
      .thenState({ state: 'cancelled' });
  });

  it('is not used again', () => {
    given(changeLockdownProcess, drafted, ['CancelChangeLockdown', { reason: 'r' }])
      .when('SubmitChangeLockdown', { approvers: ['jon'] })
      .thenRefused('refused.state');
  });

  it('has a rule for each of its commands', () => {
    expect(changeLockdownProcess.commands).toMatchObject(changeLockdownCommands);
  });
});

describeProcessModel<ChangeLockdownState>(
  {
    process: changeLockdownProcess,
    openings: [
      [
        drafted,
        ['SubmitChangeLockdown', { approvers: ['ben'] }],
        ['ApproveChangeLockdown', {}, 'ben'],
        enforced,
      ],
    ],
    bodies: {
      ...ticketBodies<ChangeLockdownState>('ChangeLockdown', 'title'),
      SubmitChangeLockdown: ({ draftedBy }) => ({
        approvers: [draftedBy === 'ada' ? 'ben' : 'ada'],
      }),
      // Who acts is not known here: most are refused.
      ApproveChangeLockdown: () => undefined,
      EnforceChangeLockdown: ({ approvedBy }) =>
        approvedBy === null ? undefined : { changes: ['c1'], position: '1' },
      RecordChangeLockdownHold: ({ heldChanges }) => ({ change: `c${heldChanges.length + 1}` }),
    },
    surroundings: (body) => ({ blobs: blobsOf(body) }),
  },
  { seed: 20260302, runs: 200 },
);
