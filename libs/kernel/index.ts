export {
  errorKindOf,
  hasErrorCode,
  hasErrorKind,
  isLedgerdeskError,
  LedgerdeskError,
  type ErrorCode,
  type ErrorKind,
} from './errors';
export {
  canonicalJson,
  canonicalValue,
  type JsonPrimitive,
  type JsonValue,
} from './canonical-json';
export type { CollectionDefinition, FieldKind, ReadDocument } from './collection';
export {
  GENESIS_HASH,
  parseSealedEvent,
  eventSealer,
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
  targetsOf,
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
export { ticketIdOfStream, ticketStream, ticketStreamPrefix } from './ticket-stream';
export type { Aggregate, Contribution, Projection } from './projection';
export { isDay, utcTimeOf } from './time';
export {
  assertFlowsDiffer,
  defineFlow,
  flowKeyOfStream,
  flowStream,
  FLOW_STREAM_PREFIX,
  type AcceptedFlowCommand,
  type FlowCommand,
  type FlowCompensation,
  type FlowContext,
  type FlowDecision,
  type FlowDefinition,
  type FlowReaction,
  type FlowTimerAction,
} from './flow';
export {
  flowEvents,
  isFlowEvent,
  type FlowEvent,
  type FlowOrder,
  type RecordedFlowEvent,
} from './flow-events';
export {
  absentFlow,
  extendFlow,
  openCommands,
  type FlowInstance,
  type FlowParking,
  type FlowTimer,
  type IssuedCommand,
} from './flow-instance';
export {
  cancelTimers,
  completed as flowCompleted,
  reactTo,
  parkedByCommand,
  settleCommand,
  type CommandFailure,
  type FlowCommandIds,
} from './flow-step';
export { compensationOf, type CompensationRequest } from './flow-compensation';
export {
  FlowRehearsal,
  type RehearsalFault,
  type RehearsedEvent,
  type RehearsedOutcome,
} from './flow-rehearsal';
export { FLOW_INSTANCES, FLOW_TIMERS } from './flow-index';
export { CAUSATION } from './causation';
