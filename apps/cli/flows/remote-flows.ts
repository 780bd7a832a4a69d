import type {
  FlowInstanceQuery,
  FlowInstanceRow,
  FlowInstanceView,
  FlowPage,
  FlowSummary,
  FlowTimerQuery,
  FlowTimerRow,
} from '@ledgerdesk/engine';
import { askEngine, type EngineAddress } from '../engine-request';
import type { FlowAct, FlowClient, FlowKey } from './flow-client.port';

/** Flows of a running engine, over REST. */
export class RemoteFlows implements FlowClient {
  constructor(private readonly engine: EngineAddress) {}

  list(): Promise<{ readonly items: readonly FlowSummary[] }> {
    return this.ask('flows');
  }

  instances({ flow, ...query }: FlowInstanceQuery): Promise<FlowPage<FlowInstanceRow>> {
    return this.ask(`flows/${encodeURIComponent(flow)}/instances`, query);
  }

  show(address: FlowKey): Promise<FlowInstanceView> {
    return this.ask(pathOf(address));
  }

  timers(query: FlowTimerQuery): Promise<FlowPage<FlowTimerRow>> {
    return this.ask('flow-timers', query);
  }

  act(address: FlowKey, act: FlowAct, actor: string): Promise<FlowInstanceView> {
    const { act: verb, ...fields } = act;
    const { timer, ...body } = { timer: '', ...fields };
    const route = verb === 'move' ? `timers/${encodeURIComponent(timer)}/move` : verb;
    return this.ask(
      `${pathOf(address)}/${route}`,
      {},
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-actor': actor },
        body: JSON.stringify(body),
      },
    );
  }

  private ask<Answer>(path: string, query?: object, request?: RequestInit): Promise<Answer> {
    return askEngine(this.engine, path, query, request);
  }
}

function pathOf({ flow, key }: FlowKey): string {
  return `flows/${encodeURIComponent(flow)}/instances/${encodeURIComponent(key)}`;
}
