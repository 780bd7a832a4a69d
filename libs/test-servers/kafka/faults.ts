import type { KafkaApi } from './protocol';

/**
 * What becomes of a request. `lose-request`: the connection is cut before it takes effect.
 * `lose-reply`: it takes effect, then the connection is cut. `half-close`: it takes no effect, the
 * broker closes its own half of the connection. `silence`: it takes no effect and is never
 * answered.
 */
export type RequestFault = 'lose-request' | 'lose-reply' | 'half-close' | 'silence';

/** Where an error code may be given. */
interface FaultPlace {
  readonly topic?: string;
  readonly partition?: number;
  readonly group?: string;
}

/** Hooks of a test, asked at each request; they may be changed at any time. */
export interface KafkaFaults {
  onRequest?: ((api: KafkaApi, clientId: string) => RequestFault | undefined) | undefined;
  /**
   * An error code to answer with instead of the effect: by partition for produce, fetch,
   * listOffsets and offsetCommit; by group for joinGroup, syncGroup and heartbeat.
   */
  onError?: ((api: KafkaApi, place: FaultPlace) => number | undefined) | undefined;
}
