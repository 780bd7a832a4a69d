import type { EventSchema } from '@ledgerdesk/kernel';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const digits = { type: 'string', pattern: '^[0-9]+$' };
const digest = { type: 'string', pattern: '^[0-9a-f]{64}$' };

const required = {
  specversion: { const: '1.0' },
  id: { type: 'string', format: 'uuid' },
  source: { ...text, description: 'Tenant and process: `urn:ledgerdesk:<tenant>:<process>`.' },
  type: text,
  subject: { ...text, description: 'The stream.' },
  time: { ...time, description: 'When it happened in the business.' },
  dataschema: { ...text, description: '`urn:ledgerdesk:event:<type>:<version>`' },
  partitionkey: { ...text, description: 'The stream, which is the key of the message.' },
  position: { ...digits, description: 'Where the event stands in the whole log.' },
  revision: { ...digits, description: 'Where it stands in its stream, from 0.' },
  hash: { ...digest, description: 'SHA-256 of the sealed event.' },
  previoushash: { ...digest, description: 'Hash of the event before it in the stream.' },
  schemaversion: digits,
  recordedat: time,
  tenant: text,
  actor: text,
  origin: { ...text, description: 'What sent the command: kind, id and version.' },
  commandid: text,
  correlationid: text,
  traceparent: { ...text, description: 'W3C trace context, derived from the correlation id.' },
};

/** The attributes of a message to an event topic: CloudEvents 1.0 and our extensions. */
export const cloudEventSchema: EventSchema = {
  type: 'object',
  properties: {
    ...required,
    datacontenttype: { const: 'application/json' },
    dataref: { ...text, description: 'In place of data that was too large for the broker.' },
    onbehalfof: text,
    causationid: text,
    data: { type: 'object' },
  },
  required: Object.keys(required),
};
