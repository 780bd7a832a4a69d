import { openEventStore, type EventStore, type StoredEvent } from '@ledgerdesk/event-store';
import { isLedgerdeskError, type LedgerdeskError } from '@ledgerdesk/kernel';
import { MemoryReadStore, type ReadStore } from '@ledgerdesk/read-store';
import { MemoryBlobStore } from '../blobs/memory-blob-store';
import type { Clock } from '../clock';
import type { CommandOutcome, CommandRequest } from '../command-request';
import { Engine, type EngineOptions } from '../engine';
import type { TicketNumbers } from '../tickets/ticket-numbers';
import { Add, OpenCounter } from './counter.commands';
import { counterProcess } from './counter.process';

/** A clock that moves only when told to. Begins at 2026-01-01T00:00:00.000Z. */
export class ManualClock implements Clock {
  private ms = Date.UTC(2026, 0, 1);

  now(): Date {
    return new Date(this.ms);
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}

/** Ids `…-000000000001`, `…-000000000002`, …: UUIDs of version 7, the same in each run. */
export function countingIds(start = 0): () => string {
  let count = start;
  return () => {
    count += 1;
    return `01900000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`;
  };
}

/** An engine on memory stores with the counter process, an unmoving clock and no real waits. */
export async function openTestEngine(options: Partial<EngineOptions> = {}): Promise<Engine> {
  const readStore: ReadStore = new MemoryReadStore();
  return Engine.open({
    eventStore: options.eventStore ?? (await openEventStore('memory:')),
    readStore,
    processes: [counterProcess],
    projections: [],
    blobs: new MemoryBlobStore(),
    clock: new ManualClock(),
    numbers: rememberedNumbers(),
    backOff: { random: () => 0, delay: () => Promise.resolve() },
    ...options,
  });
}

/** Sends commands to counters as one person, under ids of their own unless told otherwise. */
export class CounterDesk {
  constructor(
    readonly engine: Engine,
    private readonly newId: () => string = countingIds(),
  ) {}

  send(command: object, request: Partial<CommandRequest> = {}): Promise<CommandOutcome> {
    return this.engine.commands.execute({
      process: 'counter',
      tenant: 'acme',
      actor: 'ada',
      onBehalfOf: null,
      origin: { kind: 'api', id: 'spec', version: '1' },
      commandId: this.newId(),
      command,
      ...request,
    });
  }

  open(request: Partial<CommandRequest> = {}, startAt?: number): Promise<CommandOutcome> {
    const fields = { title: 'Cups', ...(startAt !== undefined && { startAt }) };
    return this.send(Object.assign(new OpenCounter(), fields), request);
  }

  add(ticket: string, by: number, request: Partial<CommandRequest> = {}): Promise<CommandOutcome> {
    return this.send(add(by), { ticket, ...request });
  }
}

export function add(by: number): Add {
  return Object.assign(new Add(), { by });
}

/** All events of a stream, oldest first. */
export async function storedEvents(
  eventStore: Pick<EventStore, 'readStream'>,
  stream: string,
): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of eventStore.readStream(stream)) events.push(event);
  return events;
}

/** The error that the work ends in. Fails where it ends well, or in one of another family. */
export async function errorOf(work: Promise<unknown>): Promise<LedgerdeskError> {
  try {
    await work;
  } catch (error) {
    if (isLedgerdeskError(error)) return error;
    throw error;
  }
  throw new Error('an error was expected and did not come');
}

function rememberedNumbers(): TicketNumbers {
  const ids = new Map<string, string>();
  return {
    find: (_process, number) => Promise.resolve(ids.get(number)),
    remember: (_process, number, id) => {
      ids.set(number, id);
    },
  };
}
