export {
  errorKindOf,
  hasErrorCode,
  hasErrorKind,
  isLedgerdeskError,
  LedgerdeskError,
  type ErrorCode,
  type ErrorKind,
} from './errors';
export { canonicalJson, type JsonPrimitive, type JsonValue } from './canonical-json';
export type { CollectionDefinition, FieldKind, ReadDocument } from './collection';
export {
  GENESIS_HASH,
  parseSealedEvent,
  sealEvent,
  type CommandMetadata,
  type EventRow,
  type NewEvent,
  type Origin,
  type OriginKind,
  type RecordedEvent,
  type SealedEvent,
  type Sha256,
} from './event';
export {
  createEventRegistry,
  defineEvents,
  type DataOf,
  type EventDefinition,
  type EventDefinitions,
  type EventOf,
  type EventRegistry,
  type FieldType,
  type RecordedEventOf,
  type Upcaster,
} from './event-definition';
export {
  assertSoundLifecycle,
  defineLifecycle,
  lifecycleFaults,
  type Lifecycle,
  type StateCategory,
  type StateDefinition,
  type Transition,
} from './lifecycle';
export { policyReference, type Policy, type PolicyReference, type PolicySet } from './policy';
export {
  isRefusal,
  refuse,
  ticketKey,
  type CommandClass,
  type CommandDefinition,
  type CompanionCommand,
  type Decision,
  type DecisionContext,
  type DecisionNeeds,
  type Guard,
  type ListingDefinition,
  type ProcessDefinition,
  type ProcessState,
  type Refusal,
  type RelatedTicket,
  type TicketAddress,
} from './process-definition';
export {
  allowedCommands,
  commandNameOf,
  decide,
  stateCategory,
  type AllowedCommand,
} from './decide';
export type { Aggregate, Contribution, Projection } from './projection';
export { isDay, utcTimeOf } from './time';
