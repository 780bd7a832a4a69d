import type {
  ErrorCode,
  EventDefinitions,
  FlowDefinition,
  ProcessDefinition,
  Projection,
  RecordedEvent,
} from '@ledgerdesk/kernel';
import type { MessagePort } from 'node:worker_threads';
import type { FlowCommandRequest } from '../flows/command-dispatch.port';
import type { FlowMetrics } from '../flows/flow-metrics';
import type { ProjectionStatus } from '../projection-host';
import type { BatchPacingOptions } from '../projections/batch-pacing';

/**
 * What the module that the background thread loads has to export: functions cannot be sent to a
 * thread, the path of a module can.
 */
export interface BackgroundCatalogue {
  readonly projections: readonly Projection[];
  /** The events that these projections and flows read. */
  readonly eventTables: readonly EventDefinitions[];
  /** Run where the thread is asked to. Default: none. */
  readonly flows?: readonly FlowDefinition[];
  /** Whose policies the flows look at. Default: none. */
  readonly processes?: readonly ProcessDefinition[];
}

/** `workerData` of the thread. */
export interface ThreadStart {
  readonly eventStoreUrl: string;
  readonly readStoreUrl: string;
  /** Absolute path of a module that exports a {@link BackgroundCatalogue}. */
  readonly catalogue: string;
  readonly pacing?: Partial<BatchPacingOptions>;
  readonly stallMs?: number;
  /** Of the event store that this process has open; absent for a thread that appends nothing. */
  readonly appends?: MessagePort;
}

/** What may be asked of the thread, and the form of its answers. */
export interface ThreadAnswers {
  readonly status: readonly ProjectionStatus[];
  /** Answered once the checkpoints are read and the log is being followed. */
  readonly 'run-flows': null;
  /** Answered once the commands under way have their outcomes and the checkpoints are stored. */
  readonly 'stop-flows': null;
  readonly 'flow-metrics': FlowMetrics;
  readonly 'flow-checkpoints': ReadonlyMap<string, bigint>;
  readonly 'flows-idle': boolean;
}

export type ThreadQuestion = keyof ThreadAnswers;

/** Either holds what was asked for, or says why there is no such thing. */
export interface ThreadAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly failure?: ThreadFailure;
}

export type ThreadRequest =
  | { readonly kind: 'question'; readonly id: number; readonly question: ThreadQuestion }
  /** What became of a command that a flow sent. */
  | { readonly kind: 'command-answer'; readonly answer: ThreadAnswer }
  | { readonly kind: 'hurry'; readonly projection: string }
  | { readonly kind: 'rouse-timers' }
  | { readonly kind: 'stop' };

/** An error on its way between threads, which keeps its code but not its class. */
export interface ThreadFailure {
  /** Absent where the error was none of Ledgerdesk's. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type ThreadMessage =
  | { readonly kind: 'ready'; readonly statuses: readonly ProjectionStatus[] }
  | { readonly kind: 'refused'; readonly failure: ThreadFailure }
  | { readonly kind: 'answer'; readonly answer: ThreadAnswer }
  | { readonly kind: 'progress'; readonly projection: string; readonly checkpoint: bigint }
  | {
      readonly kind: 'projection-failed';
      readonly projection: string;
      readonly failure: ThreadFailure;
    }
  | { readonly kind: 'flows-failed'; readonly failure: ThreadFailure }
  /** The log has it; whoever published it may have been told that the outcome is unknown. */
  | { readonly kind: 'policy-fact'; readonly event: RecordedEvent }
  /** A flow sends a command: the receipt is the answer. */
  | { readonly kind: 'command'; readonly id: number; readonly request: FlowCommandRequest };
