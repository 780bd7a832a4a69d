import { allKeepers, eventsOf, fold, type Happening } from '../testing/folding';
import { changeCalendarProjection } from './change-calendar.projection';

const change = 'change-c1';
const freeze = 'freezeWindow-f1';
const lockdown = 'changeLockdown-l1';
const meeting = 'cabMeeting-m1';

const span = (start: string, end: string) => ({
  start: `2026-03-02T${start}:00.000Z`,
  end: `2026-03-02T${end}:00.000Z`,
});

const drafted: Happening = [
  change,
  'ChangeDrafted',
  {
    number: 'CHG-1',
    title: 'Replace the relay',
    type: 'normal',
    description: 'The old one leaks.',
    service: 'mail',
    configurationItems: ['relay'],
    affectedItems: ['queue'],
    model: {},
  },
];
const window = span('08:00', '10:00');
const planned: Happening = [
  change,
  'ChangeWindowPlanned',
  { plannedStart: window.start, plannedEnd: window.end },
];

const documentsOf = (...happenings: readonly Happening[]) =>
  fold(changeCalendarProjection(allKeepers()), eventsOf(happenings));

const scope = { configurationItems: [], classes: ['server'], services: ['mail'], tenants: [] };

function frozen(kind: string): Happening {
  const entries = [span('20:00', '22:00'), span('02:00', '04:00')];
  return [freeze, 'FreezeWindowDrafted', { number: 'FRZ-1', kind, entries, ...scope }];
}

describe('the change calendar', () => {
  it('shows a change by its planned window, with all that it touches', () => {
    expect(documentsOf(drafted).get('c1')).toMatchObject({ start: null, end: null, spans: [] });
    expect(documentsOf(drafted, planned).get('c1')).toMatchObject({
      id: 'c1',
      process: 'change',
      kind: 'change',
      number: 'CHG-1',
      state: 'new',
      spans: [window],
      ...window,
      service: 'mail',
      configurationItems: ['relay'],
      affectedItems: ['queue'],
      isShown: true,
    });
  });

  it('keeps the affected items over other events, and takes those of their own event', () => {
    const items: Happening = [
      change,
      'ChangeAffectedItemsChanged',
      { from: ['queue'], to: ['db'] },
    ];
    expect(documentsOf(drafted, items, planned).get('c1')).toMatchObject({ affectedItems: ['db'] });
  });

  it('takes the time that a change really needs, without end while it goes on', () => {
    // The events of a spec are an hour apart from 2026-01-01T01:00 on.
    const started: Happening = [change, 'ChangeStarted', { approvalDueAt: null }];
    const done: Happening = [change, 'ChangeImplemented', {}];
    expect(documentsOf(drafted, planned, started).get('c1')).toMatchObject({
      actual: { start: '2026-01-01T03:00:00.000Z', end: null },
      start: '2026-01-01T03:00:00.000Z',
      end: '9999-12-31T23:59:59.999Z',
    });
    expect(documentsOf(drafted, planned, started, done).get('c1')).toMatchObject({
      actual: { start: '2026-01-01T03:00:00.000Z', end: '2026-01-01T04:00:00.000Z' },
      end: window.end,
    });
  });

  it('hides a cancelled change', () => {
    const cancelled: Happening = [change, 'ChangeCancelled', { reason: 'not-needed' }];
    expect(documentsOf(drafted, planned, cancelled).get('c1')).toMatchObject({ isShown: false });
  });

  it.each([
    ['hard', 'hard-freeze'],
    ['soft', 'soft-freeze'],
    ['maintenance', 'maintenance'],
  ])('shows a %s window once it is in force, from its first to its last entry', (kind, shown) => {
    expect(documentsOf(frozen(kind)).get('f1')).toMatchObject({ isShown: false });
    const published: Happening = [freeze, 'FreezeWindowPublished', { entries: [] }];
    expect(documentsOf(frozen(kind), published).get('f1')).toMatchObject({
      kind: shown,
      isShown: true,
      start: '2026-03-02T02:00:00.000Z',
      end: '2026-03-02T22:00:00.000Z',
      configurationItems: [],
      classes: ['server'],
      services: ['mail'],
    });
  });

  it('shows a lockdown while it is enforced', () => {
    const begun: readonly Happening[] = [
      [lockdown, 'LockdownDrafted', { number: 'LCK-1', entries: [window], services: ['mail'] }],
      [lockdown, 'LockdownEnforced', { changes: [], position: '1' }],
    ];
    expect(documentsOf(...begun).get('l1')).toMatchObject({
      kind: 'lockdown',
      isShown: true,
      ...window,
      services: ['mail'],
    });
    const lifted: Happening = [lockdown, 'LockdownLifted', { reason: 'over' }];
    expect(documentsOf(...begun, lifted).get('l1')).toMatchObject({ isShown: false });
  });

  it('shows a meeting as an hour, where it was moved to', () => {
    const scheduledAt = '2026-03-01T09:00:00.000Z';
    const documents = documentsOf(
      [meeting, 'CabMeetingPlanned', { number: 'CAB-1', title: 'Weekly', scheduledAt }],
      [meeting, 'CabMeetingRescheduled', { from: scheduledAt, to: window.start }],
    );
    expect(documents.get('m1')).toMatchObject({
      kind: 'cab-meeting',
      title: 'Weekly',
      ...span('08:00', '09:00'),
    });
  });

  it('passes over processes that have no place in it', () => {
    expect(documentsOf(['incident-i1', 'IncidentRegistered', { number: 'INC-1' }]).size).toBe(0);
  });
});
