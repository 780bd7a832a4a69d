import { GENESIS_HASH, type RecordedEvent } from './event';
import { flowStream, type FlowDefinition } from './flow';
import { isFlowEvent, type FlowOrder, type RecordedFlowEvent } from './flow-events';

/** `refused`: its branch is to be asked. What is over but was not accepted is forgotten. */
type IssuedStatus = 'pending' | 'accepted' | 'refused' | 'parked';

/** A command of an instance with how it stands. */
export interface IssuedCommand extends FlowOrder {
  readonly status: IssuedStatus;
  /** Of the decision that it came from. */
  readonly causationId: string | null;
  readonly correlationId: string;
  readonly tenant: string;
  /** When it was decided. */
  readonly decidedAt: string;
  /** Once accepted: the id of the ticket that it addressed or created. */
  readonly acceptedBy: string | null;
  /** Id of the `FlowCommandRefused` that its branch is to be asked about. */
  readonly refusedBy: string | null;
}

/** A timer that runs, or has elapsed and is not decided yet. */
export interface FlowTimer {
  readonly name: string;
  readonly dueAt: string;
  /** Id of the event that gave it this time. */
  readonly setBy: string;
  readonly tenant: string;
  readonly correlationId: string;
  /** Id of its `TimerElapsed`. */
  readonly elapsedBy: string | null;
}

/** Why an instance cannot go on. */
export interface FlowParking {
  /** Id of the `FlowParked` event. */
  readonly event: string;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  readonly commandId: string | null;
  readonly cause: string | null;
  readonly causePosition: string | null;
  readonly since: string;
  readonly wayOut: string;
  /** What the instance was before. */
  readonly from: 'absent' | 'open' | 'completed';
}

/** What a flow has counted for one key. */
export interface FlowCount {
  /** JSON: it is kept outside of the log. */
  readonly value: unknown;
  /** Every event of the key up to here is counted. */
  readonly position: bigint;
}

/** An instance of a flow, folded from its stream and the events that it refers to. */
export interface FlowInstance<State = unknown> {
  readonly flow: string;
  readonly key: string;
  readonly stream: string;
  readonly status: 'absent' | 'open' | 'parked' | 'completed';
  /** How often this key began; 0 before the first time. */
  readonly run: number;
  readonly state: State;
  /** Every event up to here is decided, or was none of its business. */
  readonly seenPosition: bigint;
  /** Of this run, in the order in which they are sent. */
  readonly commands: readonly IssuedCommand[];
  readonly timers: readonly FlowTimer[];
  readonly parking: FlowParking | null;
  /** Over as soon as no command is open any more. */
  readonly isCompleting: boolean;
  readonly wasCompensated: boolean;
  /** Where the flow counts: no part of the stream. */
  readonly counted?: FlowCount;
  /** -1 before the first event. */
  readonly revision: bigint;
  readonly hash: string;
}

/** An instance of which nothing is recorded. */
export function absentFlow<State>(
  flow: Pick<FlowDefinition<State>, 'name' | 'initial'>,
  key: string,
): FlowInstance<State> {
  return {
    flow: flow.name,
    key,
    stream: flowStream(flow.name, key),
    status: 'absent',
    run: 0,
    state: flow.initial,
    seenPosition: 0n,
    commands: [],
    timers: [],
    parking: null,
    isCompleting: false,
    wasCompensated: false,
    revision: -1n,
    hash: GENESIS_HASH,
  };
}

/** Commands without a final outcome, in the order in which they are sent. */
export function openCommands(instance: Pick<FlowInstance, 'commands'>): readonly IssuedCommand[] {
  return instance.commands.filter(({ status }) => status !== 'accepted');
}

/**
 * The instance with one more event of its stream. `cause` is the event that a `FlowDecided` refers
 * to, and needed for no other.
 */
export function extendFlow<State>(
  flow: FlowDefinition<State>,
  before: FlowInstance<State>,
  event: RecordedEvent,
  cause?: RecordedEvent,
): FlowInstance<State> {
  const instance = { ...before, revision: event.revision, hash: event.hash };
  if (!isFlowEvent(event)) return instance;
  switch (event.type) {
    case 'FlowStarted':
      return begin(flow, instance, event.data.run);
    case 'FlowDecided':
      return decided(flow, instance, event, cause);
    case 'FlowCommandAccepted':
      return folded(flow, accepted(instance, event.data), event);
    case 'FlowCommandRefused':
      return folded(flow, refused(instance, event), event);
    case 'TimerElapsed':
      return folded(flow, elapsed(instance, event), event);
    case 'TimerSet':
    case 'TimerMoved':
      return timed(instance, event);
    case 'TimerCancelled':
      return { ...instance, timers: withoutTimer(instance, event.data.name) };
    case 'FlowCompensated':
      return compensated(instance, event);
    case 'FlowParked':
      return parked(instance, event);
    case 'FlowRetried':
      return { ...unparked(instance), commands: retried(instance, event.data.commandId) };
    case 'FlowSkipped':
      return skipped(instance, event.data);
    case 'FlowCompleted':
      return { ...instance, status: 'completed', isCompleting: false, timers: [], commands: [] };
  }
}

function begin<State>(
  { initial }: FlowDefinition<State>,
  instance: FlowInstance<State>,
  run: number,
): FlowInstance<State> {
  return {
    ...instance,
    status: 'open',
    run,
    state: initial,
    commands: [],
    timers: [],
    parking: null,
    isCompleting: false,
    wasCompensated: false,
  };
}

