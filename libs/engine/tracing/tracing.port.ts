import type { RecordedEvent } from '@ledgerdesk/kernel';
import { sha256 } from '../ids';

/** What a trace is told of: an event or a command, by what its envelope holds. */
export type TracedEnvelope = Pick<RecordedEvent, 'correlationId' | 'commandId'>;

/** One piece of work on the way of a command. */
export interface TracedWork {
  readonly name: string;
  readonly kind: 'server' | 'internal' | 'producer' | 'consumer' | 'client';
  readonly attributes: Readonly<Record<string, string | number>>;
  /** The work on this very command: what follows from its events points to it. */
  readonly command?: TracedEnvelope;
  /** The work follows from an event of this command. */
  readonly follows?: TracedEnvelope;
  /** The work answers a request from outside, part of an outside trace where it names one. */
  readonly request?: {
    readonly correlationId: string;
    readonly traceparent?: { readonly traceId: string; readonly spanId: string };
  };
}

/**
 * Traces of commands on their way through the services. No trace context is stored in an event:
 * its correlation id and command id say to which trace and to which piece of work it belongs.
 */
export interface Tracing {
  /**
   * Runs the task and records how long it took and whether it failed. What the work is, is asked
   * for only where it is recorded.
   */
  within<T>(work: () => TracedWork, task: () => Promise<T>): Promise<T>;
  /** Records work that was done already; times in milliseconds since 1970. */
  record(work: () => TracedWork, startedMs: number): void;
}

/** Records nothing. */
export const noTracing: Tracing = {
  within: (_work, task) => task(),
  record: () => undefined,
};

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;

/** Trace of all that has this correlation id: the id itself where it is one, else derived. */
export function traceIdOf(correlationId: string): string {
  if (TRACE_ID.test(correlationId)) return correlationId;
  return sha256(`trace ${correlationId}`).slice(0, 32);
}

/** The piece of work that a command is. */
export function commandSpanIdOf(commandId: string): string {
  return sha256(`command ${commandId}`).slice(0, 16);
}

/** The W3C `traceparent` of what follows from an event, for a message that carries it on. */
export function traceparentOf({ correlationId, commandId }: TracedEnvelope): string {
  return `00-${traceIdOf(correlationId)}-${commandSpanIdOf(commandId)}-01`;
}
