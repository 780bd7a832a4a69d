import { given } from '@ledgerdesk/kernel/testing';
import { blobsOf, describeProcessModel, ticketBodies } from '../testing';
import { freezeWindowCommands } from './freeze-window.decider';
import { freezeWindowProcess } from './freeze-window.process';
import type { FreezeWindowState } from './freeze-window.state';

const entries = [{ start: '2026-03-06T18:00:00+01:00', end: '2026-03-09T06:00:00+01:00' }];
const draft = { title: 'Audit', kind: 'hard', reason: 'Audit.', entries, authorities: ['mara.v'] };
const drafted = ['DraftFreezeWindow', draft] as const;
const published = ['PublishFreezeWindow'] as const;

describe('a freeze window', () => {
  it('is drafted with its calendar in UTC and a scope of everything', () => {
    given(freezeWindowProcess)
      .when('DraftFreezeWindow', draft)
      .thenEvents([
        'FreezeWindowDrafted',
        {
          number: 'FRZ-000001',
          entries: [{ start: '2026-03-06T17:00:00.000Z', end: '2026-03-09T05:00:00.000Z' }],
          services: [],
        },
      ])
      .thenState({ state: 'draft', kind: 'hard' });
  });

  it.each([
    [[], 'refused.no-entries'],
    [[{ start: '2026-03-09T06:00:00Z', end: '2026-03-06T18:00:00Z' }], 'refused.entry-order'],
    [[{ start: '2026-02-01T00:00:00Z', end: '2026-02-02T00:00:00Z' }], 'refused.past-time'],
  ])('is refused with the calendar %j', (wrong, refused) => {
    given(freezeWindowProcess)
      .when('DraftFreezeWindow', { ...draft, entries: wrong })
      .thenRefused(refused);
  });

  it('is put in force, and ended before its calendar', () => {
    given(freezeWindowProcess, drafted, published)
      .when('EndFreezeWindow', { reason: 'Done.' })
      .thenEvents(['FreezeWindowEnded', { reason: 'Done.' }])
      .thenState({ state: 'ended', closedAt: '2026-03-02T08:02:00.000Z' });
  });

  it('is not put in force as a hard one without an authority', () => {
    given(freezeWindowProcess, ['DraftFreezeWindow', { ...draft, authorities: [] }])
      .when('PublishFreezeWindow')
      .thenRefused('refused.no-authority');
  });

  it('is put in force as a maintenance window without any authority', () => {
    given(freezeWindowProcess, [
      'DraftFreezeWindow',
      { ...draft, kind: 'maintenance', authorities: [] },
    ])
      .when('PublishFreezeWindow')
      .thenState({ state: 'in-force' });
  });

  it('is not put in force after its calendar', () => {
    given(freezeWindowProcess, drafted)
      .when('PublishFreezeWindow', {}, { now: '2026-03-10T00:00:00.000Z' })
      .thenRefused('refused.past-time');
  });

  it('keeps an authority while it is in force', () => {
    given(freezeWindowProcess, drafted, published)
      .when('NameFreezeWindowAuthorities', { authorities: [] })
      .thenRefused('refused.no-authority');
  });

  it('records calendar and scope before and after', () => {
    given(freezeWindowProcess, drafted)
      .when('SetFreezeWindowScope', { services: ['mail'], reason: 'r' })
      .thenEvents([
        'FreezeWindowScopeChanged',
        { services: ['mail'], previous: expect.objectContaining({ services: [] }) },
      ])
      .thenState({
        scope: { configurationItems: [], classes: [], services: ['mail'], tenants: [] },
      });
  });

  it('is given up as a draft alone', () => {
    given(freezeWindowProcess, drafted)
      .when('CancelFreezeWindow', { reason: 'r' })
      .thenState({ state: 'cancelled' });
    given(freezeWindowProcess, drafted, published)
      .when('CancelFreezeWindow', { reason: 'r' })
      .thenRefused('refused.state');
  });

  it('has a rule for each of its commands', () => {
    expect(freezeWindowProcess.commands).toMatchObject(freezeWindowCommands);
  });
});

describeProcessModel<FreezeWindowState>(
  {
    process: freezeWindowProcess,
    bodies: {
      ...ticketBodies<FreezeWindowState>('FreezeWindow', 'title'),
      NameFreezeWindowAuthorities: () => ({ authorities: ['mara.v', 'jon.p'] }),
    },
    surroundings: (body) => ({ blobs: blobsOf(body) }),
  },
  { seed: 20260302, runs: 60 },
);
