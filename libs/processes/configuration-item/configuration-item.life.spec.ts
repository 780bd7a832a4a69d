import { allowedCommands } from '@ledgerdesk/kernel';
import { given, type GivenStep, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { configurationItemProcess, type CIState } from '../index';

const SELF = '0195c1d0-0000-7000-8000-000000000001';
const CONTRACT = '0195c1d0-0000-7000-8000-000000000007';

type Step = GivenStep<CIState>;

const laptop = (state: string): Step => [
  'RegisterCI',
  { ciClass: 'pc', identification: ['SN-1'], attributes: { name: 'laptop' }, state },
];
const team: Step = ['RegisterCI', { ciClass: 'team', identification: ['T'], state: 'in-stock' }];
const retired: Step = ['MoveCILifecycle', { to: 'retired' }];
const assigned: Step = ['AssignAsset', { custodian: 'nadia.k' }];

describe('the life of an item', () => {
  it('goes on by allowed moves, with the reason', () => {
    given(configurationItemProcess, laptop('planned'))
      .when('MoveCILifecycle', { to: 'ordered', reason: 'PO-1' })
      .thenEvents(['CILifecycleMoved', { from: 'planned', to: 'ordered', reason: 'PO-1' }])
      .thenState({ state: 'ordered', stateMovedAt: '2026-03-02T08:01:00.000Z' });
  });

  it('refuses other moves, and names those that are allowed', () => {
    given(configurationItemProcess, laptop('in-production'))
      .when('MoveCILifecycle', { to: 'retired' })
      .thenRefused('refused.move', { moves: ['in-maintenance', 'out-of-service'] });
  });

  it('is told where it may go from where it is', () => {
    const { state } = given(configurationItemProcess, laptop('in-production'));
    const allowed = allowedCommands(configurationItemProcess, state, { actor: 'ada' } as never);
    expect(allowed.find(({ command }) => command === 'MoveCILifecycle')?.to).toEqual([
      'in-maintenance',
      'out-of-service',
    ]);
  });

  it('refuses a move under a change that is not under way', () => {
    given(configurationItemProcess, laptop('in-production'))
      .when('MoveCILifecycle', { to: 'in-maintenance', change: 'CHG-1' })
      .thenRefused('refused.related-missing');
  });

  it('does not end while a change is open', () => {
    const opened: Step = ['RecordCIChangeOpened', { change: 'c1' }];
    given(configurationItemProcess, laptop('in-stock'), opened, opened)
      .when('MoveCILifecycle', { to: 'retired' })
      .thenRefused('refused.open-changes', { changes: ['c1'] });
    given(configurationItemProcess, laptop('in-stock'), opened, [
      'RecordCIChangeClosed',
      { change: 'c1' },
    ])
      .when('MoveCILifecycle', { to: 'retired' })
      .thenState({ state: 'retired', openChangeCount: 0 });
  });

  it('has an entry for each open change in its calendar, which moves with the change', () => {
    const [start, end, later] = ['08', '09', '10'].map((hour) => `2026-03-05T${hour}:00:00.000Z`);
    const opened = (change: string, plannedEnd: string | undefined): Step => [
      'RecordCIChangeOpened',
      { change, plannedStart: start, plannedEnd },
    ];
    const other = { change: 'c2', plannedStart: start, plannedEnd: end };
    const item = given(
      configurationItemProcess,
      laptop('in-stock'),
      ...[opened('c1', end), opened('c2', end), opened('c1', later)],
    );
    expect(item.state).toMatchObject({
      openChanges: ['c2', 'c1'],
      schedule: [other, { change: 'c1', plannedStart: start, plannedEnd: later }],
    });
    item.when('RecordCIChangeClosed', { change: 'c1' }).thenState({ schedule: [other] as never });
  });

  it('does not end while a contract is in force', () => {
    const contract = (state: CIState['state']): ScenarioContext<CIState> => ({
      tickets: new Map([
        [CONTRACT, { id: CONTRACT, state: { ...configurationItemProcess.initial, state } }],
      ]),
    });
    const covered: Step = [
      'RecordCIRelation',
      { type: 'covered-by', source: CONTRACT, sourceNumber: 'CI-000007' },
    ];
    const item = given(configurationItemProcess, laptop('in-stock'), covered);
    const retirement = ['MoveCILifecycle', { to: 'retired' }] as const;
    item
      .when(...retirement, contract('in-production'))
      .thenRefused('refused.active-contract', { contracts: ['CI-000007'] });
    item.when(...retirement).thenRefused('refused.active-contract');
    item.when(...retirement, contract('retired')).thenState({ state: 'retired' });
    const { needs } = configurationItemProcess.commands['MoveCILifecycle'] ?? {};
    expect(needs?.({ to: 'retired' }, item.state)).toEqual({ related: [], tickets: [CONTRACT] });
  });

  it('ends by a move where the item is no asset', () => {
    given(configurationItemProcess, team, retired)
      .when('MoveCILifecycle', { to: 'disposed' })
      .thenState({ state: 'disposed' });
  });

  it('does not end so for an asset, nor for evidence', () => {
    given(configurationItemProcess, laptop('in-stock'), retired)
      .when('MoveCILifecycle', { to: 'disposed' })
      .thenRefused('refused.asset-disposal');
    given(configurationItemProcess, team, retired, [
      'PlaceCIOnLegalHold',
      { reference: 'C', reason: 'r' },
    ])
      .when('MoveCILifecycle', { to: 'disposed' })
      .thenRefused('refused.legal-hold');
  });
});

describe('the custody of an asset', () => {
  it('goes from the stock to a person, to the next, and back, link by link', () => {
    const { state } = given(
      configurationItemProcess,
      laptop('in-stock'),
      assigned,
      ['TransferAsset', { custodian: 'tomas.b' }],
      ['ReturnAsset', {}],
    );
    expect(state).toMatchObject({
      assetState: 'in-stock',
      assetSubstate: 'pending-evaluation',
      custodian: null,
      custody: [
        { custodian: 'nadia.k', began: { by: 'ada' }, ended: { by: 'ada' } },
        { custodian: 'tomas.b', ended: { at: '2026-03-02T08:03:00.000Z' } },
      ],
    });
  });

  it('records each step with what was before', () => {
    given(configurationItemProcess, laptop('in-stock'))
      .when('AssignAsset', { custodian: 'nadia.k' })
      .thenEvents(['AssetAssigned', { fromState: 'in-stock', fromSubstate: 'available' }])
      .thenState({ assetState: 'in-use', custodian: 'nadia.k' });
    given(configurationItemProcess, laptop('in-stock'), assigned)
      .when('TransferAsset', { custodian: 'tomas.b' })
      .thenEvents(['AssetTransferred', { custodian: 'tomas.b', previousCustodian: 'nadia.k' }]);
    given(configurationItemProcess, laptop('in-stock'), assigned)
      .when('ReturnAsset', { substate: 'defective' })
      .thenEvents(['AssetReturned', { previousCustodian: 'nadia.k', substate: 'defective' }]);
  });

  it.each([
    ['AssignAsset', { custodian: 'x' }, [laptop('planned')], 'refused.not-in-stock'],
    ['AssignAsset', { custodian: 'x' }, [laptop('in-stock'), assigned], 'refused.already-assigned'],
    ['AssignAsset', { custodian: 'x' }, [team], 'refused.no-asset'],
    ['ReturnAsset', {}, [laptop('in-stock')], 'refused.no-custodian'],
    ['TransferAsset', { custodian: 'x' }, [laptop('in-stock')], 'refused.no-custodian'],
    [
      'TransferAsset',
      { custodian: 'nadia.k' },
      [laptop('in-stock'), assigned],
      'refused.no-change',
    ],
  ] as const)('refuses %s with %j', (name, body, steps, refused) => {
    given(configurationItemProcess, ...steps)
      .when(name, body)
      .thenRefused(refused);
  });

  it('does not assign what is defective', () => {
    given(configurationItemProcess, laptop('in-stock'), [
      'MoveAsset',
      { state: 'in-stock', substate: 'defective' },
    ])
      .when('AssignAsset', { custodian: 'x' })
      .thenRefused('refused.not-in-stock');
  });
});

describe('the place of an asset', () => {
  it('is recorded with the place before', () => {
    given(configurationItemProcess, laptop('planned'))
      .when('MoveAsset', { state: 'in-stock', substate: 'available' })
      .thenEvents(['AssetMoved', { fromState: 'on-order', state: 'in-stock' }])
      .thenState({ assetState: 'in-stock', assetSubstate: 'available' });
  });

  it('may be unknown, while custody stays', () => {
    given(configurationItemProcess, laptop('in-stock'), assigned)
      .when('MoveAsset', { state: 'missing', substate: 'stolen' })
      .thenState({ assetState: 'missing', assetSubstate: 'stolen', custodian: 'nadia.k' });
  });

  const repaired: readonly Step[] = [
    laptop('in-stock'),
    assigned,
    ['MoveAsset', { state: 'in-maintenance' }],
  ];

  it.each([
    [
      'to where nothing leads',
      { state: 'retired', substate: 'sold' },
      [laptop('in-stock')],
      'refused.asset-move',
    ],
    ['without its substate', { state: 'in-stock' }, [laptop('planned')], 'refused.asset-substate'],
    [
      'with the substate of another state',
      { state: 'in-transit', substate: 'lost' },
      [laptop('planned')],
      'refused.asset-substate',
    ],
    [
      'to where it is',
      { state: 'in-stock', substate: 'available' },
      [laptop('in-stock')],
      'refused.no-change',
    ],
    [
      'into the stock past its custodian',
      { state: 'in-stock', substate: 'available' },
      repaired,
      'refused.still-assigned',
    ],
    [
      'into use by nobody',
      { state: 'in-use' },
      [laptop('in-stock'), ['MoveAsset', { state: 'in-maintenance' }]],
      'refused.no-custodian',
    ],
  ] as const)('does not change %s', (_, body, steps, refused) => {
    given(configurationItemProcess, ...(steps as readonly Step[]))
      .when('MoveAsset', body)
      .thenRefused(refused);
  });
});

describe('disposing of an asset', () => {
  const disposal = { method: 'sold', certificate: 'CERT-1', recipient: 'Broker Ltd' };

  it('ends the item with the certificate', () => {
    given(configurationItemProcess, laptop('in-stock'), retired)
      .when('DisposeAsset', disposal)
      .thenEvents(['AssetDisposed', { ...disposal, fromState: 'in-stock' }])
      .thenState({
        id: SELF,
        state: 'disposed',
        assetState: 'retired',
        assetSubstate: 'sold',
        disposalCertificate: 'CERT-1',
      });
  });

  it('is refused before the item has retired', () => {
    given(configurationItemProcess, laptop('in-stock'))
      .when('DisposeAsset', disposal)
      .thenRefused('refused.state', { allowedIn: ['retired'] });
  });

  it('is refused while somebody has it', () => {
    given(configurationItemProcess, laptop('in-stock'), assigned, retired)
      .when('DisposeAsset', disposal)
      .thenRefused('refused.still-assigned');
  });

  it('is refused while it is evidence', () => {
    given(configurationItemProcess, laptop('in-stock'), retired, [
      'PlaceCIOnLegalHold',
      { reference: 'C', reason: 'r' },
    ])
      .when('DisposeAsset', disposal)
      .thenRefused('refused.legal-hold');
    given(
      configurationItemProcess,
      laptop('in-stock'),
      ['MoveAsset', { state: 'in-stock', substate: 'legal-hold' }],
      retired,
    )
      .when('DisposeAsset', disposal)
      .thenRefused('refused.legal-hold');
  });
});
