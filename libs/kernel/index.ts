export {
  errorKindOf,
  hasErrorCode,
  hasErrorKind,
  isLastTry,
  isLedgerdeskError,
  LedgerdeskError,
  mayPass,
  messageOf,
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
export { eventDataSchema, type EventSchema } from './event-schema';
export {
  assertSoundLifecycle,
  defineLifecycle,
  lifecycleFaults,
  targetsOf,
  type Lifecycle,
  stateCategories,
  type StateCategory,
  type StateDefinition,
  type Transition,
} from './lifecycle';
export {
  policyKindOf,
  policyNameOf,
  policyReference,
  type Policy,
  type PolicyKind,
  type PolicyReference,
  type PolicySet,
} from './policy';
export { policyEvents, policyEventTypes, POLICY_PROCESS } from './policy-events';
export { valueChecks, type ValueCheck } from './value-check';
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
  type NamedTicket,
  type ProcessDefinition,
  type ProcessState,
  type ReferenceDefinition,
  type Refusal,
  type RelatedTicket,
  type TicketAddress,
  type TicketListing,
  type TicketSearch,
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
  type FlowCounting,
  type IssuedFlowCommand,
  type FlowDecision,
  type FlowDefinition,
  type FlowReaction,
  type FlowTimerAction,
} from './flow';
export {
  ComparisonTally,
  type ComparedCommand,
  type ComparedGroups,
  type ComparisonReport,
  type FlowComparison,
} from './flow-comparison';
export {
  flowEvents,
  isFlowEvent,
  type FlowEvent,
  type FlowOrder,
  type RecordedFlowEvent,
} from './flow-events';
export { countedWith } from './flow-counting';
export {
  absentFlow,
  extendFlow,
  openCommands,
  type FlowCount,
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
  timerMoved,
  type CommandFailure,
  type FlowCommandIds,
} from './flow-step';
export { consequenceOf, type FlowConsequence, type FlowConsequences } from './flow-consequences';
export { compensationOf, type CompensationRequest } from './flow-compensation';
export {
  FlowRehearsal,
  type RehearsalFault,
  type RehearsedEvent,
  type RehearsedOutcome,
} from './flow-rehearsal';
export {
  flowCheckpointStream,
  FLOW_CHECKPOINT_STREAM,
  flowCountsStream,
  FLOW_INSTANCES,
  FLOW_INSTANCES_BY_FLOW,
  FLOW_TIMERS,
  FLOW_TIMERS_BY_FLOW,
} from './flow-index';
export { CAUSATION } from './causation';
