import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { changeRetroApproval } from './change-retro-approval.flow';

const stream = 'change-a';
const due = '2026-03-03T08:01:00.000Z';
const started: FlowEventStep = [
  stream,
  'ChangeStarted',
  { isRetrospective: true, approvalDueAt: due },
];
const rejected: FlowEventStep = [
  stream,
  'ChangeRejected',
  { stage: 'retrospective', state: 'implement', reason: 'Too risky.' },
];
const escalatedTo = (
  to: string,
  said: string,
): readonly [string, string, Readonly<Record<string, unknown>>] => [
  'EscalateChange',
  'a',
  { kind: 'hierarchic', to, reason: expect.stringContaining(said) },
];

describe('change-retro-approval', () => {
  it('asks the emergency board and runs the clock that the model gives', () => {
    givenFlow(changeRetroApproval, 'a')
      .when(...started)
      .thenCommands(['RequestChangeApproval', 'a', { policy: 'ecab' }])
      .thenTimers(['RetroApprovalDue', due]);
  });

  it('has nothing to do with a change that was authorised before it began', () => {
    givenFlow(changeRetroApproval, 'a')
      .when(stream, 'ChangeStarted', { isRetrospective: false, approvalDueAt: null })
      .thenRecorded();
  });

  it('stops the clock with the approval', () => {
    givenFlow(changeRetroApproval, 'a', [started])
      .when(stream, 'ChangeAuthorised', { state: 'implement' })
      .thenCommands()
      .thenInstance({ status: 'completed', timers: [] });
  });

  it('escalates a breach once, and takes that back when approval comes late', () => {
    const scenario = givenFlow(changeRetroApproval, 'a', [started]);
    scenario.whenUntil(due).thenCommands(escalatedTo('head-of-change-management', 'in time'));
    scenario
      .when(stream, 'ChangeAuthorised', { state: 'review', isLate: true })
      .thenCommands(['DeescalateChange', 'a', { kind: 'hierarchic' }])
      .thenInstance({ status: 'completed' });
  });

  it('runs on when the work is done without an answer', () => {
    givenFlow(changeRetroApproval, 'a', [started])
      .when(stream, 'ChangeImplemented')
      .thenTimers(['RetroApprovalDue', due]);
    givenFlow(changeRetroApproval, 'a', [started])
      .when(stream, 'ChangeBackedOut')
      .thenTimers(['RetroApprovalDue', due]);
  });

  it('puts a «no» to whoever decides on backing out, and escalates when nobody does', () => {
    const scenario = givenFlow(changeRetroApproval, 'a', [started]);
    scenario
      .when(...rejected)
      .thenCommands(escalatedTo('change-management', 'Back it out or keep it? Too risky.'))
      .thenTimers(['BackOutDecisionDue', '2026-03-02T12:02:00.000Z']);
    scenario
      .whenUntil('2026-03-02T12:02:00.000Z')
      .thenCommands(escalatedTo('head-of-change-management', 'nobody has decided'));
  });

  it.each(['ChangeBackedOut', 'ChangeImplemented'])('takes %s for the decision', (type) => {
    givenFlow(changeRetroApproval, 'a', [started, rejected])
      .when(stream, type)
      .thenCommands(['DeescalateChange', 'a'])
      .thenInstance({ status: 'completed', timers: [] });
  });

  it('is over with the change', () => {
    givenFlow(changeRetroApproval, 'a', [started])
      .when(stream, 'ChangeCancelled')
      .thenInstance({ status: 'completed' });
  });

  it('takes a round that was asked at the submission for its own', () => {
    givenFlow(changeRetroApproval, 'a', [], {
      RequestChangeApproval: { accepted: false, code: 'refused.already-requested' },
    })
      .when(...started)
      .thenInstance({ status: 'open', parking: null })
      .thenTimers(['RetroApprovalDue', due]);
  });
});
