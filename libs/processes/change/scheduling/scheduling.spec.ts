import fc from 'fast-check';
import { conflictKinds } from '../change.vocabulary';
import { changeConflicts } from '../policies/change-policies';
import { detectConflicts, overlaps, type PlannedChange, type Surroundings } from './conflicts';
import { nextFreeSlot, SLOT_SEARCH_DAYS } from './free-slot';

const hour = (count: number): string =>
  new Date(Date.parse('2026-03-02T00:00:00.000Z') + count * 3_600_000).toISOString();

const span = (start: number, end: number) => ({ start: hour(start), end: hour(end) });

const plan: PlannedChange = {
  change: 'CHG-1',
  ...span(10, 12),
  configurationItems: ['relay'],
  affectedItems: ['queue'],
  service: 'mail',
  assignees: ['li.w'],
};
const nothing: Surroundings = {
  scheduled: [],
  blackouts: [],
  parents: { relay: ['host'] },
  children: { relay: ['filter'] },
  services: {},
  maintenanceWindows: {},
  schedules: {},
  busy: {},
};
const another = (item: string, fields: Partial<PlannedChange> = {}): PlannedChange => ({
  ...plan,
  change: 'CHG-2',
  configurationItems: [item],
  affectedItems: [],
  assignees: [],
  ...fields,
});
const freeze = {
  ...{ id: 'FRZ-1', kind: 'freeze' as const, severity: 'hard' as const },
  ...span(0, 11),
  configurationItems: [],
  services: [],
};
const elsewhere = [span(20, 30)];

describe('a conflict scan', () => {
  it('finds nothing where nothing is in the way', () => {
    expect(detectConflicts(plan, nothing, 'advanced')).toEqual([]);
  });

  it.each<[string, Partial<Surroundings>]>([
    ['same-item-scheduled', { scheduled: [another('relay')] }],
    ['parent-item-scheduled', { scheduled: [another('host')] }],
    ['child-item-scheduled', { scheduled: [another('filter')] }],
    ['outside-maintenance-window', { maintenanceWindows: { relay: elsewhere } }],
    ['outside-parent-maintenance-window', { maintenanceWindows: { host: elsewhere } }],
    ['outside-child-maintenance-window', { maintenanceWindows: { filter: elsewhere } }],
    ['outside-item-schedule', { schedules: { relay: elsewhere } }],
    ['blackout', { blackouts: [{ ...freeze, configurationItems: ['relay'] }] }],
    ['parent-blackout', { blackouts: [{ ...freeze, configurationItems: ['host'] }] }],
    ['child-blackout', { blackouts: [{ ...freeze, configurationItems: ['filter'] }] }],
    ['lockdown', { blackouts: [{ ...freeze, kind: 'lockdown', configurationItems: ['relay'] }] }],
    ['other-service', { services: { relay: ['mail', 'alerts'] } }],
    ['assignee-busy', { busy: { 'li.w': [span(11, 13)] } }],
  ])('finds %s', (kind, around) => {
    const found = detectConflicts(plan, { ...nothing, ...around }, 'advanced');
    expect(found.map((conflict) => conflict.kind)).toEqual([kind]);
    expect(conflictKinds).toContain(kind);
  });

  it('looks at the affected items of both sides in advanced mode alone', () => {
    const around = { ...nothing, scheduled: [another('queue')] };
    expect(detectConflicts(plan, around, 'basic')).toEqual([]);
    expect(detectConflicts(plan, around, 'advanced')).toMatchObject([
      { kind: 'same-item-scheduled', configurationItem: 'queue', with: 'CHG-2' },
    ]);
  });

  it('lists every item that conflicts, not only the first', () => {
    const items = Array.from({ length: 80 }, (_, index) => `item-${index}`);
    const wide = { ...plan, configurationItems: items };
    const around = { ...nothing, scheduled: [{ ...wide, change: 'CHG-2', assignees: [] }] };
    expect(detectConflicts(wide, around, 'basic')).toHaveLength(80);
  });

  it('does not take the change itself, nor one that begins when it ends', () => {
    const scheduled = [plan, another('relay', span(12, 14))];
    expect(detectConflicts(plan, { ...nothing, scheduled }, 'basic')).toEqual([]);
  });

  it('finds the freeze of a service that the item is a part of', () => {
    const around = {
      ...nothing,
      services: { relay: ['mail'] },
      blackouts: [{ ...freeze, services: ['mail'] }],
    };
    expect(detectConflicts(plan, around, 'basic')).toMatchObject([{ with: 'FRZ-1' }]);
  });

  it('keeps the severity that the freeze has', () => {
    const blackouts = [{ ...freeze, severity: 'soft' as const }];
    expect(detectConflicts(plan, { ...nothing, blackouts }, 'basic')).toMatchObject([
      { severity: 'soft' },
    ]);
  });
});

describe('the next free slot', () => {
  const search = { from: hour(10), mode: 'basic', severities: changeConflicts.value } as const;

  it('is at once where nothing is in the way', () => {
    expect(nextFreeSlot(plan, nothing, search)).toEqual(span(10, 12));
  });

  it('begins where what is in the way ends', () => {
    const around = { ...nothing, scheduled: [another('relay', span(9, 15))] };
    expect(nextFreeSlot(plan, around, search)).toEqual(span(15, 17));
  });

  it('begins where the maintenance window opens', () => {
    const around = { ...nothing, maintenanceWindows: { relay: [span(11, 12), span(30, 32)] } };
    expect(nextFreeSlot(plan, around, search)).toEqual(span(30, 32));
  });

  it('skips a lockdown', () => {
    const blackouts = [{ ...freeze, kind: 'lockdown' as const, ...span(0, 40) }];
    expect(nextFreeSlot(plan, { ...nothing, blackouts }, search)).toEqual(span(40, 42));
  });

  it('does not wait for what only warns', () => {
    const around = { ...nothing, busy: { 'li.w': [span(0, 100)] } };
    expect(nextFreeSlot(plan, around, search)).toEqual(span(10, 12));
  });

  it('is none where all 90 days are frozen', () => {
    const blackouts = [{ ...freeze, ...span(0, SLOT_SEARCH_DAYS * 24 + 10) }];
    expect(nextFreeSlot(plan, { ...nothing, blackouts }, search)).toBeNull();
  });

  it('never meets a scheduled change of the same item, and is the earliest by the hour', () => {
    const spans = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 8 })), { maxLength: 12 });
    fc.assert(
      fc.property(spans, (taken) => {
        const scheduled = taken.map(([start, length]) =>
          another('relay', span(start, start + length)),
        );
        const slot = nextFreeSlot(plan, { ...nothing, scheduled }, search);
        expect(slot).not.toBeNull();
        if (slot === null) return;
        expect(scheduled.some((other) => overlaps(other, slot))).toBe(false);
        for (let start = 10; hour(start) < slot.start; start += 1) {
          const earlier = span(start, start + 2);
          expect(scheduled.some((other) => overlaps(other, earlier))).toBe(true);
        }
      }),
      { seed: 20260302, numRuns: 200 },
    );
  });
});
