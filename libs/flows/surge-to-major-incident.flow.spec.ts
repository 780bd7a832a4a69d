import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { itemToMajorIncident, serviceToMajorIncident } from './surge-to-major-incident.flow';

const KEY = 'service:mail';

const registered = (incident: string, time = '09:00', service = 'mail'): FlowEventStep => [
  `incident-${incident}`,
  'IncidentRegistered',
  { service, configurationItem: 'relay-1' },
  { occurredAt: `2026-03-02T${time}:00.000Z` },
];
const nine = Array.from({ length: 9 }, (_, index) => registered(String(index)));
const candidate = 'majorIncident-m';
const decided = (type: string): FlowEventStep => [
  candidate,
  type,
  { incident: 'x', pattern: KEY },
  { occurredAt: '2026-03-02T09:10:00.000Z' },
];

describe('service-to-major-incident', () => {
  it('proposes the incident that is the last straw, and names the others', () => {
    givenFlow(serviceToMajorIncident, KEY, nine)
      .when(...registered('x', '09:59'))
      .thenCommands([
        'ProposeMajorIncident',
        null,
        { incident: 'x', pattern: KEY, reason: expect.stringContaining('10 incidents within 60') },
      ]);
  });

  it('begins with the proposal alone: what it counts before is not recorded', () => {
    const scenario = givenFlow(serviceToMajorIncident, KEY, nine.slice(0, -1));
    scenario
      .when(...registered('w'))
      .thenRecorded()
      .thenInstance({ status: 'absent' });
    scenario
      .when(...registered('x'))
      .thenRecorded('FlowStarted', 'FlowDecided', 'FlowCommandAccepted');
  });

  it('does not count what lies outside the window', () => {
    givenFlow(serviceToMajorIncident, KEY, nine)
      .when(...registered('x', '10:00'))
      .thenCommands();
  });

  it('does not count one incident twice', () => {
    givenFlow(serviceToMajorIncident, KEY, nine)
      .when('incident-8', 'IncidentServiceChanged', { from: 'web', to: 'mail' })
      .thenRecorded();
  });

  it('counts an incident whose service turns out to be this one', () => {
    givenFlow(serviceToMajorIncident, KEY, nine)
      .when(
        'incident-x',
        'IncidentServiceChanged',
        { from: null, to: 'mail' },
        { occurredAt: '2026-03-02T09:01:00.000Z' },
      )
      .thenCommands(['ProposeMajorIncident', null, { incident: 'x' }]);
  });

  it('counts each service for itself', () => {
    givenFlow(serviceToMajorIncident, KEY, nine)
      .when(...registered('x', '09:00', 'web'))
      .thenCommands();
  });

  it('proposes nothing further while a proposal or the major incident goes on', () => {
    const scenario = givenFlow(serviceToMajorIncident, KEY, [...nine, registered('x')]);
    scenario.when(...registered('y', '09:01')).thenCommands();
    scenario.when(...decided('MajorIncidentProposed'));
    scenario.when(...registered('z', '09:02')).thenRecorded();
  });

  it('keeps quiet for a day after a rejection, then counts anew', () => {
    const scenario = givenFlow(serviceToMajorIncident, KEY, [...nine, registered('x')]);
    scenario
      .when(...decided('MajorIncidentRejected'))
      .thenTimers(['QuietOver', '2026-03-03T09:10:00.000Z']);
    for (const step of nine) scenario.when(...step).thenRecorded();
    scenario.whenUntil('2026-03-03T09:10:00.000Z').thenInstance({ status: 'completed' });
    const next = Array.from({ length: 10 }, (_, index): FlowEventStep => {
      const occurredAt = `2026-03-03T09:1${index}:00.000Z`;
      return [`incident-n${index}`, 'IncidentRegistered', { service: 'mail' }, { occurredAt }];
    });
    for (const step of next.slice(0, -1)) scenario.when(...step).thenRecorded();
    scenario
      .when(...(next.at(-1) ?? registered('x')))
      .thenCommands(['ProposeMajorIncident', null, { incident: 'n9' }])
      .thenInstance({ run: 2 });
  });

  it.each(['MajorIncidentResolved', 'MajorIncidentCancelled'])('counts anew after %s', (end) => {
    givenFlow(serviceToMajorIncident, KEY, [...nine, registered('x')])
      .when(...decided(end))
      .thenInstance({ status: 'completed' });
  });

  it('counts nothing while a response goes on again', () => {
    givenFlow(serviceToMajorIncident, KEY, [
      ...nine,
      registered('x'),
      decided('MajorIncidentResolved'),
      decided('MajorIncidentResponseResumed'),
      ...nine,
    ])
      .when(...registered('y'))
      .thenRecorded();
  });

  it('tries the next incident where one is no candidate', () => {
    const scenario = givenFlow(serviceToMajorIncident, KEY, nine, {
      ProposeMajorIncident: { accepted: false, code: 'refused.incident-is-child' },
    });
    scenario.when(...registered('x')).thenInstance({ status: 'open', parking: null });
    scenario
      .when(...registered('y', '09:01'))
      .thenCommands(['ProposeMajorIncident', null, { incident: 'y' }]);
  });

  it('is parked by a proposal that is wrong in itself', () => {
    givenFlow(serviceToMajorIncident, KEY, nine, {
      ProposeMajorIncident: { accepted: false, code: 'invalid.command' },
    })
      .when(...registered('x'))
      .thenParked('invalid.command');
  });

  it('keeps no more incidents than the largest window can ask for', () => {
    const spread = Array.from({ length: 150 }, (_, index): FlowEventStep => {
      const occurredAt = new Date(Date.parse('2026-01-01') + index * 3_600_000).toISOString();
      return [`incident-${index}`, 'IncidentRegistered', { service: 'mail' }, { occurredAt }];
    });
    const lastHundred = spread.slice(50).map(([stream, , , envelope]) => ({
      incident: stream.slice('incident-'.length),
      at: envelope?.occurredAt ?? '',
    }));
    givenFlow(serviceToMajorIncident, KEY, spread.slice(0, -1))
      .when(...(spread.at(-1) ?? registered('x')))
      .thenInstance({
        status: 'absent',
        counted: { value: lastHundred, position: 150n },
      });
  });

  it('leaves alone what an import tells of the past', () => {
    const origin = { kind: 'import', id: 'csv', version: '1' } as const;
    const [stream, type, body] = registered('x');
    givenFlow(serviceToMajorIncident, KEY, nine)
      .when(stream, type, body, { origin })
      .thenRecorded();
  });
});

describe('item-to-major-incident', () => {
  it('proposes with the fifth incident on one configuration item', () => {
    givenFlow(itemToMajorIncident, 'item:relay-1', nine.slice(0, 4))
      .when(...registered('x'))
      .thenCommands(['ProposeMajorIncident', null, { incident: 'x', pattern: 'item:relay-1' }]);
  });

  it('hears nothing of major incidents of a service', () => {
    givenFlow(itemToMajorIncident, KEY)
      .when(...decided('MajorIncidentProposed'))
      .thenRecorded();
  });
});
