import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { incidentAutoClose } from './incident-auto-close.flow';

const stream = 'incident-a';
const resolved: FlowEventStep = [
  stream,
  'IncidentResolved',
  { code: 'other', notes: 'Fixed.', excludedChildren: [] },
  { occurredAt: '2026-03-02T09:00:00.000Z' },
];
const major = (status: string): FlowEventStep => [
  stream,
  'IncidentMajorStatusRecorded',
  { status, majorIncident: 'm' },
];
const due = '2026-03-09T09:00:00.000Z';

describe('incident-auto-close', () => {
  it('sets a timer, counted from the resolution by the policy, and says which', () => {
    givenFlow(incidentAutoClose, 'a')
      .when(...resolved)
      .thenCommands()
      .thenTimers(['AutoCloseDue', due])
      .thenRecorded('FlowStarted', 'FlowDecided', 'TimerSet')
      .thenInstance({ status: 'open', run: 1 });
  });

  it('closes the incident when the timer elapses, and is over once it is closed', () => {
    const scenario = givenFlow(incidentAutoClose, 'a', [resolved]);
    scenario
      .whenUntil(due)
      .thenCommands(['CloseIncident', 'a', { cause: 'timer' }])
      .thenTimers()
      .thenInstance({ status: 'open' });
    scenario.when(stream, 'IncidentClosed').thenCommands().thenInstance({ status: 'completed' });
  });

  it('does nothing a moment before the timer is due', () => {
    givenFlow(incidentAutoClose, 'a', [resolved])
      .whenUntil('2026-03-09T08:59:59.999Z')
      .thenRecorded();
  });

  it('cancels the timer when the incident is reopened, and begins anew later', () => {
    const scenario = givenFlow(incidentAutoClose, 'a', [resolved]);
    scenario
      .when(stream, 'IncidentReopened', { reason: 'Again.' })
      .thenTimers()
      .thenRecorded('FlowDecided', 'TimerCancelled', 'FlowCompleted');
    scenario.whenUntil(due).thenRecorded();
    scenario
      .when(stream, 'IncidentResolved', {}, { occurredAt: '2026-03-10T09:00:00.000Z' })
      .thenTimers(['AutoCloseDue', '2026-03-17T09:00:00.000Z'])
      .thenInstance({ run: 2 });
  });

  it('never closes a major incident', () => {
    const scenario = givenFlow(incidentAutoClose, 'a', [major('declared')]);
    scenario
      .when(...resolved)
      .thenCommands()
      .thenTimers();
    scenario.whenUntil('2027-01-01T00:00:00.000Z').thenRecorded();
  });

  it('stops the timer of an incident that turns out to be major', () => {
    givenFlow(incidentAutoClose, 'a', [resolved])
      .when(...major('declared'))
      .thenTimers();
  });

  it('counts from the resolution again once the incident is no major one after all', () => {
    givenFlow(incidentAutoClose, 'a', [resolved, major('declared')])
      .when(...major('demoted'))
      .thenTimers(['AutoCloseDue', due]);
  });

  it('keeps the timer of an incident that is only proposed as a major one', () => {
    givenFlow(incidentAutoClose, 'a', [resolved])
      .when(...major('proposed'))
      .thenTimers(['AutoCloseDue', due]);
  });

  it('takes a close that comes too late for done', () => {
    givenFlow(incidentAutoClose, 'a', [resolved], {
      CloseIncident: { accepted: false, code: 'refused.state', state: 'closed' },
    })
      .whenUntil(due)
      .thenInstance({ status: 'open', parking: null, commands: [] });
  });

  it('is parked where the close is refused for another reason', () => {
    givenFlow(incidentAutoClose, 'a', [resolved], {
      CloseIncident: { accepted: false, code: 'refused.legal-hold' },
    })
      .whenUntil(due)
      .thenParked('refused.legal-hold')
      .thenInstance({ status: 'parked' });
  });

  it('leaves alone what an import tells of the past', () => {
    const [type, body] = ['IncidentResolved', {}];
    const origin = { kind: 'import', id: 'csv', version: '1' } as const;
    givenFlow(incidentAutoClose, 'a').when(stream, type, body, { origin }).thenRecorded();
  });
});
