import type { ProcessDefinition } from '@ledgerdesk/kernel';
import { API_ROOT, collectionPath } from '../commands/command-route';
import { CompensateFlow, MoveTimer, RetryFlow, SkipFlow } from '../flows/flow-acts';
import { commandSchemaOf, type JsonSchema } from './command-schemas';
import { jsonAnswer, jsonBody, operationOf } from './operations';
import { cursorParameter, parameterRefs, queryParameter } from './parameters';
import { schemaName, schemaRef } from './schemas';

const text: JsonSchema = { type: 'string' };
const time: JsonSchema = { type: 'string', format: 'date-time' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const decimal: JsonSchema = { type: 'string', pattern: '^[0-9]+$' };
const WAIT = ['minPosition', 'minPositionTimeoutMs'] as const;

function closed(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const nullable = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });
const pageOf = (items: JsonSchema): JsonSchema =>
  closed({ items: listOf(items), nextCursor: { type: ['string', 'null'] } });
const anyObject: JsonSchema = { type: 'object' };

const causalEvent = {
  id: text,
  position: decimal,
  stream: text,
  revision: decimal,
  type: text,
  number: { type: ['string', 'null'], description: 'Number of the ticket, where it is one.' },
  causationId: { type: ['string', 'null'] },
  correlationId: text,
  actor: text,
  origin: anyObject,
  occurredAt: time,
};

/** The schemas of flows and of causes. */
export const flowSchemas: Readonly<Record<string, JsonSchema>> = {
  FlowSummary: closed({
    name: text,
    version: { type: 'integer', minimum: 1 },
    title: text,
    summary: text,
    open: { ...count, description: 'Instances that are not over, parked ones among them.' },
    parked: { ...count, description: 'Instances that wait for a person.' },
    timers: count,
    checkpoint: nullable(decimal),
    lagEvents: decimal,
  }),
  FlowList: closed({ items: listOf(schemaRef('FlowSummary')) }),
  FlowWait: {
    description: 'What an instance waits for: a person, a command, a timer or an event.',
    oneOf: [
      closed({
        kind: { const: 'person' },
        code: { ...text, description: 'Code of the error that it is parked for.' },
        message: text,
        attempts: count,
        wayOut: { ...text, description: 'What a person can do.' },
      }),
      closed({ kind: { const: 'command' }, commands: listOf(text) }),
      closed({ kind: { const: 'timer' }, timer: text, dueAt: time }),
      closed({ kind: { const: 'event' }, events: listOf(text) }),
    ],
  },
  FlowInstanceRow: closed({
    flow: text,
    key: text,
    version: { type: 'integer' },
    run: count,
    status: { enum: ['open', 'parked'] },
    waitingFor: schemaRef('FlowWait'),
    since: time,
    startedAt: time,
    timers: { type: 'object', additionalProperties: time },
  }),
  FlowInstancePage: pageOf(schemaRef('FlowInstanceRow')),
  FlowInstance: closed({
    flow: text,
    key: text,
    stream: text,
    status: { enum: ['absent', 'open', 'parked', 'completed'] },
    run: count,
    revision: decimal,
    waitingFor: nullable(schemaRef('FlowWait')),
    parking: { type: ['object', 'null'] },
    steps: { ...listOf(text), description: 'Those that can be compensated from.' },
    commands: listOf(anyObject),
    timers: listOf(anyObject),
    state: { description: 'What the flow has folded from its events.' },
    history: listOf(anyObject),
    nextAfter: nullable(decimal),
  }),
  FlowTimerPage: pageOf(closed({ flow: text, key: text, timer: text, dueAt: time })),
  RetryFlow: commandSchemaOf(RetryFlow),
  SkipFlow: commandSchemaOf(SkipFlow),
  CompensateFlow: commandSchemaOf(CompensateFlow),
  MoveTimer: {
    ...commandSchemaOf(MoveTimer),
    properties: { dueAt: time, reason: { type: 'string', minLength: 1, maxLength: 2000 } },
  },
  CausalEvent: closed(causalEvent),
  Effect: closed({
    ...causalEvent,
    effects: listOf(schemaRef('Effect')),
    isCut: { type: 'boolean', description: 'More followed than the limits let show.' },
  }),
  Why: closed({
    event: schemaRef('CausalEvent'),
    causes: { ...listOf(schemaRef('CausalEvent')), description: 'The nearest one first.' },
    firstCause: { enum: ['person', 'timer', 'message', 'import', 'system', 'unknown'] },
    effects: listOf(schemaRef('Effect')),
    isCut: { type: 'boolean' },
  }),
};

