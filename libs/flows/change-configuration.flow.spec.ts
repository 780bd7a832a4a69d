import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { changeConfiguration } from './change-configuration.flow';

const stream = 'change-a';
const own = { actor: 'flow:change-configuration' };
const started: FlowEventStep = [
  stream,
  'ChangeStarted',
  { configurationItems: ['CI-1', 'CI-2'] },
  { occurredAt: '2026-03-02T08:01:00.000Z' },
];
const item = (id: string, digest: string): object => ({ id, number: `CI-${id}`, digest });
let baselines = 0;
const baseline = (purpose: string, ...items: readonly object[]): FlowEventStep => {
  baselines += 1;
  const body = { change: 'a', purpose, items };
  return [`configurationBaseline-${baselines}`, 'BaselineTaken', body, own];
};
const before = baseline('Before the change', item('1', 'x'), item('2', 'y'));
const implemented = (needsReview: boolean): FlowEventStep => [
  stream,
  'ChangeImplemented',
  { itemUpdates: 'none', needsReview },
  { occurredAt: '2026-03-02T09:00:00.000Z' },
];
const backedOut: FlowEventStep = [
  stream,
  'ChangeBackedOut',
  { reason: 'It failed.' },
  { occurredAt: '2026-03-02T09:00:00.000Z' },
];
const done = (id: string, type: string, body: object): FlowEventStep => [
  `configurationItem-${id}`,
  type,
  { change: 'a', ...body },
];
const reviewDue = '2026-03-07T09:00:00.000Z';
const unknownItems = {
  TakeBaseline: { accepted: false, code: 'refused.related-missing' },
} as const;

describe('change-configuration', () => {
  it('takes a baseline of the items when the change begins', () => {
    givenFlow(changeConfiguration, 'a')
      .when(...started)
      .thenCommands([
        'TakeBaseline',
        null,
        { change: 'a', purpose: 'Before the change', configurationItems: ['CI-1', 'CI-2'] },
      ]);
  });

  it('takes another one when the work is done, and asks for the review', () => {
    givenFlow(changeConfiguration, 'a', [started, before])
      .when(...implemented(true))
      .thenCommands(
        ['TakeBaseline', null, { purpose: 'After the change', configurationItems: ['1', '2'] }],
        ['RequestChangeReview', 'a', { dueAt: reviewDue }],
      )
      .thenTimers(['ReviewDue', reviewDue]);
  });

  it('records on the change which items differ from the baseline before', () => {
    givenFlow(changeConfiguration, 'a', [started, before, implemented(true)])
      .when(...baseline('After the change', item('1', 'x'), item('2', 'changed')))
      .thenCommands([
        'RecordChangeItemUpdate',
        'a',
        { configurationItem: 'CI-2', summary: 'Differs from the baseline before the change.' },
      ]);
  });

  it('only notes them where no review was due and the change is closed, and is over', () => {
    givenFlow(changeConfiguration, 'a', [
      started,
      before,
      implemented(false),
      [stream, 'ChangeClosed'],
    ])
      .when(...baseline('After the change', item('1', 'new'), item('2', 'y')))
      .thenCommands()
      .thenInstance({ status: 'completed' });
  });

  it('does not take a baseline of somebody else for its own', () => {
    const [foreign, type, body] = baseline('After the change', item('1', 'other'));
    givenFlow(changeConfiguration, 'a', [started, before, implemented(true)])
      .when(foreign, type, body)
      .thenCommands();
  });

  it('undoes what was done to records under the change, last first, when it is backed out', () => {
    const relation = { type: 'runs-on', target: '9' };
    givenFlow(changeConfiguration, 'a', [
      started,
      before,
      done('1', 'CIAttributeChanged', { attribute: 'version', from: '4.1', to: '4.2' }),
      done('2', 'CIRelated', relation),
      done('2', 'CIUnrelated', { type: 'uses', target: '8' }),
      done('1', 'CILifecycleMoved', { from: 'in-production', to: 'in-maintenance' }),
    ])
      .when(...backedOut)
      .thenCommands(
        ['MoveCILifecycle', '1', { to: 'in-production', change: 'a' }],
        ['RelateCI', '2', { type: 'uses', target: '8', change: 'a' }],
        ['UnrelateCI', '2', { ...relation, change: 'a' }],
        ['ChangeCIAttribute', '1', { attribute: 'version', value: '4.1', change: 'a' }],
        ['TakeBaseline', null, { purpose: 'After the back-out' }],
        ['RequestChangeReview', 'a'],
      );
  });

  it('gives redundancy rules back as they were', () => {
    const rule = { relation: 'has-member', kind: 'count', minimum: 2 };
    const previous = { previousKind: 'percentage', previousMinimum: 50 };
    givenFlow(changeConfiguration, 'a', [
      [...started.slice(0, 2), { configurationItems: [] }] as unknown as FlowEventStep,
      done('1', 'CIRedundancySet', { ...rule, previousKind: null, previousMinimum: null }),
      done('1', 'CIRedundancySet', { ...rule, ...previous }),
      done('1', 'CIRedundancyCleared', { relation: 'has-member', ...previous }),
    ])
      .when(...backedOut)
      .thenCommands(
        ['SetCIRedundancy', '1', { relation: 'has-member', kind: 'percentage', minimum: 50 }],
        ['SetCIRedundancy', '1', { relation: 'has-member', kind: 'percentage', minimum: 50 }],
        ['ClearCIRedundancy', '1', { relation: 'has-member' }],
        ['RequestChangeReview', 'a'],
      );
  });

  it('does not undo its own undoing, and says what is still otherwise', () => {
    const [ci, type, body] = done('1', 'CIAttributeChanged', { attribute: 'version', from: '4.2' });
    const scenario = givenFlow(changeConfiguration, 'a', [started, before, backedOut]);
    scenario.when(ci, type, body, own).thenRecorded();
    scenario
      .when(...baseline('After the back-out', item('1', 'broken'), item('2', 'y')))
      .thenCommands([
        'RecordChangeItemUpdate',
        'a',
        { configurationItem: 'CI-1', summary: expect.stringContaining('Still differs') },
      ]);
  });

  it('does without baselines where items are not under control', () => {
    const scenario = givenFlow(changeConfiguration, 'a', [], unknownItems);
    scenario.when(...started).thenInstance({ status: 'open', parking: null });
    scenario.when(...implemented(true)).thenCommands(['RequestChangeReview', 'a']);
    scenario.when(stream, 'ChangeClosed').thenInstance({ status: 'completed' });
  });

  it('is parked where a baseline is refused for another reason', () => {
    const answers = { TakeBaseline: { accepted: false, code: 'refused.legal-hold' } } as const;
    givenFlow(changeConfiguration, 'a', [], answers)
      .when(...started)
      .thenParked('refused.legal-hold');
  });

  it('escalates a review that is overdue, and is over with the change', () => {
    const scenario = givenFlow(changeConfiguration, 'a', [started, before, implemented(true)]);
    scenario
      .whenUntil(reviewDue)
      .thenCommands(['EscalateChange', 'a', { kind: 'hierarchic', to: 'change-management' }]);
    givenFlow(changeConfiguration, 'a', [started])
      .when(stream, 'ChangeCancelled')
      .thenInstance({ status: 'completed' });
  });
});
