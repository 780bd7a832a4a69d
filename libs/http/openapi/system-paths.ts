import { API_ROOT } from '../commands/command-route';
import type { JsonSchema } from './command-schemas';
import { jsonAnswer, operationOf } from './operations';
import { parameterRefs, queryParameter } from './parameters';
import { schemaRef } from './schemas';

const OBJECT_ANSWER: JsonSchema = {
  description: 'As it says.',
  content: { 'application/json': { schema: { type: 'object' } } },
};

/** The paths that belong to no process: the log, blobs, and what operators look at. */
export function systemPaths(eventTypes: readonly string[]): Readonly<Record<string, JsonSchema>> {
  return {
    [`${API_ROOT}/events`]: { get: eventsOperation(eventTypes) },
    [`${API_ROOT}/events/{position}`]: { get: eventOperation() },
    [`${API_ROOT}/commands/{commandId}`]: { get: commandOutcomeOperation() },
    [`${API_ROOT}/policy-catalogue`]: { get: policyCatalogueOperation() },
    [`${API_ROOT}/blobs`]: { post: storeBlobOperation() },
    [`${API_ROOT}/blobs/{digest}`]: { get: showBlobOperation() },
    '/health': { get: systemOperation('health', 'Whether the process is alive, and how it is.') },
    '/ready': {
      get: operationOf({
        id: 'ready',
        tag: 'Operations',
        summary:
          'Whether the read models have caught up, the flows have begun, and events can be written.',
        answers: { 200: OBJECT_ANSWER, 503: OBJECT_ANSWER },
      }),
    },
    '/metrics': {
      get: operationOf({
        id: 'metrics',
        tag: 'Operations',
        summary: 'Metrics in the text form of Prometheus.',
        answers: {
          200: {
            description: 'Metrics.',
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
        },
      }),
    },
    '/openapi.json': { get: systemOperation('openapi', 'This document.') },
    '/asyncapi.json': { get: systemOperation('asyncapi', 'The events, as AsyncAPI 3.0.') },
  };
}

function eventsOperation(eventTypes: readonly string[]): JsonSchema {
  return operationOf({
    id: 'listEvents',
    tag: 'Events',
    summary: 'The log: a page, or with `Accept: text/event-stream` a live feed.',
    description:
      'The feed sends each event with its position as id and resumes behind `Last-Event-ID`; without ' +
      'one, and without `after`, it begins at the head of the log. A client that takes nothing is cut off.',
    parameters: [
      queryParameter('after', 'Position behind which to begin.', {
        type: 'string',
        pattern: '^[0-9]+$',
      }),
      queryParameter('limit', 'Events of a page.', {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: 100,
      }),
      queryParameter('types', 'Only these event types.', {
        type: 'array',
        items: { enum: eventTypes },
      }),
      queryParameter('streamPrefix', 'Only streams whose names begin so: `incident-`.'),
      {
        name: 'Last-Event-ID',
        in: 'header',
        required: false,
        description: 'Id of the last event that the client of a feed has.',
        schema: { type: 'string', pattern: '^[0-9]+$' },
      },
    ],
    answers: {
      200: {
        description: 'A page or the feed.',
        content: {
          'application/json': { schema: schemaRef('EventPage') },
          'text/event-stream': { schema: { type: 'string' } },
        },
      },
    },
    problems: [400, 422, 429, 503],
  });
}

function eventOperation(): JsonSchema {
  return operationOf({
    id: 'showEvent',
    tag: 'Events',
    summary: 'One event by its position.',
    parameters: [
      {
        name: 'position',
        in: 'path',
        required: true,
        schema: { type: 'string', pattern: '^[0-9]+$' },
      },
    ],
    answers: { 200: jsonAnswer('The event as it was recorded.', 'Event') },
    problems: [404, 503],
  });
}

function commandOutcomeOperation(): JsonSchema {
  return operationOf({
    id: 'showCommandOutcome',
    tag: 'Operations',
    summary: 'What became of a command that came over the message broker.',
    parameters: [
      { name: 'commandId', in: 'path', required: true, schema: { type: 'string', maxLength: 200 } },
    ],
    answers: { 200: jsonAnswer('Accepted, or refused and why.', 'CommandOutcome') },
    problems: [404, 503],
  });
}

function policyCatalogueOperation(): JsonSchema {
  return operationOf({
    id: 'listPolicyCatalogue',
    tag: 'Operations',
    summary: 'Each policy that may be set: who looks at it, what is in force, and its presets.',
    description:
      'Introduce a policy (`POST /policies`), then publish versions of it. Its ticket has the id ' +
      'that stands here.',
    answers: { 200: jsonAnswer('All policies, by name.', 'PolicyCatalogue') },
    problems: [503],
  });
}

function storeBlobOperation(): JsonSchema {
  return operationOf({
    id: 'storeBlob',
    tag: 'Blobs',
    summary: 'Store the content of an attachment; attach it by its digest.',
    parameters: parameterRefs('actor'),
    requestBody: { required: true, content: { 'application/octet-stream': {} } },
    answers: { 201: jsonAnswer('Stored.', 'Blob') },
    problems: [400, 401, 413, 503],
  });
}

function showBlobOperation(): JsonSchema {
  return operationOf({
    id: 'showBlob',
    tag: 'Blobs',
    summary: 'The content with this digest.',
    parameters: [
      {
        name: 'digest',
        in: 'path',
        required: true,
        schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      },
    ],
    answers: { 200: { description: 'The content.', content: { 'application/octet-stream': {} } } },
    problems: [404],
  });
}

function systemOperation(id: string, summary: string): JsonSchema {
  return operationOf({ id, tag: 'Operations', summary, answers: { 200: OBJECT_ANSWER } });
}
