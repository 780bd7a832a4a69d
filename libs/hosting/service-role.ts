import type { HttpSurface } from '@ledgerdesk/http';

/** What a process is there for. */
export interface ServiceRole {
  /** In its log and its traces. */
  readonly name: string;
  /** What it serves beside health and metrics. */
  readonly surfaces: readonly HttpSurface[];
  /** It appends to the log: commands, or the progress of flows. */
  readonly appends: boolean;
  readonly runsProjections: boolean;
  readonly runsFlows: boolean;
  /** It takes commands from the broker, where there is one. */
  readonly consumesCommands: boolean;
  /** It publishes the log to the broker, where there is one. */
  readonly relaysEvents: boolean;
}

const NOTHING = {
  surfaces: [],
  appends: false,
  runsProjections: false,
  runsFlows: false,
  consumesCommands: false,
  relaysEvents: false,
} satisfies Partial<ServiceRole>;

/** Everything in one process. */
export const ENGINE_ROLE: ServiceRole = {
  name: 'engine',
  surfaces: ['commands', 'queries'],
  appends: true,
  runsProjections: true,
  runsFlows: true,
  consumesCommands: true,
  relaysEvents: true,
};

/** Commands in, over HTTP and the broker; events out. */
export const COMMAND_ROLE: ServiceRole = {
  ...NOTHING,
  name: 'command-service',
  surfaces: ['commands'],
  appends: true,
  consumesCommands: true,
};

/** The log in, documents out. */
export const PROJECTION_ROLE: ServiceRole = {
  ...NOTHING,
  name: 'projection-service',
  runsProjections: true,
};

/** The log and due timers in, commands out. */
export const FLOW_ROLE: ServiceRole = {
  ...NOTHING,
  name: 'flow-service',
  appends: true,
  runsFlows: true,
};

/** Documents and ticket histories over HTTP, and the live feed. */
export const QUERY_ROLE: ServiceRole = { ...NOTHING, name: 'query-service', surfaces: ['queries'] };

/** The log in, CloudEvents on the broker out. */
export const RELAY_ROLE: ServiceRole = { ...NOTHING, name: 'event-relay', relaysEvents: true };
