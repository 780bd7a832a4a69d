import {
  flowStream,
  hasErrorCode,
  hasErrorKind,
  isLedgerdeskError,
  messageOf,
  openCommands,
  parkedByCommand,
  settleCommand,
  type ErrorKind,
  type FlowDefinition,
  type FlowEvent,
  type FlowInstance,
  type IssuedCommand,
} from '@ledgerdesk/kernel';
import type { Clock } from '../clock';
import { uuid5 } from '../ids';
import { backOffMs, type BackOff } from '../subscriptions/back-off';
import type { CommandDispatch, FlowCommandReceipt } from './command-dispatch.port';
import type { FlowAddress } from './flow-catalogue';
import type { FlowInstanceStore, FlowSender } from './flow-instance-store';
import type { FlowLimits } from './flow-limits';
import type { FlowTally } from './flow-tally';
import { noTracing, type TracedWork, type Tracing } from '../tracing/tracing.port';
import { conflict, decisionId, flowActor } from './flow-reactor';

/** The same command may be accepted when it is sent again as it is. */
const RETRYABLE: readonly ErrorKind[] = ['unavailable', 'unknown-outcome', 'limit', 'conflict'];
const MESSAGE_LENGTH_MAX = 1_000;

export interface FlowDispatcherOptions {
  readonly instances: FlowInstanceStore;
  readonly dispatch: CommandDispatch;
  readonly clock: Clock;
  readonly limits: FlowLimits;
  readonly backOff: BackOff;
  readonly tally: FlowTally;
  readonly tracing?: Tracing;
}

interface Driving {
  done: Promise<void>;
  isToLookAgain: boolean;
}

/**
 * Sends the commands that instances have decided, those of one instance one after the other, and
 * records what became of each. Owns its loops: {@link stop} waits for the commands under way.
 */
export class FlowDispatcher {
  private readonly driving = new Map<string, Driving>();
  private readonly stopping = new AbortController();
  private readonly waiting: (() => void)[] = [];
  private freeSlots: number;

  constructor(private readonly options: FlowDispatcherOptions) {
    this.freeSlots = options.limits.concurrencyMax;
  }

  /** Instances with commands that are being sent, or wait for their turn. */
  get backlog(): number {
    return this.driving.size;
  }

  /** Sees to it that the instance's open commands are sent. Returns at once. */
  drive(address: FlowAddress): void {
    if (this.stopping.signal.aborted) return;
    const stream = flowStream(address.flow.name, address.key);
    const running = this.driving.get(stream);
    if (running !== undefined) {
      running.isToLookAgain = true;
      return;
    }
    const driving: Driving = { done: Promise.resolve(), isToLookAgain: false };
    this.driving.set(stream, driving);
    driving.done = this.run(address, driving).finally(() => this.driving.delete(stream));
  }

  /** Waits until fewer instances than the limit have commands to send. */
  async whenTakingMore(): Promise<void> {
    const { dispatchBacklogMax } = this.options.limits;
    while (this.driving.size >= dispatchBacklogMax && !this.stopping.signal.aborted) {
      await Promise.race([...this.driving.values()].map(({ done }) => done));
    }
  }

  /** Waits until no instance has anything to send. */
  async whenIdle(): Promise<void> {
    while (this.driving.size > 0) {
      await Promise.all([...this.driving.values()].map(({ done }) => done));
    }
  }

  /** Sends nothing more, and waits for the commands under way and their records. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.whenIdle();
  }

  /** Never rejects: a store that is down is waited for. */
  private async run(address: FlowAddress, driving: Driving): Promise<void> {
    await this.takeSlot();
    let failures = 0;
    try {
      do {
        driving.isToLookAgain = false;
        try {
          await this.sendAll(address);
          failures = 0;
        } catch {
          failures += 1;
          driving.isToLookAgain = true;
          await this.rest(failures);
        }
      } while (driving.isToLookAgain && !this.stopping.signal.aborted);
    } finally {
      this.giveSlot();
    }
  }

