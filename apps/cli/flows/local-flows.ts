import {
  openFlowDesk,
  systemClock,
  type FlowDesk,
  type FlowInstanceQuery,
  type FlowInstanceRow,
  type FlowInstanceView,
  type FlowOperator,
  type FlowPage,
  type FlowSummary,
  type FlowTimerQuery,
  type FlowTimerRow,
} from '@ledgerdesk/engine';
import { flows } from '@ledgerdesk/flows';
import { FLOW_INSTANCES, FLOW_TIMERS, hasErrorCode, LedgerdeskError } from '@ledgerdesk/kernel';
import { withReadStores, withWriter, type ReadStores } from '../stores';
import { bringUpToDate } from '../up-to-date';
import type { VerbContext } from '../verb';
import type { FlowAct, FlowClient, FlowKey } from './flow-client.port';

/** Part of the origin of each event: raised when what these verbs record changes. */
const ORIGIN_VERSION = '1';

/**
 * Flows on the data folder. Reads also work while an engine runs there; an act needs the log for
 * itself, and is followed up by the engine that starts next.
 */
export class LocalFlows implements FlowClient {
  constructor(private readonly context: VerbContext) {}

  list(): Promise<{ readonly items: readonly FlowSummary[] }> {
    return this.reading(async (desk) => ({ items: await desk.list() }));
  }

  instances(query: FlowInstanceQuery): Promise<FlowPage<FlowInstanceRow>> {
    return this.reading((desk) => desk.instances(query));
  }

  show({ flow, key }: FlowKey): Promise<FlowInstanceView> {
    return withReadStores(this.context.location, (stores) => deskOver(stores).show(flow, key));
  }

  timers(query: FlowTimerQuery): Promise<FlowPage<FlowTimerRow>> {
    return this.reading((desk) => desk.timers(query));
  }

  act(address: FlowKey, act: FlowAct, actor: string): Promise<FlowInstanceView> {
    const origin = { kind: 'cli', id: `flows ${act.act}`, version: ORIGIN_VERSION } as const;
    const operator: FlowOperator = { tenant: 'default', actor, origin };
    const { location } = this.context;
    return withReadStores(location, (stores) =>
      withWriter(location, async ({ eventStore }) => {
        const desk = deskOver({ ...stores, eventStore });
        await perform(desk, address, act, operator);
        return desk.show(address.flow, address.key);
      }).catch(pointToUrl),
    );
  }

  private reading<Answer>(read: (desk: FlowDesk) => Promise<Answer>): Promise<Answer> {
    const { location, io } = this.context;
    return withReadStores(location, async (stores) => {
      await bringUpToDate(stores, [FLOW_INSTANCES, FLOW_TIMERS], location, io);
      return read(deskOver(stores));
    });
  }
}

function deskOver({ eventStore, readStore, registry }: ReadStores): FlowDesk {
  return openFlowDesk({ eventStore, readStore, registry, flows, clock: systemClock });
}

async function perform(
  { operations }: FlowDesk,
  { flow, key }: FlowKey,
  act: FlowAct,
  operator: FlowOperator,
): Promise<void> {
  switch (act.act) {
    case 'retry':
      await operations.retry(flow, key, operator, act.reason);
      return;
    case 'skip':
      await operations.skip(flow, key, operator, act.reason);
      return;
    case 'compensate': {
      const { step: fromStep, reason } = act;
      await operations.compensate(flow, key, operator, { fromStep, reason });
      return;
    }
    case 'move': {
      const { timer, dueAt, reason } = act;
      await operations.moveTimer({ flow, key, timer }, operator, { dueAt, reason });
    }
  }
}

function pointToUrl(error: unknown): never {
  if (!hasErrorCode(error, 'unavailable.event-store-locked')) throw error;
  throw new LedgerdeskError(
    error.code,
    'an engine has this folder for itself; give its address: --url http://127.0.0.1:3000',
    { cause: error, details: error.details },
  );
}
