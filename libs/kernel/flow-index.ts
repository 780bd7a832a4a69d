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

/** By flow, which version of its counting has gone through the log: metadata like the above. */
export const FLOW_COUNTS_STREAM = 'flow-counts';
