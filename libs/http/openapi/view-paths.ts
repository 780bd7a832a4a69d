import type { ProcessDefinition } from '@ledgerdesk/kernel';
import {
  GRAPH_LIMITS,
  hasGraphOfThePast,
  IMPACT_LIMITS,
  MATCH_LIMITS,
  workCollection,
} from '@ledgerdesk/read-models';
import { API_ROOT, collectionPath } from '../commands/command-route';
import type { JsonSchema } from './command-schemas';
import { jsonAnswer, operationOf } from './operations';
import { instantParameter, parameterRefs, queryParameter } from './parameters';
import { listParameters } from './process-paths';
import { schemaName } from './schemas';

const WAIT = parameterRefs('minPosition', 'minPositionTimeoutMs');
const TICKET = parameterRefs('ticket');

function upTo(maximum: number, standard: number): JsonSchema {
  return { type: 'integer', minimum: 1, maximum, default: standard };
}

const TIME_OR_DAY = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}(T.+)?$',
};

/** As of when the relations of configuration items are asked for. */
function instantParameters(what: string): readonly JsonSchema[] {
  return [
    instantParameter('at', `${what}; items are many streams, so no revision`),
    queryParameter('axis', 'Whether a time means when it happened or when it was recorded.', {
      enum: ['occurredAt', 'recordedAt'],
    }),
  ];
}

/** The graph of relations of each ticket of a process. */
export function graphPaths(process: ProcessDefinition): Readonly<Record<string, JsonSchema>> {
  return {
    [`${collectionPath(process)}/{id}/graph`]: {
      get: operationOf({
        id: `graphOf${schemaName(process)}`,
        tag: process.title,
        summary: 'What the ticket has to do with, both ways: tickets and typed relations.',
        parameters: [
          ...TICKET,
          queryParameter(
            'depth',
            'Steps away from the ticket.',
            upTo(GRAPH_LIMITS.depthMax, GRAPH_LIMITS.depthDefault),
          ),
          queryParameter(
            'limit',
            'Nodes in the answer; `cut` says whether there are more.',
            upTo(GRAPH_LIMITS.nodesMax, GRAPH_LIMITS.nodesDefault),
          ),
          queryParameter(
            'direction',
            'Only relations that the nearer ticket states (out), that the further one does (in), or both.',
            { enum: ['both', 'out', 'in'] },
          ),
          ...(hasGraphOfThePast(process)
            ? instantParameters('As of (default: now), with relations between items alone')
            : []),
          ...WAIT,
        ],
        answers: { 200: jsonAnswer('The graph.', 'RelationGraph') },
        problems: [400, 404, 422, 503],
      }),
    },
  };
}

/** The paths of the views over several processes. */
export function viewPaths(
  processes: readonly ProcessDefinition[],
): Readonly<Record<string, JsonSchema>> {
  const has = (name: string): boolean => processes.some((process) => process.name === name);
  return {
    [`${API_ROOT}/work`]: {
      get: operationOf({
        id: 'listWork',
        tag: 'Views',
        summary: 'A page of the tickets of all processes, by indexed fields and text.',
        parameters: listParameters(workCollection),
        answers: { 200: jsonAnswer('A page.', 'WorkPage') },
        problems: [400, 422, 503],
      }),
    },
    ...(has('configuration-item') && impactPath()),
    ...(has('change') && calendarPaths()),
    ...(has('incident') && knownErrorsPath()),
  };
}

function impactPath(): Readonly<Record<string, JsonSchema>> {
  return {
    [`${API_ROOT}/configuration-items/{id}/impact`]: {
      get: operationOf({
        id: 'impactOfConfigurationItem',
        tag: 'Views',
        summary: 'What a failure of the item reaches, or what it rests on, as of any instant.',
        parameters: [
          ...TICKET,
          queryParameter('direction', 'What it reaches (down), or what it rests on (up).', {
            enum: ['down', 'up'],
            default: 'down',
          }),
          ...instantParameters('As of (default: now)'),
          queryParameter(
            'depth',
            'Steps away from the item.',
            upTo(IMPACT_LIMITS.depthMax, IMPACT_LIMITS.depthDefault),
          ),
          queryParameter(
            'limit',
            'Items in the answer.',
            upTo(IMPACT_LIMITS.itemsMax, IMPACT_LIMITS.itemsDefault),
          ),
          ...WAIT,
        ],
        answers: { 200: jsonAnswer('The impact.', 'ConfigurationImpact') },
        problems: [400, 404, 413, 422, 503],
      }),
    },
  };
}

function calendarPaths(): Readonly<Record<string, JsonSchema>> {
  return {
    [`${API_ROOT}/change-calendar`]: {
      get: operationOf({
        id: 'showChangeCalendar',
        tag: 'Views',
        summary: 'Changes, freezes, maintenance windows, lockdowns and meetings, and conflicts.',
        parameters: [
          queryParameter('from', 'Beginning, a time or a day. Default: now.', TIME_OR_DAY),
          queryParameter(
            'to',
            'End, which does not belong to it. Default: 30 days on.',
            TIME_OR_DAY,
          ),
          queryParameter('ci', 'Only what is about this configuration item: id, number or name.'),
          queryParameter('service', 'Only what is about this service.'),
          ...WAIT,
        ],
        answers: { 200: jsonAnswer('The calendar.', 'ChangeCalendar') },
        problems: [400, 413, 422, 503],
      }),
    },
    [`${API_ROOT}/changes/{id}/free-slot`]: {
      get: operationOf({
        id: 'freeSlotOfChange',
        tag: 'Views',
        summary: 'The next window of the same length without a hard conflict, within 90 days.',
        parameters: [
          ...TICKET,
          queryParameter('from', 'Where to begin, a time or a day. Default: now.', TIME_OR_DAY),
          ...WAIT,
        ],
        answers: { 200: jsonAnswer('The slot.', 'FreeSlot') },
        problems: [400, 404, 409, 413, 422, 503],
      }),
    },
  };
}

function knownErrorsPath(): Readonly<Record<string, JsonSchema>> {
  return {
    [`${API_ROOT}/incidents/{id}/known-errors`]: {
      get: operationOf({
        id: 'knownErrorsOfIncident',
        tag: 'Views',
        summary: 'Published known errors that the incident may be, the likeliest first, with why.',
        parameters: [
          ...TICKET,
          queryParameter(
            'limit',
            'Known errors in the answer.',
            upTo(MATCH_LIMITS.resultsMax, MATCH_LIMITS.resultsDefault),
          ),
          ...WAIT,
        ],
        answers: { 200: jsonAnswer('Known errors.', 'KnownErrorMatches') },
        problems: [400, 404, 422, 503],
      }),
    },
  };
}
