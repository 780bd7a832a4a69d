import type { RecordedEvent } from '@ledgerdesk/kernel';
import { traceparentOf } from '../tracing/tracing.port';

/** Media type of CloudEvents 1.0 in structured mode. */
export const CLOUD_EVENT_MEDIA_TYPE = 'application/cloudevents+json; charset=UTF-8';

/**
 * A recorded event as a CloudEvent 1.0. Extension attributes are text, in lower case, as the
 * standard asks. `subject` and `partitionkey` are the stream; `position` orders the whole log,
 * `revision` the stream; `hash` is that of the sealed event, `previoushash` of the one before it in
 * the stream.
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** When it happened in the business. */
  readonly time: string;
  readonly datacontenttype?: 'application/json';
  readonly dataschema: string;
  readonly data?: Readonly<Record<string, unknown>>;
  /** Where the data is to be found that was too large for the broker. */
  readonly dataref?: string;
  readonly partitionkey: string;
  readonly position: string;
  readonly revision: string;
  readonly hash: string;
  readonly previoushash: string;
  readonly schemaversion: string;
  readonly recordedat: string;
  readonly tenant: string;
  readonly actor: string;
  readonly onbehalfof?: string;
  readonly origin: string;
  readonly commandid: string;
  readonly correlationid: string;
  readonly causationid?: string;
  readonly traceparent: string;
}

/** The attributes of a CloudEvent and its data. Pure. */
export function cloudEventOf(event: RecordedEvent, family: string): CloudEvent {
  const { origin, onBehalfOf, causationId } = event;
  return {
    specversion: '1.0',
    id: event.id,
    source: `urn:ledgerdesk:${encodeURIComponent(event.tenant)}:${family}`,
    type: event.type,
    subject: event.stream,
    time: event.occurredAt,
    datacontenttype: 'application/json',
    dataschema: `urn:ledgerdesk:event:${event.type}:${event.schemaVersion}`,
    partitionkey: event.stream,
    position: event.position.toString(),
    revision: event.revision.toString(),
    hash: event.hash,
    previoushash: event.previousHash,
    schemaversion: String(event.schemaVersion),
    recordedat: event.recordedAt,
    tenant: event.tenant,
    actor: event.actor,
    ...(onBehalfOf !== null && { onbehalfof: onBehalfOf }),
    origin: `${origin.kind} ${origin.id} ${origin.version}`,
    commandid: event.commandId,
    correlationid: event.correlationId,
    ...(causationId !== null && { causationid: causationId }),
    traceparent: traceparentOf(event),
    data: event.data,
  };
}

/** The same event without its data, for a broker that does not take so large a message. */
export function withoutData(event: CloudEvent): CloudEvent {
  const { data: _, datacontenttype: __, ...attributes } = event;
  return { ...attributes, dataref: `/api/v1/events/${event.position}` };
}
