import { LedgerdeskError, type Origin, type OriginKind } from '@ledgerdesk/kernel';
import type { IncomingMessage, OutgoingMessage } from '@ledgerdesk/messaging';
import { traceparentOf } from '../tracing/tracing.port';
import type { FlowCommandRequest } from '../flows/command-dispatch.port';
import { CLOUD_EVENT_MEDIA_TYPE } from './cloud-event';
import { commandTopicOf } from './topics';

/** A command as it came over the broker: all but its class is checked. */
export interface CommandMessage {
  /** `id`: what makes a repetition recognisable. */
  readonly commandId: string;
  /** `type`: name of the command class. */
  readonly command: string;
  /** `subject`: id or number of the ticket; null for a command that creates one. */
  readonly ticket: string | null;
  readonly body: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly onBehalfOf: string | null;
  readonly tenant?: string;
  readonly origin?: Origin;
  readonly correlationId?: string;
  readonly causationId: string | null;
  /** `time`: when it happened in the business. */
  readonly occurredAt?: string;
}

const ORIGIN_KINDS: readonly OriginKind[] = ['api', 'cli', 'import', 'flow', 'timer', 'system'];
const SHOWN_MAX = 80;

/**
 * Reads a command: a CloudEvent 1.0 in structured mode.
 *
 * @throws LedgerdeskError `malformed.command-message`, which names the attribute.
 */
export function commandMessageOf({ value }: Pick<IncomingMessage, 'value'>): CommandMessage {
  const event = attributesOf(value);
  if (event['specversion'] !== '1.0') throw malformed('specversion', 'give "1.0"');
  const tenant = optionalText(event, 'tenant');
  const origin = originOf(event);
  const correlationId = optionalText(event, 'correlationid');
  const occurredAt = optionalText(event, 'time');
  return {
    commandId: text(event, 'id'),
    command: text(event, 'type'),
    ticket: optionalText(event, 'subject') ?? null,
    body: bodyOf(event),
    actor: text(event, 'actor'),
    onBehalfOf: optionalText(event, 'onbehalfof') ?? null,
    causationId: optionalText(event, 'causationid') ?? null,
    ...(tenant !== undefined && { tenant }),
    ...(origin !== undefined && { origin }),
    ...(correlationId !== undefined && { correlationId }),
    ...(occurredAt !== undefined && { occurredAt }),
  };
}

/** The message for a command of a flow. Commands to one ticket keep their order. */
export function messageOfFlowCommand(request: FlowCommandRequest): OutgoingMessage {
  const { id, process, ticket, command, body, tenant, actor, origin } = request;
  const traceparent = traceparentOf({ correlationId: request.correlationId, commandId: id });
  return {
    topic: commandTopicOf(process),
    key: ticket ?? id,
    headers: { 'content-type': CLOUD_EVENT_MEDIA_TYPE, traceparent },
    value: JSON.stringify({
      specversion: '1.0',
      id,
      source: `urn:ledgerdesk:${encodeURIComponent(tenant)}:flow:${encodeURIComponent(origin.id)}`,
      type: command,
      ...(ticket !== null && { subject: ticket }),
      datacontenttype: 'application/json',
      tenant,
      actor,
      originkind: origin.kind,
      originid: origin.id,
      originversion: origin.version,
      correlationid: request.correlationId,
      ...(request.causationId !== null && { causationid: request.causationId }),
      traceparent,
      data: body,
    }),
  };
}

type Attributes = Readonly<Record<string, unknown>>;

function attributesOf(value: Buffer): Attributes {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString('utf8'));
  } catch {
    throw malformed('the message', 'it is no JSON; send a CloudEvent in structured mode');
  }
  if (isRecord(parsed)) return parsed;
  throw malformed('the message', 'it is no JSON object; send a CloudEvent in structured mode');
}

function bodyOf(event: Attributes): Attributes {
  const data = event['data'] ?? {};
  if (isRecord(data)) return data;
  throw malformed('data', 'give the fields of the command as a JSON object');
}

function originOf(event: Attributes): Origin | undefined {
  const given = optionalText(event, 'originkind');
  if (given === undefined) return undefined;
  const kind = ORIGIN_KINDS.find((one) => one === given);
  if (kind === undefined) throw malformed('originkind', `give one of ${ORIGIN_KINDS.join(', ')}`);
  return { kind, id: text(event, 'originid'), version: text(event, 'originversion') };
}

function text(event: Attributes, name: string): string {
  const value = optionalText(event, name);
  if (value === undefined || value === '') throw malformed(name, 'give a text');
  return value;
}

function optionalText(event: Attributes, name: string): string | undefined {
  const value = event[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw malformed(name, `it is ${JSON.stringify(value).slice(0, SHOWN_MAX)}; give a text`);
}

function isRecord(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(attribute: string, what: string): LedgerdeskError {
  return new LedgerdeskError(
    'malformed.command-message',
    `${attribute} of a command over the broker is not right: ${what}`,
    { details: { attribute } },
  );
}
