import { createEventRegistry, ticketKey, type RelatedTicket } from '@ledgerdesk/kernel';
import { given, type ScenarioContext } from '@ledgerdesk/kernel/testing';
import { incidentProcess, type IncidentState } from '../index';
import { incidentEvents } from './incident.events';

const CHANGE = '0195c1d0-0000-7000-8000-00000000000c';

const worked = [
  [
    'RegisterIncident',
    {
      description: 'No mail.',
      channel: 'phone',
      caller: 'nadia.k',
      service: 'mail',
      configurationItem: 'relay-1',
    },
  ],
  ['TakeIncident', { group: 'messaging' }],
] as const;
const knowing = (process: string, name: string): ScenarioContext<IncidentState> => {
  const found: RelatedTicket = { id: CHANGE, state: { state: 'new' } };
  return { related: new Map([[ticketKey({ process, ticket: name }), found]]) };
};
const waitsFor = (awaited: string | null) => ['IncidentHeld', { awaited }] as const;
const forChange = { reason: 'awaiting-change', reference: 'CHG-000007' } as const;

describe('an incident on hold', () => {
  it('waits for the change by its id, however it was named', () => {
    given(incidentProcess, ...worked)
      .when('HoldIncident', forChange, knowing('change', 'CHG-000007'))
      .thenEvents(waitsFor(CHANGE))
      .thenState({ holdReference: 'CHG-000007', holdAwaited: CHANGE });
  });

  it('waits for a problem by its id as well', () => {
    given(incidentProcess, ...worked)
      .when(
        'HoldIncident',
        { reason: 'awaiting-problem', reference: 'PRB-000017' },
        knowing('problem', 'PRB-000017'),
      )
      .thenEvents(waitsFor(CHANGE));
  });

  it('keeps what nobody knows as it was typed', () => {
    given(incidentProcess, ...worked)
      .when('HoldIncident', forChange)
      .thenEvents(waitsFor(null))
      .thenState({ holdReference: 'CHG-000007', holdAwaited: null });
  });

  it('waits for its caller by name, and tells what is affected', () => {
    given(incidentProcess, ...worked)
      .when('HoldIncident', { reason: 'awaiting-caller', comment: 'Which version?' })
      .thenEvents([
        'IncidentHeld',
        { awaited: 'nadia.k', service: 'mail', configurationItem: 'relay-1' },
      ]);
  });

  it('says so from its beginning, where it is born waiting', () => {
    given(incidentProcess)
      .when(
        'RegisterIncident',
        {
          ...worked[0][1],
          assignmentGroup: 'messaging',
          holdReason: 'awaiting-change',
          holdReference: 'CHG-000007',
        },
        knowing('change', 'CHG-000007'),
      )
      .thenState({ state: 'on-hold', holdAwaited: CHANGE });
  });

  it('is resumed by what it waits for, and refuses anything else that has come', () => {
    const question = { reason: 'awaiting-caller', comment: 'Which version?' };
    const asked = [...worked, ['HoldIncident', question]] as const;
    given(incidentProcess, ...asked)
      .when('ResumeIncident', { awaited: CHANGE })
      .thenRefused('refused.waits-otherwise');
    given(incidentProcess, ...asked)
      .when('ResumeIncident', { awaited: 'nadia.k' })
      .thenState({ state: 'in-progress', holdAwaited: null });
    given(incidentProcess, ...asked)
      .when('ResumeIncident', {})
      .thenState({ state: 'in-progress' });
  });

  it('learns which record it waits for, once there is one', () => {
    const held = [...worked, ['HoldIncident', forChange]] as const;
    const named = {
      previousReference: 'CHG-000007',
      reference: 'CHG-000008',
      awaited: CHANGE,
    };
    given(incidentProcess, ...held)
      .when('NameIncidentHoldTarget', named)
      .thenState({ state: 'on-hold', holdReference: 'CHG-000008', holdAwaited: CHANGE });
    given(incidentProcess, ...held)
      .when('NameIncidentHoldTarget', { ...named, previousReference: 'CHG-000001' })
      .thenRefused('refused.waits-otherwise');
  });
});

describe('a hold that was recorded before version 2', () => {
  it('waits for nobody in particular', () => {
    const { version, upcasters } = incidentEvents.IncidentHeld;
    expect(version).toBe(2);
    expect(createEventRegistry([incidentEvents]).has('IncidentHeld')).toBe(true);
    const stored = { reason: 'awaiting-caller', previousReason: null, reference: null };
    expect(upcasters[1]({ ...stored, comment: 'Which version?' })).toEqual({
      ...stored,
      comment: 'Which version?',
      awaited: null,
      service: null,
      configurationItem: null,
    });
  });
});
