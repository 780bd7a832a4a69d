import { parseInstant, ticketAt, ticketDiff, ticketHistory, type Instant } from '@ledgerdesk/audit';
import type { Engine } from '@ledgerdesk/engine';
import { allowedCommands, type ProcessDefinition } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectionPath } from '../commands/command-route';
import type { HttpApiSettings } from '../http-api.options';
import { matchesNone } from '../request/command-headers';
import { sendJson } from '../request/json-answer';
import { invalidQuery, QueryParameters } from '../request/query-parameters';
import { ticketParameterOf } from '../request/ticket-parameter';
import { etagOf, ticketView } from './ticket-view';

const AXES = ['occurredAt', 'recordedAt'] as const;
const DIRECTIONS = ['forwards', 'backwards'] as const;
const HISTORY_PAGE_MAX = 1000;

type ReadSettings = Pick<HttpApiSettings, 'engine' | 'tenant'>;

/** What a route answers. */
type Read = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** The reads of single tickets of a process, each folded from the ticket's own stream. */
export interface TicketReads {
  readonly show: Read;
  readonly history: Read;
  readonly diff: Read;
  readonly allowedCommands: Read;
}

/** The reads of a process's tickets over an engine. */
export function ticketReadsOf(process: ProcessDefinition, settings: ReadSettings): TicketReads {
  const { engine } = settings;
  const addressOf = async (
    request: FastifyRequest,
  ): Promise<{ readonly process: ProcessDefinition; readonly id: string }> => ({
    process,
    id: await engine.tickets.resolveId(process.name, ticketParameterOf(request)),
  });
  return {
    show: async (request, reply) => {
      const instant = instantOf(new QueryParameters(request).allowOnly('at', 'axis'), 'at');
      if (instant === undefined) await showNow(process, engine, request, reply);
      else sendJson(reply, ticketView(await ticketAt(engine, await addressOf(request), instant)));
    },
    history: async (request, reply) => {
      const options = historyOptionsOf(new QueryParameters(request));
      sendJson(reply, await ticketHistory(engine, await addressOf(request), options));
    },
    diff: async (request, reply) => {
      const query = new QueryParameters(request).allowOnly('from', 'to', 'axis');
      const from = instantOf(query, 'from');
      if (from === undefined) {
        throw invalidQuery('from', 'say from which instant: a time, position:N or revision:N');
      }
      const to = instantOf(query, 'to') ?? {};
      sendJson(reply, await ticketDiff(engine, await addressOf(request), from, to));
    },
    allowedCommands: (request, reply) => showAllowed(process, settings, request, reply),
  };
}

async function showNow(
  process: ProcessDefinition,
  engine: Engine,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const ticket = await engine.tickets.load(process.name, ticketParameterOf(request));
  const etag = etagOf(ticket.revision);
  reply.header('etag', etag).header('cache-control', 'no-cache');
  if (matchesNone(request.headers['if-none-match'], etag)) void reply.code(304).send();
  else sendJson(reply, ticketView(ticket));
}

async function showAllowed(
  process: ProcessDefinition,
  { engine, tenant }: ReadSettings,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  new QueryParameters(request).allowOnly();
  const ticket = await engine.tickets.load(process.name, ticketParameterOf(request));
  const actor = request.headers['x-actor'];
  const now = engine.clock.now().toISOString();
  const policies = await engine.policies.of(process, { tenant, time: now });
  const commands = allowedCommands(process, ticket.state, {
    id: ticket.id,
    number: '',
    actor: typeof actor === 'string' ? actor : '',
    onBehalfOf: null,
    now,
    policies,
    tickets: new Map(),
    related: new Map(),
    blobs: new Map(),
  });
  reply.header('etag', etagOf(ticket.revision)).header('cache-control', 'no-cache');
  sendJson(reply, {
    id: ticket.id,
    state: ticket.state.state,
    revision: ticket.revision,
    commands: commands.map((command) => ({
      ...command,
      path: `${collectionPath(process)}/${ticket.id}/${command.route ?? ''}`,
    })),
  });
}

function historyOptionsOf(query: QueryParameters): Parameters<typeof ticketHistory>[2] {
  query.allowOnly('at', 'axis', 'limit', 'after', 'direction');
  const at = instantOf(query, 'at');
  const limit = query.integer('limit', 1, HISTORY_PAGE_MAX);
  const after = query.position('after');
  const direction = query.oneOf('direction', DIRECTIONS);
  return {
    ...(at !== undefined && { at }),
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after }),
    ...(direction !== undefined && { direction }),
  };
}

/** The instant that a parameter names on the axis that `axis` names; undefined without it. */
export function instantOf(query: QueryParameters, name: string): Instant | undefined {
  const text = query.text(name);
  const axis = query.oneOf('axis', AXES);
  if (text === undefined) return undefined;
  // In a URL an unescaped plus sign is a blank: `+01:00` is meant.
  return parseInstant(text.replace(/ (?=\d{2}:\d{2}$)/, '+'), axis);
}
