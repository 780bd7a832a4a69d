import { LedgerdeskError } from './errors';
import { parseSealedEvent, type EventRow, type NewEvent, type RecordedEvent } from './event';

type PlainFieldType =
  'text' | 'integer' | 'number' | 'boolean' | 'time' | 'text[]' | 'object' | 'object[]' | 'json';

/**
 * The type of one field of an event's data. `?` marks a field that may be absent, `|null` one that
 * may be null; a list of words is an enumeration; `time` is ISO 8601 text in UTC.
 */
export type FieldType =
  PlainFieldType | `${PlainFieldType}?` | `${PlainFieldType}|null` | readonly string[];

interface PlainFieldValues {
  text: string;
  integer: number;
  number: number;
  boolean: boolean;
  time: string;
  'text[]': readonly string[];
  object: Readonly<Record<string, unknown>>;
  'object[]': readonly Readonly<Record<string, unknown>>[];
  json: unknown;
}

type FieldValue<F> = F extends readonly (infer Word)[]
  ? Word
  : F extends `${infer B extends PlainFieldType}?`
    ? PlainFieldValues[B]
    : F extends `${infer B extends PlainFieldType}|null`
      ? PlainFieldValues[B] | null
      : F extends PlainFieldType
        ? PlainFieldValues[F]
        : never;

type OptionalKeys<Fields> = {
  [K in keyof Fields]: Fields[K] extends `${string}?` ? K : never;
}[keyof Fields];

type Flatten<T> = { readonly [K in keyof T]: T[K] };

/** The TypeScript type of the data that `fields` describe. */
export type DataOf<Fields> = Flatten<
  { [K in Exclude<keyof Fields, OptionalKeys<Fields>>]: FieldValue<Fields[K]> } & {
    [K in OptionalKeys<Fields>]?: FieldValue<Fields[K]>;
  }
>;

/** Turns the data of one version into that of the next. Pure. */
export type Upcaster = (
  data: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>;

export interface EventDefinition<Fields = Readonly<Record<string, FieldType>>> {
  /** Counts from 1. A released event never changes: it gets a new version and an upcaster. */
  readonly version: number;
  readonly summary: string;
  readonly fields: Fields;
  /** By the version they start from: `{ 1: from1To2 }` on an event of version 2. */
  readonly upcasters?: Readonly<Record<number, Upcaster>>;
}

export type EventDefinitions = Readonly<Record<string, EventDefinition>>;

/**
 * Types a table of events literally, so that {@link EventOf} and {@link RecordedEventOf} can be
 * derived from it.
 */
export function defineEvents<const Definitions extends Readonly<Record<string, EventDefinition>>>(
  definitions: Definitions,
): Definitions {
  return definitions;
}

/** The discriminated union of new events that a table defines. */
export type EventOf<Definitions extends EventDefinitions> = {
  [Type in keyof Definitions & string]: NewEvent<Type, DataOf<Definitions[Type]['fields']>>;
}[keyof Definitions & string];

/** The same union as recorded. */
export type RecordedEventOf<Definitions extends EventDefinitions> = {
  [Type in keyof Definitions & string]: RecordedEvent<Type, DataOf<Definitions[Type]['fields']>>;
}[keyof Definitions & string];

/** Knows every event type of the system. */
export interface EventRegistry {
  /** @throws LedgerdeskError `incompatible.event-type` for a type that no definition names. */
  definitionOf(type: string): EventDefinition;
  has(type: string): boolean;
  readonly types: readonly string[];
  /**
   * A stored event in the newest version of its type.
   *
   * @throws LedgerdeskError `incompatible.event-type`, `incompatible.event-version` for one written
   * by a newer build, `corrupt.event-body`.
   */
  decode(row: EventRow & { readonly position: bigint }): RecordedEvent;
}

/**
 * @throws LedgerdeskError `defect.duplicate-event-type` where two tables name one type, or
 * `defect.upcaster-missing` where a version has no way up: the engine refuses to start.
 */
export function createEventRegistry(tables: readonly EventDefinitions[]): EventRegistry {
  const definitions = new Map<string, EventDefinition>();
  for (const table of tables) {
    for (const [type, definition] of Object.entries(table)) {
      if (definitions.has(type)) throw duplicateType(type);
      requireUpcasters(type, definition);
      definitions.set(type, definition);
    }
  }
  const definitionOf = (type: string): EventDefinition => {
    const definition = definitions.get(type);
    if (definition === undefined) throw unknownType(type);
    return definition;
  };
  return {
    definitionOf,
    has: (type) => definitions.has(type),
    types: [...definitions.keys()],
    decode: (row) => decodeEvent(row, definitionOf),
  };
}

function decodeEvent(
  row: EventRow & { readonly position: bigint },
  definitionOf: (type: string) => EventDefinition,
): RecordedEvent {
  const sealed = parseSealedEvent(row);
  const definition = definitionOf(sealed.type);
  const data =
    sealed.schemaVersion === definition.version
      ? sealed.data
      : upcast(sealed.type, sealed.schemaVersion, sealed.data, definition);
  // Each field by name: a spread of the parsed event takes twice as long as all the rest.
  return {
    id: sealed.id,
    type: sealed.type,
    schemaVersion: definition.version,
    stream: sealed.stream,
    revision: BigInt(sealed.revision),
    position: row.position,
    occurredAt: sealed.occurredAt,
    recordedAt: sealed.recordedAt,
    tenant: sealed.tenant,
    actor: sealed.actor,
    onBehalfOf: sealed.onBehalfOf,
    origin: sealed.origin,
    correlationId: sealed.correlationId,
    causationId: sealed.causationId,
    commandId: sealed.commandId,
    commandDigest: sealed.commandDigest,
    policies: sealed.policies,
    previousHash: sealed.previousHash,
    hash: row.hash,
    data,
  };
}

function upcast(
  type: string,
  from: number,
  data: Readonly<Record<string, unknown>>,
  definition: EventDefinition,
): Readonly<Record<string, unknown>> {
  if (from > definition.version) {
    throw new LedgerdeskError(
      'incompatible.event-version',
      `${type} is stored in version ${from}, this build knows up to ${definition.version}; run a newer build`,
      { details: { type, version: from } },
    );
  }
  let current = data;
  for (let version = from; version < definition.version; version += 1) {
    const step = definition.upcasters?.[version];
    if (step === undefined) throw missingUpcaster(type, version);
    current = step(current);
  }
  return current;
}

function requireUpcasters(type: string, definition: EventDefinition): void {
  for (let version = 1; version < definition.version; version += 1) {
    if (definition.upcasters?.[version] === undefined) throw missingUpcaster(type, version);
  }
}

function missingUpcaster(type: string, version: number): LedgerdeskError {
  return new LedgerdeskError(
    'defect.upcaster-missing',
    `${type} has no upcaster from version ${version} to ${version + 1}; declare one beside the event`,
    { details: { type, version } },
  );
}

function duplicateType(type: string): LedgerdeskError {
  return new LedgerdeskError(
    'defect.duplicate-event-type',
    `two processes define the event type ${type}; a type name belongs to one process`,
    { details: { type } },
  );
}

function unknownType(type: string): LedgerdeskError {
  return new LedgerdeskError(
    'incompatible.event-type',
    `this build knows no event of type ${type}; run a newer build, or check that the log is Ledgerdesk's`,
    { details: { type } },
  );
}
