import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { changeToSuspectedCause } from './change-to-suspected-cause.flow';

const ITEM = 'relay-1';
const updated = (change: string, time = '2026-03-02T09:00:00.000Z'): FlowEventStep => [
  `change-${change}`,
  'ChangeItemUpdateRecorded',
  { configurationItem: ITEM, summary: 'More memory.' },
  { occurredAt: time },
];
const registered = (incident: string, time: string): FlowEventStep => [
  `incident-${incident}`,
  'IncidentRegistered',
  { configurationItem: ITEM },
  { occurredAt: time },
];

describe('change-to-suspected-cause', () => {
  it('suspects a change that was made on the item within two days', () => {
    givenFlow(changeToSuspectedCause, ITEM, [updated('c')])
      .when(...registered('a', '2026-03-04T08:59:59.999Z'))
      .thenCommands([
        'RecordIncidentSuspectedCause',
        'a',
        {
          change: 'c',
          configurationItem: ITEM,
          changedAt: '2026-03-02T09:00:00.000Z',
          withinHours: 48,
        },
      ]);
  });

  it('watches the item for two days after its last change', () => {
    const scenario = givenFlow(changeToSuspectedCause, ITEM, [updated('c')]);
    scenario
      .when(...updated('d', '2026-03-03T09:00:00.000Z'))
      .thenTimers(['WindowOver', '2026-03-05T09:00:00.000Z']);
    scenario.whenUntil('2026-03-05T09:00:00.000Z').thenInstance({ status: 'completed' });
    scenario.when(...registered('a', '2026-03-05T09:01:00.000Z')).thenRecorded();
  });

  it('suspects only those that lie within the window, and not in the future', () => {
    givenFlow(changeToSuspectedCause, ITEM, [
      updated('old', '2026-03-01T09:00:00.000Z'),
      updated('c', '2026-03-02T10:00:00.000Z'),
      updated('later', '2026-03-03T12:00:00.000Z'),
    ])
      .when(...registered('a', '2026-03-03T10:00:00.000Z'))
      .thenCommands(['RecordIncidentSuspectedCause', 'a', { change: 'c' }]);
  });

  it('suspects the last five of many changes, each once', () => {
    const changes = ['a', 'b', 'c', 'd', 'e', 'f', 'a'].map((change) => updated(change));
    givenFlow(changeToSuspectedCause, ITEM, changes)
      .when(...registered('x', '2026-03-02T10:00:00.000Z'))
      .thenCommands(
        ...['c', 'd', 'e', 'f', 'a'].map(
          (change) => ['RecordIncidentSuspectedCause', 'x', { change }] as const,
        ),
      );
  });

  it('suspects a change that nobody had authorised, by when it was found', () => {
    givenFlow(changeToSuspectedCause, ITEM, [
      [
        'change-u',
        'UnauthorisedChangeDetected',
        { configurationItem: ITEM, detectedAt: '2026-03-02T08:00:00.000Z' },
      ],
    ])
      .when(...registered('a', '2026-03-02T10:00:00.000Z'))
      .thenCommands(['RecordIncidentSuspectedCause', 'a', { change: 'u' }]);
  });

  it('suspects it as well where the item turns out later', () => {
    givenFlow(changeToSuspectedCause, ITEM, [updated('c')])
      .when(
        'incident-a',
        'IncidentConfigurationItemChanged',
        { from: null, to: ITEM },
        { occurredAt: '2026-03-02T10:00:00.000Z' },
      )
      .thenCommands(['RecordIncidentSuspectedCause', 'a', { change: 'c' }]);
  });

  it('is nothing to items that were not changed', () => {
    givenFlow(changeToSuspectedCause, ITEM)
      .when(...registered('a', '2026-03-02T10:00:00.000Z'))
      .thenRecorded();
  });

  it('takes a suspicion that is there already for done', () => {
    givenFlow(changeToSuspectedCause, ITEM, [updated('c')], {
      RecordIncidentSuspectedCause: { accepted: false, code: 'refused.already-suspected' },
    })
      .when(...registered('a', '2026-03-02T10:00:00.000Z'))
      .thenInstance({ status: 'open', parking: null });
  });

  it('can take a suspicion back, by the number that the incident gave it', () => {
    const [undo] = Object.values(changeToSuspectedCause.compensations);
    const accepted = {
      step: 'RecordIncidentSuspectedCause',
      process: 'incident',
      ticket: 'a',
      command: 'RecordIncidentSuspectedCause',
      body: { change: 'c' },
    };
    const suspicions = [{ incident: 'a', change: 'c', cause: 3 }];
    expect(undo?.(accepted, { changes: [], suspicions })).toMatchObject({
      command: 'DismissIncidentSuspectedCause',
      body: { cause: 3 },
    });
    expect(undo?.(accepted, { changes: [], suspicions: [] })).toBeUndefined();
  });

  it('remembers the number of a suspicion', () => {
    givenFlow(changeToSuspectedCause, ITEM, [updated('c')])
      .when('incident-a', 'IncidentSuspectedCauseRecorded', {
        cause: 3,
        change: 'c',
        configurationItem: ITEM,
      })
      .thenInstance({
        state: {
          changes: [{ change: 'c', at: '2026-03-02T09:00:00.000Z' }],
          suspicions: [{ incident: 'a', change: 'c', cause: 3 }],
        },
      });
  });
});
