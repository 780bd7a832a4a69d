import Ajv from 'ajv';
import type { EventDefinition } from './event-definition';
import { eventDataSchema } from './event-schema';

const definition: EventDefinition = {
  version: 2,
  summary: 'Something was weighed.',
  fields: {
    weight: 'number',
    count: 'integer|null',
    note: 'text?',
    unit: ['kg', 'lb'],
    tags: 'text[]',
    parts: 'object[]|null',
    at: 'time',
    anything: 'json',
  },
};

const whole = {
  weight: 0.5,
  count: null,
  note: 'x',
  unit: 'kg',
  tags: ['a'],
  parts: [{}],
  at: '2026-01-01T00:00:00.000Z',
  anything: null,
};

const accepts = new Ajv({
  strict: true,
  allowUnionTypes: true,
  validateFormats: false,
}).compile(eventDataSchema('ThingWeighed', definition));

describe('the JSON Schema of an event', () => {
  it('says which event and version it is of', () => {
    expect(eventDataSchema('ThingWeighed', definition)).toMatchObject({
      $id: 'urn:ledgerdesk:event:ThingWeighed:2',
      description: 'Something was weighed.',
    });
  });

  it.each([
    ['with all fields', whole],
    ['without an optional field', { ...whole, note: undefined }],
    ['with a list that may be null', { ...whole, parts: null }],
  ])('fits data %s', (_, fields) => {
    expect(accepts(JSON.parse(JSON.stringify(fields)))).toBe(true);
  });

  it.each([
    ['a field too many', { ...whole, colour: 'red' }],
    ['a field too few', { ...whole, weight: undefined }],
    ['null where it may not be', { ...whole, weight: null }],
    ['another word than those listed', { ...whole, unit: 'stone' }],
    ['a fraction for a whole number', { ...whole, count: 1.5 }],
    ['a list of something else', { ...whole, tags: [1] }],
  ])('does not fit data with %s', (_, fields) => {
    expect(accepts(JSON.parse(JSON.stringify(fields)))).toBe(false);
  });
});