  private async sendAll(address: FlowAddress): Promise<void> {
    const { flow, key } = address;
    const { instances } = this.options;
    const stream = flowStream(flow.name, key);
    let attempts = 0;
    let last: string | undefined;
    while (!this.stopping.signal.aborted) {
      const instance = await instances.alone(stream, () => instances.load(flow, key));
      const next = nextCommand(instance);
      if (next === undefined) return;
      attempts = next.id === last ? attempts + 1 : 1;
      last = next.id;
      const isDone = await this.sendOne(address, instance, next, attempts);
      if (!isDone) await this.rest(attempts);
    }
  }

  /** False where the command is to be sent again. */
  private async sendOne(
    address: FlowAddress,
    instance: FlowInstance,
    command: IssuedCommand,
    attempts: number,
  ): Promise<boolean> {
    if (hasNothingToUndo(instance, command)) {
      await this.settle(address, command, refusedEvent(address.flow, command, NOTHING_TO_UNDO, 0));
      return true;
    }
    let receipt: FlowCommandReceipt;
    try {
      const { dispatch, tracing = noTracing } = this.options;
      const request = requestOf(address.flow, command);
      receipt = await tracing.within(
        () => sendingOf(instance, command),
        () => dispatch.send(request),
      );
    } catch (error) {
      return this.takeRefusal(address, command, error, attempts);
    }
    this.options.tally.count(address.flow.name, 'commandsAccepted');
    const event = acceptedEvent(address.flow, command, receipt, attempts);
    await this.settle(address, command, event, receipt.eventId);
    return true;
  }

  private async takeRefusal(
    address: FlowAddress,
    command: IssuedCommand,
    error: unknown,
    attempts: number,
  ): Promise<boolean> {
    const { tally, limits } = this.options;
    if (hasErrorCode(error, 'unavailable.shutting-down')) return false;
    if (isRetryable(error)) {
      tally.count(address.flow.name, 'commandRetries');
      if (attempts < limits.commandAttemptsMax) return false;
      await this.park(address, command, error, attempts);
      return true;
    }
    tally.count(address.flow.name, 'commandsRefused');
    await this.settle(address, command, refusedEvent(address.flow, command, error, attempts));
    return true;
  }

  private settle(
    { flow, key }: FlowAddress,
    command: IssuedCommand,
    outcome: FlowEvent,
    causationId: string | null = null,
  ): Promise<void> {
    return this.record({ flow, key }, command, causationId, (instance) =>
      settleCommand(flow, instance, command.id, outcome),
    );
  }

  private park(
    { flow, key }: FlowAddress,
    command: IssuedCommand,
    error: unknown,
    attempts: number,
  ): Promise<void> {
    const failure = {
      code: codeOf(error),
      message: shown(error),
      attempts,
      commandId: command.id,
    };
    return this.record({ flow, key }, command, null, (instance) =>
      nextCommand(instance)?.id === command.id ? [parkedByCommand(flow, failure)] : [],
    );
  }

  private record(
    { flow, key }: FlowAddress,
    command: IssuedCommand,
    causationId: string | null,
    eventsOf: (instance: FlowInstance) => readonly FlowEvent[],
  ): Promise<void> {
    const { instances, clock } = this.options;
    const stream = flowStream(flow.name, key);
    return instances.alone(stream, async () => {
      for (let tries = 0; tries <= this.options.limits.conflictRetriesMax; tries += 1) {
        const instance = await instances.load(flow, key);
        const events = eventsOf(instance);
        if (events.length === 0) return;
        const sender: FlowSender = {
          tenant: command.tenant,
          actor: flowActor(flow),
          origin: { kind: 'flow', id: flow.name, version: String(flow.version) },
          correlationId: command.correlationId,
          causationId: causationId ?? command.causationId,
          occurredAt: clock.now().toISOString(),
          commandId: uuid5(`flow-outcome ${stream} ${command.id} ${instance.revision}`),
        };
        if ((await instances.append(flow, instance, events, sender)) === undefined) continue;
        if (events.some(({ type }) => type === 'FlowParked')) {
          this.options.tally.count(flow.name, 'parkings');
        }
        return;
      }
      throw conflict(stream);
    });
  }