const path = (name: string, description: string): JsonSchema => {
  return { name, in: 'path', required: true, description, schema: text };
};
const FLOW = path('flow', 'Name of the flow.');
const INSTANCE = [FLOW, path('key', 'Key of the instance within its flow.')];
const LIMIT = queryParameter('limit', 'Rows of a page.', {
  type: 'integer',
  minimum: 1,
  maximum: 1000,
  default: 50,
});

/** The paths of flows: how they stand, and what an operator does about them. */
export const flowPaths: Readonly<Record<string, JsonSchema>> = {
  [`${API_ROOT}/flows`]: {
    get: operationOf({
      id: 'listFlows',
      tag: 'Flows',
      summary: 'The flows, with how many instances are open or parked and how far each has read.',
      parameters: parameterRefs(...WAIT),
      answers: { 200: jsonAnswer('All flows.', 'FlowList') },
      problems: [422, 503],
    }),
  },
  [`${API_ROOT}/flows/{flow}/instances`]: {
    get: operationOf({
      id: 'listFlowInstances',
      tag: 'Flows',
      summary: 'Instances that are not over: what each waits for, and since when.',
      parameters: [
        FLOW,
        queryParameter('status', 'Only these.', { enum: ['open', 'parked'] }),
        LIMIT,
        cursorParameter,
        ...parameterRefs(...WAIT),
      ],
      answers: { 200: jsonAnswer('A page.', 'FlowInstancePage') },
      problems: [404, 422, 503],
    }),
  },
  [`${API_ROOT}/flows/{flow}/instances/{key}`]: {
    get: operationOf({
      id: 'showFlowInstance',
      tag: 'Flows',
      summary: 'One instance as of now, with its commands, timers, state and history.',
      parameters: [
        ...INSTANCE,
        queryParameter('after', 'Revision behind which the history begins.', decimal),
        LIMIT,
      ],
      answers: { 200: jsonAnswer('The instance.', 'FlowInstance') },
      problems: [404, 422, 503],
    }),
  },
  ...act('retry', RetryFlow, 'Let a parked instance try again what it was parked for.', {
    reason: 'The ticket was put in order.',
  }),
  ...act('skip', SkipFlow, 'Let a parked instance go on without what it was parked for.', {
    reason: 'The child was closed by hand.',
  }),
  ...act('compensate', CompensateFlow, 'Undo what it did from a step on, last first, and end it.', {
    step: 'resolve child',
    reason: 'The parent was resolved by mistake.',
  }),
  ...act('timers/{timer}/move', MoveTimer, 'Give a timer that runs another time.', {
    dueAt: '2026-03-02T08:00:00Z',
    reason: 'The caller is on holiday.',
  }),
  [`${API_ROOT}/flow-timers`]: {
    get: operationOf({
      id: 'listFlowTimers',
      tag: 'Flows',
      summary: 'Timers that run, those that fall due first in front.',
      parameters: [
        queryParameter('flow', 'Only those of this flow.'),
        LIMIT,
        cursorParameter,
        ...parameterRefs(...WAIT),
      ],
      answers: { 200: jsonAnswer('A page.', 'FlowTimerPage') },
      problems: [404, 422, 503],
    }),
  },
};

function act(
  route: string,
  { name }: { readonly name: string },
  summary: string,
  example: object,
): Readonly<Record<string, JsonSchema>> {
  const timer = route.includes('{timer}') ? [path('timer', 'Name of the timer.')] : [];
  return {
    [`${API_ROOT}/flows/{flow}/instances/{key}/${route}`]: {
      post: operationOf({
        id: `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
        tag: 'Flows',
        summary,
        parameters: [...INSTANCE, ...timer, ...parameterRefs('actor')],
        requestBody: jsonBody(schemaRef(name), example),
        answers: { 200: jsonAnswer('The instance behind it.', 'FlowInstance') },
        problems: [400, 401, 404, 409, 413, 415, 422, 503],
      }),
    },
  };
}

/** `GET /incidents/{id}/why` */
export function whyPaths(process: ProcessDefinition): Readonly<Record<string, JsonSchema>> {
  return {
    [`${collectionPath(process)}/{id}/why`]: {
      get: operationOf({
        id: `why${schemaName(process)}`,
        tag: process.title,
        summary: 'Why an event happened, back to its first cause, and all that it led to.',
        parameters: [
          ...parameterRefs('ticket'),
          queryParameter('event', 'Id of one of its events, or `revision:N`; default: the last.'),
          queryParameter('depth', 'Length of the chain, and generations of effects.', {
            type: 'integer',
            minimum: 1,
            maximum: 100,
            default: 100,
          }),
          queryParameter('limit', 'Effects in all.', {
            type: 'integer',
            minimum: 1,
            maximum: 500,
            default: 500,
          }),
          ...parameterRefs(...WAIT),
        ],
        answers: { 200: jsonAnswer('Causes and effects.', 'Why') },
        problems: [400, 404, 422, 503],
      }),
    },
  };
}
