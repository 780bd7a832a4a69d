import { given, type GivenStep } from '@ledgerdesk/kernel/testing';
import { changeProcess } from './change.process';
import type { ChangeState } from './change.state';

type Step = GivenStep<ChangeState>;

const window = {
  plannedStart: '2026-03-05T08:00:00.000Z',
  plannedEnd: '2026-03-05T10:00:00.000Z',
};
const drafted: Step = [
  'DraftChange',
  { title: 'Relay', requester: 'rita', type: 'normal', service: 'mail', changeManager: 'mara' },
];
const planned: Step = ['PlanChangeWindow', window];
const authorised: Step = {
  type: 'ChangeAuthorised',
  data: {
    ...{ basis: 'approvals', approvals: [], isLate: false, state: 'scheduled' },
    ...{ ...window, configurationItems: [] },
  },
};
const scheduled = [drafted, planned, authorised];
const announced: Step = ['AnnounceChange', { kind: 'scheduled' }];

describe('a notice of a change', () => {
  it('tells requester, manager and watchers of the window', () => {
    given(changeProcess, ...scheduled, ['WatchChange', { watcher: 'omar' }])
      .when('AnnounceChange', { kind: 'scheduled' })
      .thenEvents([
        'ChangeAnnounced',
        { kind: 'scheduled', audience: ['rita', 'mara', 'omar'], service: 'mail', ...window },
      ]);
  });

  it('is refused before the change is scheduled, and where it tells nothing new', () => {
    given(changeProcess, drafted, planned)
      .when('AnnounceChange', { kind: 'scheduled' })
      .thenRefused('refused.not-scheduled');
    given(changeProcess, ...scheduled, announced)
      .when('AnnounceChange', { kind: 'moved' })
      .thenRefused('refused.no-change');
  });

  it('is taken back once, also when the change is over', () => {
    const cancelled: Step = ['CancelChange', { reason: 'other', comment: 'c' }];
    const withdrawn: Step = ['AnnounceChange', { kind: 'withdrawn', reason: 'Cancelled.' }];
    given(changeProcess, ...scheduled, announced, cancelled)
      .when('AnnounceChange', { kind: 'withdrawn', reason: 'Cancelled.' })
      .thenEvents(['ChangeAnnounced', { kind: 'withdrawn', reason: 'Cancelled.' }]);
    given(changeProcess, ...scheduled, announced, withdrawn)
      .when('AnnounceChange', { kind: 'withdrawn' })
      .thenRefused('refused.not-announced');
    given(changeProcess, ...scheduled, announced, withdrawn)
      .when('AnnounceChange', { kind: 'scheduled' })
      .thenState({ announcement: { kind: 'scheduled', ...window } });
  });
});

describe('the task of a review', () => {
  const inReview = [...scheduled, { type: 'ChangeBackedOut', data: { reason: 'It failed.' } }];
  const dueAt = '2026-03-12T16:00:00.000Z';

  it('goes to whoever answers for the change, unless somebody is named', () => {
    given(changeProcess, ...inReview)
      .when('RequestChangeReview', { dueAt: '2026-03-12T17:00:00+01:00' })
      .thenEvents(['ChangeReviewRequested', { reviewer: 'mara', dueAt, previousDueAt: null }]);
    given(changeProcess, ...inReview, ['RequestChangeReview', { dueAt, reviewer: 'jon' }])
      .when('RequestChangeReview', { dueAt: '2026-03-13T16:00:00Z' })
      .thenEvents(['ChangeReviewRequested', { reviewer: 'jon', previousDueAt: dueAt }]);
  });

  it('is refused for a time that is over, and where nothing differs', () => {
    given(changeProcess, ...inReview)
      .when('RequestChangeReview', { dueAt: '2026-03-01T00:00:00Z' })
      .thenRefused('refused.past-time');
    given(changeProcess, ...inReview, ['RequestChangeReview', { dueAt }])
      .when('RequestChangeReview', { dueAt })
      .thenRefused('refused.no-change');
  });
});
