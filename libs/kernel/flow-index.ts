/** Name of the read model of the instances that are not over, and of its collection. */
export const FLOW_INSTANCES = 'flow-instances';

/** Name of the read model of the timers that run, and of its collection. */
export const FLOW_TIMERS = 'flow-timers';
