import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { changeSchedule } from './change-schedule.flow';

const stream = 'change-a';
const window = {
  plannedStart: '2026-03-07T20:00:00.000Z',
  plannedEnd: '2026-03-07T22:00:00.000Z',
};
const authorised = (state: string, items: readonly string[] = ['CI-1', 'CI-2']): FlowEventStep => [
  stream,
  'ChangeAuthorised',
  { state, ...window, configurationItems: items },
];
const entry = { change: 'a', ...window };
const cancelled: FlowEventStep = [stream, 'ChangeCancelled', { comment: 'Not needed.' }];

describe('change-schedule', () => {
  it('enters an authorised change in the calendar of its items, and tells of it', () => {
    givenFlow(changeSchedule, 'a')
      .when(...authorised('scheduled'))
      .thenCommands(
        ['RecordCIChangeOpened', 'CI-1', entry],
        ['RecordCIChangeOpened', 'CI-2', entry],
        ['AnnounceChange', 'a', { kind: 'scheduled' }],
      );
  });

  it('has nothing to do with what was approved afterwards', () => {
    givenFlow(changeSchedule, 'a')
      .when(...authorised('implement'))
      .thenRecorded();
  });

  it('moves the entries and tells again after a move within the tolerance', () => {
    const moved = { plannedStart: '2026-03-07T20:30:00.000Z', plannedEnd: window.plannedEnd };
    givenFlow(changeSchedule, 'a', [authorised('scheduled', ['CI-1'])])
      .when(stream, 'ChangeRescheduled', {
        ...moved,
        reason: 'The vendor is late.',
        isBeyondTolerance: false,
      })
      .thenCommands(
        ['RecordCIChangeOpened', 'CI-1', { change: 'a', ...moved }],
        ['AnnounceChange', 'a', { kind: 'moved', reason: 'The vendor is late.' }],
      );
  });

  it('takes everything back, last first and once, when the change is cancelled', () => {
    const moved: FlowEventStep = [stream, 'ChangeRescheduled', { isBeyondTolerance: false }];
    givenFlow(changeSchedule, 'a', [authorised('scheduled'), moved])
      .when(...cancelled)
      .thenCommands(
        ['AnnounceChange', 'a', { kind: 'withdrawn', reason: 'Not needed.' }],
        ['RecordCIChangeClosed', 'CI-2', { change: 'a' }],
        ['RecordCIChangeClosed', 'CI-1', { change: 'a' }],
      )
      .thenInstance({ status: 'completed', wasCompensated: true });
  });

  it('takes everything back when it has to be authorised again, and begins anew then', () => {
    const scenario = givenFlow(changeSchedule, 'a', [authorised('scheduled', [])]);
    scenario.when(stream, 'ChangeRescheduled', { isBeyondTolerance: true }).thenCommands();
    scenario
      .when(stream, 'ChangeAuthorisationRevoked', { changed: ['plannedStart'] })
      .thenCommands([
        'AnnounceChange',
        'a',
        { kind: 'withdrawn', reason: expect.stringContaining('plannedStart') },
      ]);
    scenario
      .when(...authorised('scheduled', ['CI-3']))
      .thenCommands(['RecordCIChangeOpened', 'CI-3'], ['AnnounceChange', 'a'])
      .thenInstance({ run: 2 });
  });

  it('strikes the entries out once the change is closed, without a notice', () => {
    givenFlow(changeSchedule, 'a', [authorised('scheduled', ['CI-1'])])
      .when(stream, 'ChangeClosed')
      .thenCommands(['RecordCIChangeClosed', 'CI-1', { change: 'a' }])
      .thenInstance({ status: 'completed' });
  });

  it('does without an entry for an item that is not under control', () => {
    givenFlow(changeSchedule, 'a', [], {
      RecordCIChangeOpened: { accepted: false, code: 'missing.ticket' },
    })
      .when(...authorised('scheduled'))
      .thenInstance({ status: 'open', parking: null });
  });

  it('says how many of very many items get an entry', () => {
    const items = Array.from({ length: 300 }, (_, index) => `CI-${index}`);
    givenFlow(changeSchedule, 'a')
      .when(...authorised('scheduled', items))
      .thenCommands(...items.slice(0, 199).map((item) => ['RecordCIChangeOpened', item] as const), [
        'AnnounceChange',
        'a',
      ]);
  });
});