  private rest(failures: number): Promise<void> {
    const { backOff } = this.options;
    return backOff.delay(backOffMs(failures, backOff), this.stopping.signal);
  }

  private async takeSlot(): Promise<void> {
    if (this.freeSlots > 0) {
      this.freeSlots -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private giveSlot(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.freeSlots += 1;
    else next();
  }
}

const NOTHING_TO_UNDO = { code: 'refused.nothing-to-undo', isTolerated: true } as const;

function nextCommand(instance: FlowInstance): IssuedCommand | undefined {
  const next = openCommands(instance)[0];
  return instance.status === 'open' && next?.status === 'pending' ? next : undefined;
}

function hasNothingToUndo({ commands }: FlowInstance, { undoes }: IssuedCommand): boolean {
  return (
    undoes !== null && !commands.some(({ id, status }) => id === undoes && status === 'accepted')
  );
}

function sendingOf({ stream }: FlowInstance, command: IssuedCommand): TracedWork {
  const { correlationId, causationId } = command;
  return {
    name: `send ${command.command}`,
    kind: 'producer',
    attributes: { 'ledgerdesk.process': command.process, 'ledgerdesk.command_id': command.id },
    ...(causationId !== null && {
      follows: { correlationId, commandId: decisionId(stream, causationId) },
    }),
  };
}

function requestOf(
  flow: FlowDefinition,
  command: IssuedCommand,
): Parameters<CommandDispatch['send']>[0] {
  return {
    id: command.id,
    process: command.process,
    ticket: command.ticket,
    command: command.command,
    body: command.body,
    tenant: command.tenant,
    actor: flowActor(flow),
    origin: { kind: 'flow', id: flow.name, version: String(flow.version) },
    correlationId: command.correlationId,
    causationId: command.causationId,
  };
}

function acceptedEvent(
  { version }: FlowDefinition,
  { id, process, command, step }: IssuedCommand,
  { ticket, number, revision, position }: FlowCommandReceipt,
  attempts: number,
): FlowEvent {
  return {
    type: 'FlowCommandAccepted',
    data: {
      flowVersion: version,
      commandId: id,
      process,
      ticket,
      number,
      command,
      step,
      revision: Number(revision),
      position: position.toString(),
      attempts,
    },
  };
}

function refusedEvent(
  { version }: FlowDefinition,
  command: IssuedCommand,
  error: unknown,
  attempts: number,
): FlowEvent {
  const { id, process, ticket, step, tolerates, branchesOnRefusal } = command;
  const isNothing = error === NOTHING_TO_UNDO;
  const code = isNothing ? NOTHING_TO_UNDO.code : codeOf(error);
  const state = isLedgerdeskError(error) ? error.details['state'] : null;
  const untolerated = branchesOnRefusal ? 'branch' : 'parked';
  return {
    type: 'FlowCommandRefused',
    data: {
      flowVersion: version,
      commandId: id,
      process,
      ticket,
      command: command.command,
      step,
      code,
      message: isNothing ? 'what it undoes was not accepted' : shown(error),
      state: typeof state === 'string' ? state : null,
      attempts,
      handling: isNothing || tolerates.includes(code) ? 'tolerated' : untolerated,
    },
  };
}

function isRetryable(error: unknown): boolean {
  // A failure that nobody names may pass.
  return !isLedgerdeskError(error) || RETRYABLE.some((kind) => hasErrorKind(error, kind));
}

function codeOf(error: unknown): string {
  return isLedgerdeskError(error) ? error.code : 'defect.flow-command';
}

function shown(error: unknown): string {
  return messageOf(error).slice(0, MESSAGE_LENGTH_MAX);
}
