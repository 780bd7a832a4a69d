import {
  openCommands,
  type FlowDefinition,
  type FlowInstance,
  type FlowParking,
  type FlowTimer,
  type IssuedCommand,
  type Origin,
  type ReadDocument,
} from '@ledgerdesk/kernel';

/** A flow and how it stands. */
export interface FlowSummary {
  readonly name: string;
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  /** Instances that are not over, parked ones among them. */
  readonly open: number;
  readonly parked: number;
  readonly timers: number;
  /** It has read the log up to here; null before it ran for the first time. */
  readonly checkpoint: bigint | null;
  readonly lagEvents: bigint;
}

/**
 * What an instance waits for: a person who looks at it, an answer to its commands, a timer, or an
 * event.
 */
export type FlowWait =
  | {
      readonly kind: 'person';
      readonly code: string;
      readonly message: string;
      readonly attempts: number;
      readonly wayOut: string;
    }
  | { readonly kind: 'command'; readonly commands: readonly string[] }
  | { readonly kind: 'timer'; readonly timer: string; readonly dueAt: string }
  | { readonly kind: 'event'; readonly events: readonly string[] };

/** An instance in a list. */
export interface FlowInstanceRow {
  readonly flow: string;
  readonly key: string;
  readonly version: number;
  readonly run: number;
  readonly status: string;
  readonly waitingFor: FlowWait;
  readonly since: string;
  readonly startedAt: string;
  readonly timers: Readonly<Record<string, string>>;
}

/** A timer in a list. */
export interface FlowTimerRow {
  readonly flow: string;
  readonly key: string;
  readonly timer: string;
  readonly dueAt: string;
}

/** An event of the instance's stream. */
export interface FlowHistoryEntry {
  readonly id: string;
  readonly type: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly origin: Origin;
  readonly causationId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An instance with all that is known of it. */
export interface FlowInstanceView {
  readonly flow: string;
  readonly key: string;
  readonly stream: string;
  readonly status: FlowInstance['status'];
  readonly run: number;
  readonly revision: bigint;
  /** Null once it is over. */
  readonly waitingFor: FlowWait | null;
  readonly parking: FlowParking | null;
  /** Of this run: those that can be compensated from. */
  readonly steps: readonly string[];
  readonly commands: readonly IssuedCommand[];
  readonly timers: readonly FlowTimer[];
  readonly state: unknown;
  readonly history: readonly FlowHistoryEntry[];
  /** The revision behind which the history goes on. */
  readonly nextAfter: bigint | null;
}

/** A page of a list. */
export interface FlowPage<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
}

const OWN = ['TimerElapsed', 'FlowCommandAccepted', 'FlowCommandRefused'];
const COMMANDS_SHOWN_MAX = 10;

/** A document of the read model `flow-instances` as operators see it. */
export function instanceRowOf(flow: FlowDefinition, document: ReadDocument): FlowInstanceRow {
  const text = (name: string): string => document[name] as string;
  const isParked = document['status'] === 'parked';
  const timers = document['timers'] as FlowInstanceRow['timers'];
  return {
    flow: flow.name,
    key: text('key'),
    version: Number(document['version']),
    run: Number(document['run']),
    status: text('status'),
    waitingFor: isParked
      ? {
          kind: 'person',
          code: text('parkedCode'),
          message: text('parkedMessage'),
          attempts: Number(document['parkedAttempts']),
          wayOut: text('wayOut'),
        }
      : waitOf(
          flow,
          Object.values(document['commands'] as Readonly<Record<string, string>>),
          Object.entries(timers).map(([name, dueAt]) => ({ name, dueAt })),
        ),
    since: isParked ? text('parkedAt') : text('updatedAt'),
    startedAt: text('startedAt'),
    timers,
  };
}

/** A document of the read model `flow-timers` as operators see it. */
export function timerRowOf(document: ReadDocument): FlowTimerRow {
  const text = (name: string): string => document[name] as string;
  return { flow: text('flow'), key: text('key'), timer: text('name'), dueAt: text('dueAt') };
}

/** An instance folded from the log as operators see it. */
export function instanceViewOf(
  flow: FlowDefinition,
  instance: FlowInstance,
  page: Pick<FlowInstanceView, 'history' | 'nextAfter'>,
): FlowInstanceView {
  const { key, stream, status, run, revision, parking, commands, timers, state } = instance;
  return {
    flow: flow.name,
    key,
    stream,
    status,
    run,
    revision,
    waitingFor: waitOfInstance(flow, instance),
    parking,
    steps: [...new Set(commands.map(({ step }) => step))],
    commands,
    timers,
    state,
    ...page,
  };
}

function waitOfInstance(flow: FlowDefinition, instance: FlowInstance): FlowWait | null {
  const { status, parking, timers } = instance;
  if (parking !== null) {
    const { code, message, attempts, wayOut } = parking;
    return { kind: 'person', code, message, attempts, wayOut };
  }
  if (status !== 'open') return null;
  const sent = openCommands(instance).map(({ command, ticket }) =>
    `${command} ${ticket ?? ''}`.trim(),
  );
  return waitOf(
    flow,
    sent,
    timers.filter(({ elapsedBy }) => elapsedBy === null),
  );
}

function waitOf(
  { events }: FlowDefinition,
  commands: readonly string[],
  timers: readonly { readonly name: string; readonly dueAt: string }[],
): FlowWait {
  if (commands.length > 0) {
    return { kind: 'command', commands: commands.slice(0, COMMANDS_SHOWN_MAX) };
  }
  const [first] = timers.toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
  return first === undefined
    ? { kind: 'event', events: Object.keys(events).filter((type) => !OWN.includes(type)) }
    : { kind: 'timer', timer: first.name, dueAt: first.dueAt };
}
