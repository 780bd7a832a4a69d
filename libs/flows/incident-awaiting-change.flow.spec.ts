import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { incidentAwaitingChange } from './incident-awaiting-change.flow';

const CHANGE = '0195c1d0-0000-7000-8000-00000000000c';
const held = (incident: string, awaited: string | null, reference: string): FlowEventStep => [
  `incident-${incident}`,
  'IncidentHeld',
  {
    reason: 'awaiting-change',
    previousReason: null,
    reference,
    awaited,
    service: 'mail',
    configurationItem: 'relay-1',
    comment: 'It needs more memory.',
  },
];
const waiting = held('a', CHANGE, 'CHG-000007');

describe('incident-awaiting-change', () => {
  it('links the change to the incident and tells the change who waits', () => {
    givenFlow(incidentAwaitingChange, CHANGE)
      .when(...waiting)
      .thenCommands(
        ['LinkIncident', 'a', { type: 'blocked-by', targetKind: 'change', target: CHANGE }],
        ['AddChangeNote', CHANGE, { visibility: 'internal' }],
      )
      .thenInstance({ status: 'open' });
  });

  it('resumes all who wait once the change is closed', () => {
    givenFlow(incidentAwaitingChange, CHANGE, [waiting, held('b', CHANGE, 'CHG-000007')])
      .when(`change-${CHANGE}`, 'ChangeClosed', { outcome: 'successful' })
      .thenCommands(
        [
          'ResumeIncident',
          'a',
          {
            cause: 'linked-record-finished',
            awaited: CHANGE,
            comment: 'The change is closed: successful.',
          },
        ],
        ['ResumeIncident', 'b', { awaited: CHANGE }],
      )
      .thenInstance({ status: 'completed' });
  });

  it('says why the change was cancelled when it resumes', () => {
    givenFlow(incidentAwaitingChange, CHANGE, [waiting])
      .when(`change-${CHANGE}`, 'ChangeCancelled', { reason: 'too-risky', comment: 'Year end.' })
      .thenCommands([
        'ResumeIncident',
        'a',
        { comment: 'The change was cancelled (too-risky): Year end.' },
      ])
      .thenInstance({ status: 'completed' });
  });

  it('takes an incident that goes on or waits for something else for done', () => {
    givenFlow(incidentAwaitingChange, CHANGE, [waiting], {
      ResumeIncident: { accepted: false, code: 'refused.waits-otherwise', state: 'on-hold' },
    })
      .when(`change-${CHANGE}`, 'ChangeClosed', { outcome: 'successful' })
      .thenInstance({ status: 'completed', parking: null });
  });

  it('resumes at once where the change is over already', () => {
    givenFlow(incidentAwaitingChange, CHANGE, [], {
      AddChangeNote: { accepted: false, code: 'refused.state', state: 'closed' },
    })
      .when(...waiting)
      .thenCommands(
        ['LinkIncident', 'a'],
        ['AddChangeNote', CHANGE],
        ['ResumeIncident', 'a', { comment: 'The change is closed already.' }],
      )
      .thenInstance({ status: 'completed' });
  });

  it('does not mind a change that has all the notes it can have', () => {
    givenFlow(incidentAwaitingChange, CHANGE, [], {
      AddChangeNote: { accepted: false, code: 'refused.too-many', state: 'new' },
    })
      .when(...waiting)
      .thenInstance({ status: 'open', parking: null });
  });

  it('drafts a change that nobody knows, and names it as what is waited for', () => {
    givenFlow(incidentAwaitingChange, 'draft-a', [], {
      DraftChange: { accepted: true, ticket: CHANGE, number: 'CHG-000008' },
    })
      .when(...held('a', null, 'A relay with more memory'))
      .thenCommands(
        [
          'DraftChange',
          null,
          {
            title: 'A relay with more memory',
            type: 'normal',
            requester: 'ada',
            service: 'mail',
            configurationItems: ['relay-1'],
            description: 'It needs more memory.',
          },
        ],
        [
          'NameIncidentHoldTarget',
          'a',
          {
            previousReference: 'A relay with more memory',
            reference: 'CHG-000008',
            awaited: CHANGE,
          },
        ],
      )
      .thenInstance({ status: 'completed' });
  });

  it.each(['CHG-000099', '0195c1d0-0000-7000-8000-00000000000d'])(
    'takes %s, which nobody knows, for a mistake',
    (reference) => {
      givenFlow(incidentAwaitingChange, 'draft-a')
        .when(...held('a', null, reference))
        .thenCommands([
          'AddIncidentNote',
          'a',
          { visibility: 'internal', text: expect.stringContaining(reference) },
        ])
        .thenInstance({ status: 'completed' });
    },
  );

  it('is nothing to incidents that wait for anything else', () => {
    givenFlow(incidentAwaitingChange, CHANGE)
      .when('incident-a', 'IncidentHeld', { reason: 'awaiting-problem', awaited: CHANGE })
      .thenRecorded();
  });

  it('is nothing to changes that nobody waits for', () => {
    givenFlow(incidentAwaitingChange, CHANGE)
      .when(`change-${CHANGE}`, 'ChangeClosed', { outcome: 'successful' })
      .thenRecorded();
  });

  it('is parked where no change can be drafted', () => {
    givenFlow(incidentAwaitingChange, 'draft-a', [], {
      DraftChange: { accepted: false, code: 'invalid.command' },
    })
      .when(...held('a', null, 'A relay'))
      .thenParked('invalid.command');
  });
});
