import type { ErrorCode, EventDefinitions, Projection } from '@ledgerdesk/kernel';
import type { ProjectionStatus } from '../../projection-host';
import type { BatchPacingOptions } from '../batch-pacing';

/**
 * What the module that a worker thread loads has to export: functions cannot be sent to a thread,
 * the path of a module can.
 */
export interface ProjectionCatalogue {
  readonly projections: readonly Projection[];
  /** The events that these projections read. */
  readonly eventTables: readonly EventDefinitions[];
}

/** `workerData` of the thread. */
export interface WorkerStart {
  readonly eventStoreUrl: string;
  readonly readStoreUrl: string;
  /** Absolute path of a module that exports a {@link ProjectionCatalogue}. */
  readonly catalogue: string;
  readonly pacing?: Partial<BatchPacingOptions>;
  readonly stallMs?: number;
}

export type WorkerRequest =
  | { readonly kind: 'status'; readonly id: number }
  | { readonly kind: 'hurry'; readonly projection: string }
  | { readonly kind: 'stop' };

/** An error on its way between threads, which keeps its code but not its class. */
export interface WorkerFailure {
  /** Absent where the error was none of Ledgerdesk's. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export type WorkerMessage =
  | { readonly kind: 'ready'; readonly statuses: readonly ProjectionStatus[] }
  | { readonly kind: 'refused'; readonly failure: WorkerFailure }
  | { readonly kind: 'progress'; readonly projection: string; readonly checkpoint: bigint }
  | { readonly kind: 'failed'; readonly projection: string; readonly failure: WorkerFailure }
  | {
      readonly kind: 'status';
      readonly id: number;
      readonly statuses: readonly ProjectionStatus[];
    };
