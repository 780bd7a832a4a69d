import type {
  FlowInstanceQuery,
  FlowInstanceRow,
  FlowInstanceView,
  FlowPage,
  FlowSummary,
  FlowTimerQuery,
  FlowTimerRow,
} from '@ledgerdesk/engine';

/** What an operator does about one instance. */
export type FlowAct =
  | { readonly act: 'retry'; readonly reason?: string }
  | { readonly act: 'skip'; readonly reason: string }
  | { readonly act: 'compensate'; readonly step: string; readonly reason: string }
  | {
      readonly act: 'move';
      readonly timer: string;
      readonly dueAt: string;
      readonly reason: string;
    };

/** An instance by its flow and key. */
export interface FlowKey {
  readonly flow: string;
  readonly key: string;
}

/** Flows, as the verbs see them: over REST, or on the data folder itself. */
export interface FlowClient {
  list(): Promise<{ readonly items: readonly FlowSummary[] }>;
  instances(query: FlowInstanceQuery): Promise<FlowPage<FlowInstanceRow>>;
  show(address: FlowKey): Promise<FlowInstanceView>;
  timers(query: FlowTimerQuery): Promise<FlowPage<FlowTimerRow>>;
  /** The instance behind the act. */
  act(address: FlowKey, act: FlowAct, actor: string): Promise<FlowInstanceView>;
}
