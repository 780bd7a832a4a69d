import { mkdirSync } from 'node:fs';
import {
  parentPort,
  receiveMessageOnPort,
  workerData,
  type BroadcastChannel,
  type MessagePort,
} from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { openHeadChannel } from './sqlite.channel';
import { eventsFile, openForWriting } from './sqlite.connection';
import { translateSqliteError } from './sqlite.errors';
import {
  OUTCOME_FIELDS,
  PROBE,
  unpack,
  type WriteOperation,
  type WriterAnswer,
  type WriterRequest,
  type WriterStart,
} from './sqlite.protocol';
import { prepareSchema } from './sqlite.schema';
import { WriterLock } from './sqlite.writer-lock';
import { SqliteWriter } from './sqlite.writer';

// Bound how long one transaction keeps those waiting whose operations it holds.
const GROUP_OPERATIONS_MAX = 1_000;
const GROUP_LENGTH_MAX = 8 * 1024 * 1024;

/** An operation, and where its answer goes. */
interface Asked {
  readonly port: MessagePort;
  readonly operation: WriteOperation;
}

/** The writer thread: the one connection that writes, for as long as its store is open. */
class WriterThreadMain {
  /** Of the threads that write; the first is that of the thread which started this one. */
  private readonly ports = new Set<MessagePort>();

  private constructor(
    private readonly owner: MessagePort,
    private readonly lock: WriterLock,
    private readonly db: Database,
    private readonly writer: SqliteWriter,
    private readonly channel: BroadcastChannel,
  ) {
    this.listen(owner);
  }

  static start(port: MessagePort, dir: string): WriterThreadMain {
    mkdirSync(dir, { recursive: true });
    const lock = WriterLock.acquire(dir);
    let db: Database | undefined;
    try {
      db = openForWriting(dir);
      prepareSchema(db);
      return new WriterThreadMain(port, lock, db, new SqliteWriter(db), openHeadChannel(dir));
    } catch (error) {
      db?.close();
      lock.release();
      throw error;
    }
  }

  private listen(port: MessagePort): void {
    this.ports.add(port);
    port.on('message', (request: WriterRequest) => this.handle(port, request));
    port.on('close', () => this.ports.delete(port));
  }

  /** Takes everything that waits at this moment, so that it shares as few fsyncs as it can. */
  private handle(from: MessagePort, first: WriterRequest): void {
    const waiting: Asked[] = [];
    const others: [MessagePort, WriterRequest | undefined][] = [];
    for (const port of this.ports) {
      others.push([port, takeWrites(port, port === from ? first : receive(port), waiting)]);
    }
    for (const group of groupsOf(waiting)) this.commit(group);
    for (const [port, request] of others) this.obey(port, request);
    for (const [port, request] of others) if (request?.kind === 'close') this.end(port);
  }

  private obey(port: MessagePort, request: WriterRequest | undefined): void {
    if (request?.kind === 'probe') this.commit([{ port, operation: PROBE }]);
    if (request?.kind === 'share') this.listen(request.port);
  }

  private end(port: MessagePort): void {
    if (port === this.owner) this.close();
    else port.close();
  }

  private commit(group: readonly Asked[]): void {
    const headBefore = this.writer.head;
    try {
      const outcomes = this.writer.commit(group.map(({ operation }) => operation));
      for (const port of this.portsOf(group)) {
        answer(port, { kind: 'done', outcomes: outcomesFor(port, group, outcomes) });
      }
    } catch (error) {
      const failure = toFailure(error, this.db.name);
      for (const port of this.portsOf(group)) {
        const operations = group.filter((asked) => asked.port === port).length;
        answer(port, { kind: 'failed', operations, failure });
      }
      if (failure.code === 'unknown-outcome.append') throw error;
    }
    if (this.writer.head > headBefore) this.channel.postMessage(this.writer.head);
  }

  private portsOf(group: readonly Asked[]): readonly MessagePort[] {
    return [...this.ports].filter((port) => group.some((asked) => asked.port === port));
  }

  private close(): void {
    this.channel.close();
    this.db.close();
    this.lock.release();
    for (const port of this.ports) port.close();
  }
}

/** Moves the writes that have come on a port; gives the request after them that is none. */
function takeWrites(
  port: MessagePort,
  first: WriterRequest | undefined,
  waiting: Asked[],
): WriterRequest | undefined {
  let request = first;
  while (request?.kind === 'write') {
    for (const operation of unpack(request.fields)) waiting.push({ port, operation });
    request = receive(port);
  }
  return request;
}

function outcomesFor(
  port: MessagePort,
  group: readonly Asked[],
  outcomes: readonly number[],
): readonly number[] {
  if (group.every((asked) => asked.port === port)) return outcomes;
  return group.flatMap((asked, at) => {
    const first = at * OUTCOME_FIELDS;
    return asked.port === port ? outcomes.slice(first, first + OUTCOME_FIELDS) : [];
  });
}

function* groupsOf(waiting: readonly Asked[]): Generator<readonly Asked[]> {
  let group: Asked[] = [];
  let length = 0;
  for (const asked of waiting) {
    if (group.length === GROUP_OPERATIONS_MAX || length > GROUP_LENGTH_MAX) {
      yield group;
      group = [];
      length = 0;
    }
    group.push(asked);
    length += asked.operation.bodyLength;
  }
  if (group.length > 0) yield group;
}

function receive(port: MessagePort): WriterRequest | undefined {
  return (receiveMessageOnPort(port) as { message: WriterRequest } | undefined)?.message;
}

function answer(port: MessagePort, message: WriterAnswer): void {
  port.postMessage(message);
}

function toFailure(error: unknown, file: string) {
  const { code, message, details } = translateSqliteError(error, file);
  return { code, message, details };
}

function main(port: MessagePort): void {
  const { dir } = workerData as WriterStart;
  try {
    WriterThreadMain.start(port, dir);
    answer(port, { kind: 'ready' });
  } catch (error) {
    answer(port, { kind: 'refused', failure: toFailure(error, eventsFile(dir)) });
  }
}

if (parentPort !== null) main(parentPort);
