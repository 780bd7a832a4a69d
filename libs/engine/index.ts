export { systemClock, type Clock } from './clock';
export { createUuid7, isUuid, isUuid7, LEDGERDESK_NAMESPACE, newUuid7, sha256, uuid5 } from './ids';
export type {
  CommandOutcome,
  CommandRequest,
  DryRunOutcome,
  LoadedTicket,
} from './command-request';
export {
  noProjections,
  type ProjectionHost,
  type ProjectionState,
  type ProjectionStatus,
} from './projection-host';
export { backOffMs, DEFAULT_BACK_OFF, type BackOff } from './subscriptions/back-off';
export {
  subscribeSupervised,
  type SubscriptionDrop,
  type SubscriptionEnd,
  type SupervisedSubscription,
  type SupervisedSubscriptionOptions,
} from './subscriptions/supervised-subscription';
export {
  Engine,
  createEngineRegistry,
  type EngineMetrics,
  type EngineOptions,
  type LeasedFlows,
} from './engine';
export { LeasedFlowHost, type LeasedFlowHostOptions } from './flows/leased-flow-host';
export {
  DEFAULT_LEASE_TTL_MS,
  Leadership,
  type LeadershipOptions,
  type LeadershipStatus,
} from './leases/leadership';
export {
  LeasedProjectionHost,
  type LeasedProjectionHostOptions,
} from './projections/leased-projection-host';
export {
  StoredProjectionHost,
  type StoredProjectionHostOptions,
} from './projections/stored-projection-host';
export {
  commandSpanIdOf,
  noTracing,
  traceIdOf,
  traceparentOf,
  type TracedEnvelope,
  type TracedWork,
  type Tracing,
} from './tracing/tracing.port';
export type { CommandPipeline } from './commands/command-pipeline';
export { DEFAULT_COMMAND_LIMITS, type CommandLimits } from './commands/command-limits';
export type { CommandMetrics, CommandResult, LatencyHistogram } from './commands/command-metrics';
export type { LostAnswerMetrics } from './commands/certain-append';
export {
  createCommandValidator,
  type CommandValidator,
  type FieldError,
} from './commands/command-validation';
export {
  commandDigest,
  eventIdOf,
  ticketIdOf,
  ticketIdOfKey,
  type CommandIdentity,
} from './commands/command-digest';
export { sealEvents, type SealingContext } from './commands/event-sealing';
export { engineEvents } from './numbers/engine-events';
export { type TicketInstant, type TicketReader } from './tickets/ticket-reader';
export { numberOf, streamOf } from './tickets/ticket';
export {
  ReadModelTicketNumbers,
  type ReadModelTicketNumbersOptions,
  type TicketNumbers,
} from './tickets/ticket-numbers';
export {
  DEFAULT_CACHE_LIMITS,
  type TicketCacheLimits,
  type TicketCacheMetrics,
} from './tickets/ticket-loader';
export {
  blobTooLarge,
  isBlobDigest,
  type BlobStore,
  type OpenBlob,
  type StoredBlob,
} from './blobs/blob-store';
export { FileBlobStore } from './blobs/file-blob-store';
export { MemoryBlobStore } from './blobs/memory-blob-store';
export {
  InProcessProjectionHost,
  type InProcessProjectionHostOptions,
  type LedProjection,
} from './projections/in-process-projection-host';
export type { FoldedBatch } from './projections/projection-group';
export {
  rebuildProjection,
  type RebuildOptions,
  type RebuildProgress,
  type RebuildReport,
} from './projections/rebuild-projection';
export {
  assertSameLog,
  recogniseLog,
  strangeReadModels,
  type LogRecognition,
  type StrangeReadModel,
} from './projections/log-recognition';
export { PARKED_COLLECTION, PARKED_MAX, type ParkedEvent } from './projections/projection-storage';
export type { BatchPacingOptions } from './projections/batch-pacing';
export { BackgroundThread, type BackgroundThreadOptions } from './background/background-thread';
export {
  WorkerProjectionHost,
  type WorkerProjectionHostOptions,
} from './background/worker-projection-host';
export type { BackgroundCatalogue } from './background/background-thread.protocol';
export type { PolicyBook, PolicyOverview } from './policies/policy-book';
export type { EngineFlowOptions } from './engine';
export type {
  CommandDispatch,
  FlowCommandReceipt,
  FlowCommandRequest,
} from './flows/command-dispatch.port';
export {
  PipelineDispatch,
  reviveFlatCommand,
  type CommandReviver,
} from './flows/pipeline-dispatch';
export type { DueTimer, FlowCounts, FlowIndex } from './flows/flow-index.port';
export { ReadModelFlowIndex } from './flows/read-model-flow-index';
export { DEFAULT_FLOW_LIMITS, type FlowLimits } from './flows/flow-limits';
export { FlowRuntime, type FlowRuntimeOptions } from './flows/flow-runtime';
export type { FlowFigures, FlowMetrics } from './flows/flow-metrics';
export type { FlowHost } from './flows/flow-host.port';
export { storedFlowCheckpoints } from './flows/flow-checkpoints';
export type { FlowOperations, FlowOperator, FlowTimerAddress } from './flows/flow-operations';
export {
  FLOW_PAGE_MAX,
  FlowDesk,
  openFlowDesk,
  type FlowDeskOptions,
  type FlowHistoryQuery,
  type FlowInstanceQuery,
  type FlowPageQuery,
  type FlowTimerQuery,
  type IdleFlowStores,
} from './flows/flow-desk';
export type {
  FlowHistoryEntry,
  FlowInstanceRow,
  FlowInstanceView,
  FlowPage,
  FlowSummary,
  FlowTimerRow,
  FlowWait,
} from './flows/flow-views';
export { systemScheduler, type Scheduler } from './timers/scheduler';
export {
  backtestFlow,
  type BacktestCommand,
  type BacktestOptions,
  type BacktestReport,
} from './flows/backtest-flow';
export type { BacktestLog } from './flows/backtest-history';
export {
  replayFlow,
  REPLAY_DIFFERENCES_MAX,
  type ReplayDifference,
  type ReplayLog,
  type ReplayReport,
} from './flows/replay-flow';
export { commandTopicOf, DEAD_LETTER_TOPIC, eventTopicOf, TOPIC_PARTITIONS } from './broker/topics';
export { commandEvents } from './broker/command-events';
export type { CloudEvent } from './broker/cloud-event';
export type { EventRelayFigures } from './broker/event-relay';
export {
  LeasedEventRelay,
  type LeasedEventRelayFigures,
  type LeasedEventRelayOptions,
} from './broker/leased-event-relay';
export {
  BrokerCommandIntake,
  COMMAND_ATTEMPTS_MAX,
  type BrokerCommandIntakeOptions,
} from './broker/command-intake';
export {
  CommandOutcomes,
  type CommandOutcomesOptions,
  type RecordedCommandOutcome,
} from './broker/command-outcomes';
export { BrokerDispatch, type BrokerDispatchOptions } from './broker/broker-dispatch';
