import { canonicalJson } from './canonical-json';
import { LedgerdeskError } from './errors';
import type { PolicyReference } from './policy';

/** `previousHash` of the first event of each stream. */
export const GENESIS_HASH = '0'.repeat(64);

export type OriginKind = 'api' | 'cli' | 'import' | 'flow' | 'timer' | 'system';

/** What sent the command: a person over the API or the CLI, an import run, a flow, a timer. */
export interface Origin {
  readonly kind: OriginKind;
  /** Which route, import format, flow or timer. */
  readonly id: string;
  /** Its version, so that an auditor finds the very code that acted. */
  readonly version: string;
}

/** Who did it, through what, and because of what: the same for all events of one command. */
export interface CommandMetadata {
  readonly tenant: string;
  readonly actor: string;
  /** The person for whom the actor stood in, or null. */
  readonly onBehalfOf: string | null;
  readonly origin: Origin;
  /** One id for all that follows from one outside cause. */
  readonly correlationId: string;
  /** Id of the event that led to the command, or null where a person or the outside did. */
  readonly causationId: string | null;
  readonly commandId: string;
  /** SHA-256 of the command's type, target and content: tells a repetition from a reused id. */
  readonly commandDigest: string;
}

/**
 * One immutable fact, as it is hashed. `body` of the stored event is the canonical JSON (RFC 8785)
 * of exactly this object, `hash` the SHA-256 of that text.
 */
export interface SealedEvent<
  Type extends string = string,
  Data = Readonly<Record<string, unknown>>,
> extends CommandMetadata {
  readonly id: string;
  readonly type: Type;
  readonly schemaVersion: number;
  readonly stream: string;
  /** Decimal text, 0 for the first event of the stream. */
  readonly revision: string;
  /** Business time: when it happened. ISO 8601, UTC, milliseconds. */
  readonly occurredAt: string;
  /** When it was sealed. ISO 8601, UTC, milliseconds. */
  readonly recordedAt: string;
  readonly policies: readonly PolicyReference[];
  readonly previousHash: string;
  readonly data: Data;
}

/** A sealed event with what the store alone decides. `data` is in the newest schema version. */
export interface RecordedEvent<
  Type extends string = string,
  Data = Readonly<Record<string, unknown>>,
> extends Omit<SealedEvent<Type, Data>, 'revision'> {
  readonly revision: bigint;
  readonly position: bigint;
  readonly hash: string;
}

/** What a decider hands out: the business half of an event. The pipeline adds the rest. */
export interface NewEvent<Type extends string = string, Data = Readonly<Record<string, unknown>>> {
  readonly type: Type;
  readonly data: Data;
  /** The policies that this fact was decided with. */
  readonly policies?: readonly PolicyReference[];
}

/** SHA-256 of UTF-8 text as 64 lower-case hexadecimal digits. Handed in: the kernel does no I/O. */
export type Sha256 = (text: string) => string;

/** The stored half of an event, as the event store port takes and gives it. */
export interface EventRow {
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly hash: string;
}

/** Seals one event. Cost: one canonical serialisation and one SHA-256 of it. */
export function sealEvent(event: SealedEvent, sha256: Sha256): EventRow {
  return eventSealer(event, event, sha256)(event);
}

/** Into which stream and when all events of one command go. */
export type EventSetting = Pick<SealedEvent, 'stream' | 'occurredAt' | 'recordedAt'>;

/**
 * Seals events that have all this in common, whose text is made once: the members of the canonical
 * form in their order, with the event's own members in between.
 */
export function eventSealer(
  metadata: CommandMetadata,
  setting: EventSetting,
  sha256: Sha256,
): (event: Omit<SealedEvent, keyof CommandMetadata | keyof EventSetting>) => EventRow {
  const said = (name: keyof CommandMetadata): string =>
    `"${name}":${canonicalJson(metadata[name])},`;
  const set = (name: keyof EventSetting): string => `"${name}":${canonicalJson(setting[name])},`;
  const toData =
    `{${said('actor')}${said('causationId')}${said('commandDigest')}` +
    `${said('commandId')}${said('correlationId')}"data":`;
  const toPolicies = `${set('occurredAt')}${said('onBehalfOf')}${said('origin')}"policies":`;
  const toRevision = `${set('recordedAt')}"revision":`;
  const toType = `${set('stream')}${said('tenant')}"type":`;
  return (event) => {
    const { id, type, data, policies, previousHash, revision, schemaVersion } = event;
    const body =
      `${toData}${canonicalJson(data)},"id":${canonicalJson(id)},${toPolicies}` +
      `${canonicalJson(policies)},"previousHash":${canonicalJson(previousHash)},${toRevision}` +
      `${canonicalJson(revision)},"schemaVersion":${canonicalJson(schemaVersion)},${toType}` +
      `${canonicalJson(type)}}`;
    return { id, type, body, hash: sha256(body) };
  };
}

/**
 * Reads a stored event as it was sealed: neither verified nor upcast.
 *
 * @throws LedgerdeskError `corrupt.event-body` where the body is not the JSON of an event.
 */
export function parseSealedEvent(row: Pick<EventRow, 'id' | 'body'>): SealedEvent {
  try {
    return JSON.parse(row.body) as SealedEvent;
  } catch (cause) {
    throw new LedgerdeskError(
      'corrupt.event-body',
      `the body of event ${row.id} is not JSON; run \`ledgerdesk verify\` and restore from a backup`,
      { cause, details: { eventId: row.id } },
    );
  }
}
