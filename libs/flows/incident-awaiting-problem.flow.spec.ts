import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { incidentAwaitingProblem } from './incident-awaiting-problem.flow';

const problem = '0195c1d0-0000-7000-8000-00000000000a';
const stream = 'incident-i';
const held: FlowEventStep = [
  stream,
  'IncidentHeld',
  { reason: 'awaiting-problem', reference: 'PRB-000017', awaited: problem },
];
const resolvedWithIt: FlowEventStep = [
  stream,
  'IncidentResolved',
  { code: 'resolved-by-problem', notes: 'New relay.' },
];
const reopened: FlowEventStep = [stream, 'IncidentReopened', { reason: 'It stopped again.' }];

describe('incident-awaiting-problem', () => {
  it('links incident and problem', () => {
    givenFlow(incidentAwaitingProblem, 'i')
      .when(...held)
      .thenCommands(
        ['LinkProblem', problem, { type: 'investigates', targetKind: 'incident', target: 'i' }],
        ['LinkIncident', 'i', { type: 'investigated-by', targetKind: 'problem', target: problem }],
      );
  });

  it.each([
    { reason: 'awaiting-caller', awaited: 'nadia.k' },
    { reason: 'awaiting-change', awaited: problem },
    { reason: 'awaiting-problem', awaited: null },
    { reason: 'awaiting-problem', awaited: 'PRB-4711' },
  ])('has nothing to do with an incident that is held so: %j', (hold) => {
    givenFlow(incidentAwaitingProblem, 'i').when(stream, 'IncidentHeld', hold).thenRecorded();
  });

  it('has the problem analysed again when the incident comes back, and is over', () => {
    givenFlow(incidentAwaitingProblem, 'i', [held, resolvedWithIt])
      .when(...reopened)
      .thenCommands([
        'ReanalyseProblem',
        problem,
        { reason: expect.stringContaining('It stopped again.') },
      ])
      .thenInstance({ status: 'completed' });
  });

  it('leaves the problem alone where the incident was resolved otherwise', () => {
    const scenario = givenFlow(incidentAwaitingProblem, 'i', [held]);
    scenario
      .when(stream, 'IncidentResolved', { code: 'other' })
      .thenInstance({ status: 'completed' });
    scenario.when(...reopened).thenRecorded();
  });

  it.each(['IncidentResumed', 'IncidentCancelled', 'IncidentClosed'])('is over with %s', (type) => {
    givenFlow(incidentAwaitingProblem, 'i', [held])
      .when(stream, type)
      .thenCommands()
      .thenInstance({ status: 'completed' });
  });

  it('is over when the incident comes to wait for something else', () => {
    givenFlow(incidentAwaitingProblem, 'i', [held])
      .when(stream, 'IncidentHeld', { reason: 'awaiting-caller', awaited: 'nadia.k' })
      .thenCommands()
      .thenInstance({ status: 'completed' });
  });

  it('goes over to another problem that the incident comes to wait for', () => {
    const other = '0195c1d0-0000-7000-8000-00000000000b';
    givenFlow(incidentAwaitingProblem, 'i', [held])
      .when(stream, 'IncidentHeld', { reason: 'awaiting-problem', awaited: other })
      .thenCommands(['LinkProblem', other], ['LinkIncident', 'i', { target: other }]);
  });

  it('takes links that are there, and a problem that is analysed already, for done', () => {
    givenFlow(incidentAwaitingProblem, 'i', [held, resolvedWithIt], {
      ReanalyseProblem: { accepted: false, code: 'refused.state', state: 'root-cause-analysis' },
      LinkProblem: { accepted: false, code: 'refused.already-linked' },
      LinkIncident: { accepted: false, code: 'refused.already-linked' },
    })
      .when(...reopened)
      .thenInstance({ status: 'completed', parking: null });
  });

  it('leaves alone what an import tells of the past', () => {
    const origin = { kind: 'import', id: 'csv', version: '1' } as const;
    const [, type, body] = held;
    givenFlow(incidentAwaitingProblem, 'i').when(stream, type, body, { origin }).thenRecorded();
  });
});
