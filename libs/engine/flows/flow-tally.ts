/** What a flow did since the start of the process. */
export interface FlowActivity {
  readonly decisions: number;
  readonly commandsAccepted: number;
  readonly commandsRefused: number;
  /** Sendings that failed and were, or would have been, made again. */
  readonly commandRetries: number;
  /** Instances that were parked: for an event, a refusal, or too many failures. */
  readonly parkings: number;
  readonly timersElapsed: number;
}

const NOTHING: FlowActivity = {
  decisions: 0,
  commandsAccepted: 0,
  commandsRefused: 0,
  commandRetries: 0,
  parkings: 0,
  timersElapsed: 0,
};

/** Counts by flow. */
export class FlowTally {
  private readonly flows = new Map<string, Record<keyof FlowActivity, number>>();

  count(flow: string, what: keyof FlowActivity): void {
    const known = this.flows.get(flow);
    if (known !== undefined) known[what] += 1;
    else this.flows.set(flow, { ...NOTHING, [what]: 1 });
  }

  of(flow: string): FlowActivity {
    return { ...NOTHING, ...this.flows.get(flow) };
  }
}
