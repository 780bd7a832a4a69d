import type { FlowDefinition } from '@ledgerdesk/kernel';
import type { LeadershipStatus } from '../leases/leadership';
import type { FlowMetrics } from './flow-metrics';
import type { FlowOperations } from './flow-operations';

/** Runs flows: all of them, or those that this process leads. Its owner stops it. */
export interface FlowHost {
  readonly operations: FlowOperations;
  readonly flows: ReadonlyMap<string, FlowDefinition>;
  metrics(): Promise<FlowMetrics>;
  /** Whether all that follows from the log so far is done by the flows that run here. */
  isIdle(): Promise<boolean>;
  /** How far each flow that runs here has seen the log. */
  checkpoints(): Promise<ReadonlyMap<string, bigint>>;
  /** Looks at the clock again: it was moved. */
  rouseTimers(): void;
  /** What is led here by leases; absent where all flows run here and nowhere else. */
  leading?(): readonly LeadershipStatus[];
  /** Waits for the commands under way and stores the checkpoints. Idempotent. */
  stop(): Promise<void>;
}
