import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { changeAssessment } from './change-assessment.flow';

const stream = 'change-a';
const model = { name: 'normal', steps: [], requiredApprovals: ['change-manager', 'cab'] };
const drafted: FlowEventStep = [stream, 'ChangeDrafted', { model }];
const submitted = (state: string): FlowEventStep => [stream, 'ChangeSubmitted', { state }];
const assessed: FlowEventStep = [stream, 'ChangeAssessed', { state: 'authorise' }];
const authorised: FlowEventStep = [
  stream,
  'ChangeAuthorised',
  { state: 'scheduled', plannedStart: '2026-03-07T20:00:00.000Z' },
];
const toAuthorise = [drafted, submitted('assess'), assessed];
const question = 'May the change go ahead as it is planned?';
const asked = (policy: string): readonly [string, string, Readonly<Record<string, unknown>>] => [
  'RequestChangeApproval',
  'a',
  { policy, question },
];

describe('change-assessment', () => {
  it('judges and scans a change that is handed in, with the facts that were known', () => {
    const facts = { serviceCriticality: 2 };
    givenFlow(changeAssessment, 'a', [drafted, [stream, 'ChangeRiskDerived', { facts }]])
      .when(...submitted('assess'))
      .thenCommands(['RecordChangeRisk', 'a', { facts }], ['ScanChange', 'a']);
  });

  it('puts it to those whom its model asks once it is assessed, behind another scan', () => {
    givenFlow(changeAssessment, 'a', [drafted, submitted('assess')])
      .when(...assessed)
      .thenCommands(['ScanChange', 'a'], asked('change-manager'), asked('cab'));
  });

  it('asks at once where the model skips the assessment', () => {
    const emergency = { ...model, requiredApprovals: ['ecab'] };
    givenFlow(changeAssessment, 'a', [drafted, [stream, 'ChangeTypeChanged', { model: emergency }]])
      .when(...submitted('authorise'))
      .thenCommands(['RecordChangeRisk', 'a'], ['ScanChange', 'a'], asked('ecab'));
  });

  it('asks about a change that was found, which has no draft', () => {
    givenFlow(changeAssessment, 'a')
      .when(stream, 'UnauthorisedChangeDetected', { model: { requiredApprovals: ['ecab'] } })
      .thenCommands(['ScanChange', 'a'], asked('ecab'));
  });

  it('leaves a draft alone while it is edited', () => {
    givenFlow(changeAssessment, 'a', [drafted]).when(stream, 'ChangeWindowPlanned').thenCommands();
  });

  it('scans again once for all that one command edits', () => {
    const envelope = { commandId: 'edit-1' };
    const scenario = givenFlow(changeAssessment, 'a', toAuthorise);
    scenario
      .when(stream, 'ChangeConfigurationItemsChanged', {}, envelope)
      .thenCommands(['RecordChangeRisk', 'a'], ['ScanChange', 'a']);
    scenario.when(stream, 'ChangeServiceChanged', {}, envelope).thenCommands();
    scenario
      .when(stream, 'ChangeServiceChanged', {}, { commandId: 'edit-2' })
      .thenCommands(['ScanChange', 'a']);
  });

  it('asks again what an edit made void, but not what a «no» did', () => {
    const voided = (changed: readonly string[]): FlowEventStep => [
      stream,
      'ChangeApprovalsVoided',
      { changed },
    ];
    givenFlow(changeAssessment, 'a', toAuthorise)
      .when(...voided(['backOutPlan']))
      .thenCommands(['ScanChange', 'a'], asked('change-manager'), asked('cab'));
    givenFlow(changeAssessment, 'a', [...toAuthorise, [stream, 'ChangeRejected', { state: 'new' }]])
      .when(...voided([]))
      .thenCommands();
  });

  it('asks again when a scheduled change has to be authorised again', () => {
    givenFlow(changeAssessment, 'a', [...toAuthorise, authorised])
      .when(stream, 'ChangeAuthorisationRevoked', { state: 'authorise', changed: ['plannedStart'] })
      .thenCommands(['ScanChange', 'a'], asked('change-manager'), asked('cab'))
      .thenTimers();
  });

  it('asks again once a manager is named, or a hold ends', () => {
    givenFlow(changeAssessment, 'a', toAuthorise)
      .when(stream, 'ChangeChangeManagerChanged', { from: null, to: 'mara' })
      .thenCommands(['ScanChange', 'a'], asked('change-manager'), asked('cab'));
    givenFlow(changeAssessment, 'a', toAuthorise)
      .when(stream, 'ChangeReleased', { isStillHeld: true })
      .thenCommands();
    givenFlow(changeAssessment, 'a', toAuthorise)
      .when(stream, 'ChangeReleased', { isStillHeld: false })
      .thenCommands(['ScanChange', 'a'], asked('change-manager'), asked('cab'));
  });

  it('scans a scheduled change again an hour before it begins, also after a move', () => {
    const scenario = givenFlow(changeAssessment, 'a', toAuthorise);
    scenario.when(...authorised).thenTimers(['RescanDue', '2026-03-07T19:00:00.000Z']);
    scenario
      .when(stream, 'ChangeRescheduled', {
        plannedStart: '2026-03-07T20:30:00.000Z',
        isBeyondTolerance: false,
      })
      .thenCommands(['ScanChange', 'a'])
      .thenTimers(['RescanDue', '2026-03-07T19:30:00.000Z']);
    scenario.whenUntil('2026-03-07T19:30:00.000Z').thenCommands(['ScanChange', 'a']);
  });

  it('takes a round that is asked already, or that nobody can be asked in, for done', () => {
    givenFlow(changeAssessment, 'a', [drafted, submitted('assess')], {
      RequestChangeApproval: { accepted: false, code: 'refused.too-few-approvers' },
    })
      .when(...assessed)
      .thenInstance({ status: 'open', parking: null });
  });

  it('is over once the change begins, or ends', () => {
    for (const type of ['ChangeStarted', 'ChangeCancelled', 'ChangeClosed']) {
      givenFlow(changeAssessment, 'a', [...toAuthorise, authorised])
        .when(stream, type)
        .thenInstance({ status: 'completed', timers: [] });
    }
  });
});