function decided<State>(
  flow: FlowDefinition<State>,
  instance: FlowInstance<State>,
  event: Extract<RecordedFlowEvent, { type: 'FlowDecided' }>,
  cause: RecordedEvent | undefined,
): FlowInstance<State> {
  const { data } = event;
  const isOwn = data.causeStream === instance.stream;
  const state = isOwn || cause === undefined ? instance.state : flow.evolve(instance.state, cause);
  const settled = isOwn ? withoutCause(instance, data.cause) : instance;
  return {
    ...settled,
    state,
    seenPosition: BigInt(data.causePosition),
    isCompleting: data.completes,
    commands: [...settled.commands, ...issued(event, data.commands)],
  };
}

function issued(event: RecordedEvent, orders: readonly object[]): readonly IssuedCommand[] {
  return (orders as readonly FlowOrder[]).map((order) => ({
    ...order,
    status: 'pending',
    causationId: event.causationId,
    correlationId: event.correlationId,
    tenant: event.tenant,
    decidedAt: event.recordedAt,
    acceptedBy: null,
    refusedBy: null,
  }));
}

/** The refusal or the timer that was decided needs no deciding any more. */
function withoutCause<State>(instance: FlowInstance<State>, cause: string): FlowInstance<State> {
  return {
    ...instance,
    commands: instance.commands.filter(({ refusedBy }) => refusedBy !== cause),
    timers: instance.timers.filter(({ elapsedBy }) => elapsedBy !== cause),
  };
}

function folded<State>(
  flow: FlowDefinition<State>,
  instance: FlowInstance<State>,
  event: RecordedEvent,
): FlowInstance<State> {
  return { ...instance, state: flow.evolve(instance.state, event) };
}

function accepted<State>(
  instance: FlowInstance<State>,
  { commandId, ticket }: { readonly commandId: string; readonly ticket: string },
): FlowInstance<State> {
  const commands = instance.commands.map((command) =>
    command.id === commandId
      ? { ...command, status: 'accepted' as const, acceptedBy: ticket }
      : command,
  );
  return { ...instance, commands };
}

function refused<State>(
  instance: FlowInstance<State>,
  event: Extract<RecordedFlowEvent, { type: 'FlowCommandRefused' }>,
): FlowInstance<State> {
  const { commandId, handling } = event.data;
  if (handling === 'tolerated') return { ...instance, commands: without(instance, commandId) };
  const status = handling === 'branch' ? 'refused' : 'parked';
  const commands = instance.commands.map((command) =>
    command.id === commandId ? ({ ...command, status, refusedBy: event.id } as const) : command,
  );
  return { ...instance, commands };
}

function elapsed<State>(
  instance: FlowInstance<State>,
  event: Extract<RecordedFlowEvent, { type: 'TimerElapsed' }>,
): FlowInstance<State> {
  const timers = instance.timers.map((timer) =>
    timer.name === event.data.name ? { ...timer, elapsedBy: event.id } : timer,
  );
  return { ...instance, timers };
}

function timed<State>(
  instance: FlowInstance<State>,
  event: Extract<RecordedFlowEvent, { type: 'TimerSet' | 'TimerMoved' }>,
): FlowInstance<State> {
  const { id: setBy, tenant, correlationId } = event;
  const { name, dueAt } = event.data;
  const timers = [
    ...withoutTimer(instance, name),
    { name, dueAt, setBy, tenant, correlationId, elapsedBy: null },
  ];
  return { ...instance, timers };
}

function compensated<State>(
  instance: FlowInstance<State>,
  event: Extract<RecordedFlowEvent, { type: 'FlowCompensated' }>,
): FlowInstance<State> {
  const { commands, withdrawn, completes } = event.data;
  return {
    ...unparked(instance),
    wasCompensated: true,
    isCompleting: completes || instance.isCompleting,
    commands: [
      ...instance.commands.filter(({ id }) => !withdrawn.includes(id)),
      ...issued(event, commands),
    ],
  };
}

function parked<State>(
  instance: FlowInstance<State>,
  { id, recordedAt, data }: Extract<RecordedFlowEvent, { type: 'FlowParked' }>,
): FlowInstance<State> {
  const { code, message, attempts, commandId, cause, causePosition, wayOut } = data;
  const parking: FlowParking = {
    event: id,
    code,
    message,
    attempts,
    commandId,
    cause,
    causePosition,
    since: recordedAt,
    wayOut,
    from: instance.status === 'parked' ? 'open' : instance.status,
  };
  const commands = instance.commands.map((command) =>
    command.id === commandId ? { ...command, status: 'parked' as const } : command,
  );
  return { ...instance, status: 'parked', parking, commands };
}

function unparked<State>(instance: FlowInstance<State>): FlowInstance<State> {
  return { ...instance, status: instance.parking?.from ?? instance.status, parking: null };
}

function retried(instance: FlowInstance, commandId: string | null): readonly IssuedCommand[] {
  return instance.commands.map((command) =>
    command.id === commandId
      ? { ...command, status: 'pending' as const, refusedBy: null }
      : command,
  );
}

function skipped<State>(
  instance: FlowInstance<State>,
  data: { readonly commandId: string | null; readonly causePosition: string | null },
): FlowInstance<State> {
  const { commandId, causePosition } = data;
  return {
    ...unparked(instance),
    commands: without(instance, commandId),
    ...(causePosition !== null && { seenPosition: BigInt(causePosition) }),
  };
}

function without(instance: FlowInstance, commandId: string | null): readonly IssuedCommand[] {
  return instance.commands.filter(({ id }) => id !== commandId);
}

function withoutTimer(instance: FlowInstance, name: string): readonly FlowTimer[] {
  return instance.timers.filter((timer) => timer.name !== name);
}
