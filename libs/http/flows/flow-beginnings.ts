import { storedFlowCheckpoints, type Engine } from '@ledgerdesk/engine';

/**
 * Which flows of this process have never run anywhere. A flow begins at the head of the log: what
 * is recorded before its first run is not its business, so nobody should send commands before.
 */
export class FlowBeginnings {
  private haveAllBegun = false;

  constructor(private readonly engine: Pick<Engine, 'flows' | 'eventStore'>) {}

  /**
   * By name; empty where this process runs none. One that another process leads has begun. Cost: a
   * read for each flow, until all have begun.
   */
  async outstanding(): Promise<readonly string[]> {
    const { flows, eventStore } = this.engine;
    if (this.haveAllBegun || flows === undefined) return [];
    const names = [...flows.flows.keys()];
    const begun = await storedFlowCheckpoints(eventStore, names);
    const outstanding = names.filter((name) => !begun.has(name));
    this.haveAllBegun = outstanding.length === 0;
    return outstanding;
  }
}
