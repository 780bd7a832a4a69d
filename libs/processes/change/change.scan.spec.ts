import type { DecisionContext, RelatedTicket, TicketListing } from '@ledgerdesk/kernel';
import { given, type GivenStep } from '@ledgerdesk/kernel/testing';
import { changeProcess } from './change.process';
import type { ChangeState } from './change.state';
import { ScanChange } from './commands/notice.commands';

type Step = GivenStep<ChangeState>;

const ID = '0195c1d0-0000-7000-8000-000000000001';
const START = '2026-03-05T08:00:00.000Z';
const END = '2026-03-05T10:00:00.000Z';
const LATER = '2026-03-05T12:00:00.000Z';
const drafted: Step = [
  'DraftChange',
  {
    ...{ title: 'Relay', requester: 'rita', type: 'normal', service: 'mail' },
    configurationItems: ['CI-000001'],
  },
];
const planned: Step = ['PlanChangeWindow', { plannedStart: START, plannedEnd: END }];

const ticket = (id: string, state: object): RelatedTicket => ({
  id,
  state: state as RelatedTicket['state'],
});
const listing = (tickets: readonly RelatedTicket[], position: string): TicketListing => ({
  ...{ tickets, position, isCut: false },
});
const change = (number: string, items: readonly string[], fields: object = {}): RelatedTicket => {
  const { state } = given(changeProcess, drafted, planned);
  const whole = { ...state, state: 'scheduled', number, service: null };
  return ticket(number, { ...whole, configurationItems: items, ...fields });
};
const freeze = (number: string, fields: object): RelatedTicket =>
  ticket(number, {
    ...{ number, kind: 'hard', authorities: [], entries: [{ start: START, end: LATER }] },
    scope: { configurationItems: [], classes: [], services: [] },
    ...fields,
  });
const scope = (fields: object) => ({
  ...{ configurationItems: [], classes: [], services: [], ...fields },
});
const item = ticket('uuid-1', {
  ...{ state: 'in-production', number: 'CI-000001', name: 'relay', ciClass: 'server' },
  relations: [
    { impact: 'target-to-source', target: 'uuid-9', targetNumber: 'CI-000009' },
    { impact: 'source-to-target', target: 'uuid-8', targetNumber: 'CI-000008' },
  ],
});

interface Found {
  readonly changes?: readonly RelatedTicket[];
  readonly freezes?: readonly RelatedTicket[];
  readonly lockdowns?: readonly RelatedTicket[];
}

const around = (found: Found = {}): Partial<DecisionContext<ChangeState>> => ({
  id: ID,
  related: new Map([['configuration-item/CI-000001', item]]),
  listed: {
    changes: listing(found.changes ?? [], '40'),
    freezes: listing(found.freezes ?? [], '9'),
    lockdowns: listing(found.lockdowns ?? [], '41'),
  },
});

const conflictsOf = (found: Found): unknown => {
  const { state } = given(changeProcess, drafted, planned).when('ScanChange', {}, around(found));
  return state.scan?.conflicts.map(({ kind, with: other, severity }) => [kind, other, severity]);
};

describe('a scan of a change', () => {
  it('asks for what shares the window, and for the items that it changes', () => {
    const { state } = given(changeProcess, drafted, planned);
    const needs = changeProcess.commands['ScanChange']?.needs;
    expect(needs?.(new ScanChange() as never, state)).toMatchObject({
      related: [{ process: 'configuration-item', ticket: 'CI-000001' }],
      listed: {
        changes: {
          process: 'change',
          filter: { plannedStart: { $lt: END }, plannedEnd: { $gt: START } },
        },
        freezes: { process: 'freeze-window' },
        lockdowns: { process: 'change-lockdown' },
      },
    });
  });

  it('says as of which position it looked, and that it found nothing', () => {
    given(changeProcess, drafted, planned)
      .when('ScanChange', {}, around())
      .thenEvents([
        'ChangeConflictsRecorded',
        { position: '9', mode: 'advanced', conflicts: [], configurationItems: ['CI-000001'] },
      ]);
  });

  it('finds a change of the same item under any of its names, but not itself', () => {
    const own = { ...change('CHG-000001', ['CI-000001']), id: ID };
    expect(
      conflictsOf({
        changes: [
          own,
          change('CHG-000002', ['uuid-1']),
          change('CHG-000003', ['relay']),
          change('CHG-000004', ['other']),
          change('CHG-000005', ['relay'], { state: 'closed' }),
        ],
      }),
    ).toEqual([
      ['same-item-scheduled', 'CHG-000002', 'hard'],
      ['same-item-scheduled', 'CHG-000003', 'hard'],
    ]);
  });

  it('finds changes of what the item depends on, and of what depends on it', () => {
    const changes = [change('CHG-000002', ['uuid-9']), change('CHG-000003', ['CI-000008'])];
    expect(conflictsOf({ changes })).toEqual([
      ['parent-item-scheduled', 'CHG-000002', 'soft'],
      ['child-item-scheduled', 'CHG-000003', 'soft'],
    ]);
  });

  it.each([
    ['everything', {}],
    ['the item by its name', { configurationItems: ['relay'] }],
    ['its class', { classes: ['server'] }],
    ['the service', { services: ['mail'] }],
  ])('finds a freeze of %s', (_, fields) => {
    const freezes = [freeze('FRZ-000001', { scope: scope(fields) })];
    expect(conflictsOf({ freezes })).toContainEqual(['blackout', 'FRZ-000001', 'hard']);
  });

  it('passes over a freeze of something else, or of another time', () => {
    const elsewhere = scope({ configurationItems: ['printer'] });
    const before = [{ start: '2026-03-01T00:00:00.000Z', end: START }];
    const freezes = [
      freeze('FRZ-000001', { scope: elsewhere }),
      freeze('FRZ-000002', { entries: before }),
    ];
    expect(conflictsOf({ freezes })).toEqual([]);
  });

  it('takes a soft freeze for a warning, and a lockdown for a stop', () => {
    const scoped = scope({ classes: ['server'] });
    const lockdown = ticket('LCK-000001', {
      ...{ number: 'LCK-000001', entries: [{ start: START, end: LATER }] },
      ...{ configurationItems: ['uuid-1'], services: [] },
    });
    const freezes = [freeze('FRZ-000001', { kind: 'soft', scope: scoped })];
    expect(conflictsOf({ freezes, lockdowns: [lockdown] })).toEqual([
      ['blackout', 'FRZ-000001', 'soft'],
      ['lockdown', 'LCK-000001', 'hard'],
    ]);
  });

  it('finds a window that lies outside of the maintenance of the item', () => {
    const scoped = scope({ configurationItems: ['CI-000001'] });
    const at = (start: string, end: string): RelatedTicket =>
      freeze('FRZ-000001', { kind: 'maintenance', scope: scoped, entries: [{ start, end }] });
    expect(conflictsOf({ freezes: [at(START, END)] })).toEqual([]);
    expect(conflictsOf({ freezes: [at(END, LATER)] })).toEqual([
      ['outside-maintenance-window', 'CI-000001', 'hard'],
    ]);
  });

  it('is refused without a window, without a calendar, and where too much is in the way', () => {
    given(changeProcess, drafted).when('ScanChange', {}, around()).thenRefused('refused.no-window');
    given(changeProcess, drafted, planned).when('ScanChange').thenRefused('refused.no-calendar');
    const cut = { tickets: [], position: '1', isCut: true };
    const { listed } = around();
    given(changeProcess, drafted, planned)
      .when('ScanChange', {}, { listed: { ...listed, changes: cut } })
      .thenRefused('refused.scan-too-wide');
  });
});
