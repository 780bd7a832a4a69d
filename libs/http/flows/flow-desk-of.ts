import { FlowDesk, openFlowDesk, type Engine } from '@ledgerdesk/engine';

/** The desk over the flows that the engine knows, whoever runs them. */
export function flowDeskOf(engine: Engine): FlowDesk {
  const { flows: runtime } = engine;
  if (runtime === undefined) return openFlowDesk({ ...storesOf(engine), flows: engine.knownFlows });
  const { flows, operations } = runtime;
  return new FlowDesk({
    ...storesOf(engine),
    flows,
    operations,
    checkpoints: () => runtime.checkpoints(),
  });
}

function storesOf({
  eventStore,
  readStore,
  registry,
  clock,
}: Engine): Pick<Engine, 'eventStore' | 'readStore' | 'registry' | 'clock'> {
  return { eventStore, readStore, registry, clock };
}
