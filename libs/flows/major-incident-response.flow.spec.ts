import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { majorIncidentResponse } from './major-incident-response.flow';

const stream = 'majorIncident-m';
const declaredAt = '2026-03-02T09:00:00.000Z';
const declared = (body: object = {}): FlowEventStep => [
  stream,
  'MajorIncidentDeclared',
  {
    incident: 'i',
    commander: 'mara',
    severity: 2,
    businessImpact: 'No orders come in.',
    service: 'shop',
    updatesDue: {
      responders: '2026-03-02T09:30:00.000Z',
      customers: '2026-03-02T10:00:00.000Z',
    },
    ...body,
  },
  { occurredAt: declaredAt },
];
const answers = {
  DraftFreezeWindow: { accepted: true, ticket: 'f' },
  RegisterProblem: { accepted: true, ticket: 'p' },
} as const;
const told = (audience: string, nextDueAt: string | null): FlowEventStep => [
  stream,
  'MajorIncidentStatusUpdatePosted',
  { audience, nextDueAt },
  { occurredAt: '2026-03-02T09:20:00.000Z' },
];

describe('major-incident-response', () => {
  it('registers the problem, freezes the service, and gives roles and a bridge', () => {
    givenFlow(majorIncidentResponse, 'm', [], answers)
      .when(...declared())
      .thenCommands(
        ['RegisterProblem', null, { origin: 'reactive', incidents: ['i'], service: 'shop' }],
        [
          'DraftFreezeWindow',
          null,
          {
            kind: 'hard',
            services: ['shop'],
            authorities: ['mara'],
            entries: [{ start: declaredAt, end: '2026-03-05T09:00:00.000Z' }],
          },
        ],
        ['AssignMajorIncidentRole', 'm', { role: 'scribe' }],
        ['AssignMajorIncidentRole', 'm', { role: 'customer-liaison' }],
        ['OpenMajorIncidentBridge', 'm', { address: expect.stringMatching(/-m$/) }],
        ['PublishFreezeWindow', 'f'],
      )
      .thenTimers(
        ['UpdateDue responders', '2026-03-02T09:30:00.000Z'],
        ['UpdateDue customers', '2026-03-02T10:00:00.000Z'],
      );
  });

  it('freezes nothing where no service is named', () => {
    givenFlow(majorIncidentResponse, 'm', [], answers)
      .when(...declared({ service: null, severity: 3 }))
      .thenCommands(['RegisterProblem', null], ['OpenMajorIncidentBridge', 'm']);
  });

  it('moves the reminder of an audience that was told, or ends it', () => {
    const scenario = givenFlow(majorIncidentResponse, 'm', [declared()], answers);
    scenario
      .when(...told('responders', '2026-03-02T09:50:00.000Z'))
      .thenTimers(
        ['UpdateDue customers', '2026-03-02T10:00:00.000Z'],
        ['UpdateDue responders', '2026-03-02T09:50:00.000Z'],
      );
    scenario
      .when(...told('responders', null))
      .thenTimers(['UpdateDue customers', '2026-03-02T10:00:00.000Z']);
  });

  it('reminds three times of an update that is due, then escalates it', () => {
    const scenario = givenFlow(
      majorIncidentResponse,
      'm',
      [declared({ updatesDue: { responders: '2026-03-02T09:30:00.000Z' } })],
      answers,
    );
    for (const time of ['09:30', '09:45', '10:00']) {
      scenario
        .whenUntil(`2026-03-02T${time}:00.000Z`)
        .thenCommands([
          'AddMajorIncidentNote',
          'm',
          { visibility: 'internal', text: expect.stringContaining('responders') },
        ]);
    }
    scenario
      .whenUntil('2026-03-02T10:15:00.000Z')
      .thenCommands(['EscalateMajorIncident', 'm', { kind: 'hierarchic', to: 'duty-director' }])
      .thenTimers();
  });

  it('begins to count anew with each update', () => {
    const due = { updatesDue: { responders: '2026-03-02T09:10:00.000Z' } };
    const scenario = givenFlow(
      majorIncidentResponse,
      'm',
      [
        declared(due),
        { until: '2026-03-02T09:10:00.000Z' },
        told('responders', '2026-03-02T09:40:00.000Z'),
      ],
      answers,
    );
    scenario
      .whenUntil('2026-03-02T09:40:00.000Z')
      .thenCommands(['AddMajorIncidentNote', 'm', { text: expect.stringContaining('Reminder 1') }]);
  });

  it('follows the plan of another severity', () => {
    givenFlow(majorIncidentResponse, 'm', [declared()], answers)
      .when(stream, 'MajorIncidentSeverityChanged', {
        severity: 3,
        updatesDue: { management: '2026-03-02T13:00:00.000Z' },
      })
      .thenTimers(['UpdateDue management', '2026-03-02T13:00:00.000Z']);
  });

  it('lifts the freeze and reminds of nothing once it is resolved', () => {
    const scenario = givenFlow(majorIncidentResponse, 'm', [declared()], answers);
    scenario
      .when(stream, 'MajorIncidentResolved')
      .thenCommands(['EndFreezeWindow', 'f'])
      .thenTimers()
      .thenInstance({ status: 'open' });
    scenario.when(stream, 'MajorIncidentReviewClosed').thenInstance({ status: 'completed' });
  });

  it('freezes the service again where the response goes on, for who is in command then', () => {
    givenFlow(
      majorIncidentResponse,
      'm',
      [
        declared(),
        [stream, 'MajorIncidentResolved'],
        [stream, 'MajorIncidentCommandHandedOver', { commander: 'omar' }],
      ],
      answers,
    )
      .when(stream, 'MajorIncidentResponseResumed', {
        updatesDue: { responders: '2026-03-02T12:00:00.000Z' },
      })
      .thenCommands(
        ['DraftFreezeWindow', null, { services: ['shop'], authorities: ['omar'] }],
        ['PublishFreezeWindow', 'f'],
      )
      .thenTimers(['UpdateDue responders', '2026-03-02T12:00:00.000Z']);
  });

  it.each(['MajorIncidentDemoted', 'MajorIncidentCancelled'])(
    'lifts the freeze and takes the problem back with %s',
    (type) => {
      givenFlow(majorIncidentResponse, 'm', [declared()], answers)
        .when(stream, type)
        .thenCommands(['EndFreezeWindow', 'f'], ['CancelFreezeWindow', 'f'], ['CancelProblem', 'p'])
        .thenTimers()
        .thenInstance({ status: 'completed' });
    },
  );

  it('leaves a problem that is analysed by now, and a freeze that has ended', () => {
    const refused = { accepted: false, code: 'refused.state', state: 'ended' } as const;
    givenFlow(majorIncidentResponse, 'm', [declared()], {
      ...answers,
      EndFreezeWindow: refused,
      CancelFreezeWindow: refused,
      CancelProblem: refused,
    })
      .when(stream, 'MajorIncidentDemoted')
      .thenInstance({ status: 'completed', parking: null });
  });

  it('takes roles and bridges that people were faster with for done', () => {
    givenFlow(majorIncidentResponse, 'm', [], {
      ...answers,
      AssignMajorIncidentRole: { accepted: false, code: 'refused.no-change' },
      OpenMajorIncidentBridge: { accepted: false, code: 'refused.no-change' },
    })
      .when(...declared())
      .thenInstance({ status: 'open', parking: null });
  });

  it('is parked where the freeze is refused', () => {
    givenFlow(majorIncidentResponse, 'm', [], {
      ...answers,
      DraftFreezeWindow: { accepted: false, code: 'refused.past-time' },
    })
      .when(...declared())
      .thenParked('refused.past-time');
  });
});
