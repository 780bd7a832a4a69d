/** Name of the read model of the instances that are not over, and of its collection. */
export const FLOW_INSTANCES = 'flow-instances';

/** Its sums by flow: `open` (parked ones among them) and `parked`. */
export const FLOW_INSTANCES_BY_FLOW = 'flow-instances-by-flow';

/** Name of the read model of the timers that run, and of its collection. */
export const FLOW_TIMERS = 'flow-timers';

/** Its sums by flow: `timers`. */
export const FLOW_TIMERS_BY_FLOW = 'flow-timers-by-flow';

/** Where the checkpoints of all flows stand: metadata of a stream that has no events. */
export const FLOW_CHECKPOINT_STREAM = 'flow-checkpoints';

/** Where the checkpoint of a flow stands that several processes may lead: each flow has its own. */
export function flowCheckpointStream(flow: string): string {
  return `${FLOW_CHECKPOINT_STREAM}-${flow}`;
}

/** Where it stands which version of a flow's counting has gone through the log: metadata, too. */
export function flowCountsStream(flow: string): string {
  return `flow-counts-${flow}`;
}
