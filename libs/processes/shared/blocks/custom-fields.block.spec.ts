import type { Policy } from '@ledgerdesk/kernel';
import { given } from '@ledgerdesk/kernel/testing';
import { wrongFields } from '@ledgerdesk/processes/testing';
import { incidentProcess, withPolicies, type CustomFieldSchema } from '../../index';

const schema: Policy<CustomFieldSchema> = {
  name: 'custom-fields',
  version: 7,
  value: {
    incident: {
      region: { title: 'Region', type: 'choice', choices: ['north', 'south'], mandatory: true },
      ticketOfVendor: { title: 'Ticket of the vendor', type: 'text', maxLength: 5 },
      seats: { title: 'Seats', type: 'integer', min: 1, max: 10 },
      share: { title: 'Share', type: 'number', min: 0, max: 1 },
      isPublic: { title: 'Public', type: 'boolean' },
      promisedAt: { title: 'Promised at', type: 'time' },
    },
  },
};
const process = withPolicies(incidentProcess, { customFields: schema });
const report = { description: 'Stuck.', channel: 'phone', caller: 'nadia.k', service: 'mail' };
const registered = ['RegisterIncident', report] as const;
const set = (field: string, value: unknown) =>
  ['SetIncidentCustomField', { field, value }] as const;

describe('custom fields', () => {
  it.each([
    ['region', 'north'],
    ['ticketOfVendor', '12345'],
    ['seats', 10],
    ['share', 0.5],
    ['isPublic', false],
    ['promisedAt', '2026-03-02T08:00:00.000Z'],
  ])('%s takes %j, by the version of the schema that the event refers to', (field, value) => {
    const { decision, state } = given(process, registered).when(...set(field, value));
    expect(decision).toEqual([
      {
        type: 'IncidentCustomFieldSet',
        data: { field, from: null, to: value },
        policies: [{ name: 'custom-fields', version: 7 }],
      },
    ]);
    expect(state.customFields).toEqual({ [field]: value });
  });

  it.each([
    ['region', 'west', 'one of north, south'],
    ['region', 1, 'one of north, south'],
    ['ticketOfVendor', '123456', 'a text of at most 5 characters'],
    ['seats', 0, 'a whole number from 1 to 10'],
    ['seats', 1.5, 'a whole number from 1 to 10'],
    ['seats', '3', 'a whole number from 1 to 10'],
    ['share', 1.01, 'a number from 0 to 1'],
    ['isPublic', 'true', 'true or false'],
    ['promisedAt', 'tomorrow', 'an ISO 8601 date and time'],
    ['promisedAt', '2026-03-02T08:00:00', 'an ISO 8601 date and time'],
  ])('%s refuses %j, and says that it takes %s', (field, value, wanted) => {
    const outcome = given(process, registered).when(...set(field, value));
    outcome.thenRefused('refused.custom-field-value', { field });
    expect(outcome.decision).toMatchObject({ message: expect.stringContaining(wanted) });
  });

  it.each(['colour', 'constructor', 'toString'])(
    'refuse the key %s that the schema does not have, naming those it has',
    (field) => {
      given(process, registered)
        .when(...set(field, 'x'))
        .thenRefused('refused.unknown-custom-field', { version: 7 });
    },
  );

  it('keep the old and the new value, and times in UTC', () => {
    given(process, registered, set('promisedAt', '2026-03-02T08:00:00Z'))
      .when(...set('promisedAt', '2026-03-02T11:00:00+01:00'))
      .thenEvents([
        'IncidentCustomFieldSet',
        { from: '2026-03-02T08:00:00.000Z', to: '2026-03-02T10:00:00.000Z' },
      ]);
    given(process, registered, set('promisedAt', '2026-03-02T08:00:00Z'))
      .when(...set('promisedAt', '2026-03-02T09:00:00+01:00'))
      .thenRefused('refused.no-change');
  });

  it('are cleared with the old value, unless they are mandatory or not set', () => {
    given(process, registered, set('seats', 3))
      .when('ClearIncidentCustomField', { field: 'seats', reason: 'Unknown.' })
      .thenEvents(['IncidentCustomFieldCleared', { from: 3, reason: 'Unknown.' }])
      .thenState({ customFields: {} });
    given(process, registered, set('region', 'north'))
      .when('ClearIncidentCustomField', { field: 'region' })
      .thenRefused('refused.custom-field-mandatory');
    given(process, registered)
      .when('ClearIncidentCustomField', { field: 'seats' })
      .thenRefused('refused.custom-field-not-set');
  });

  it('that a later schema dropped stay, and may be cleared', () => {
    given(process, registered, set('seats', 3))
      .when('ClearIncidentCustomField', { field: 'seats' }, { policies: {} })
      .thenEvents(['IncidentCustomFieldCleared', { from: 3 }]);
    given(process, registered, set('seats', 3))
      .when(...set('seats', 4), { policies: {} })
      .thenRefused('refused.unknown-custom-field', { version: 1 });
  });

  it('that are mandatory are set before the ticket is resolved', () => {
    const assigned = ['AssignIncident', { group: 'messaging', assignee: 'li.w' }] as const;
    const resolution = { code: 'other', notes: 'Done.' };
    given(process, registered, assigned)
      .when('ResolveIncident', resolution)
      .thenRefused('refused.custom-fields-missing', { missing: ['region'] });
    given(process, registered, assigned, set('region', 'south'))
      .when('ResolveIncident', resolution)
      .thenState({ state: 'resolved' });
  });

  it.each([
    [{ field: 'seats', value: null }, ['value']],
    [{ field: 'seats', value: [1] }, ['value']],
    [{ field: 'seats', value: { a: 1 } }, ['value']],
    [{ field: 'seats', value: Number.NaN }, ['value']],
    [{ field: 'seats', value: 'x'.repeat(2_001) }, ['value']],
    [{ field: '__proto__', value: 1 }, ['field']],
    [{ field: 'a b', value: 1 }, ['field']],
  ])('are set by a well-formed command: %j is wrong in %j', (body, wrong) => {
    expect(wrongFields(incidentProcess, 'SetIncidentCustomField', body)).toEqual(wrong);
  });
});
