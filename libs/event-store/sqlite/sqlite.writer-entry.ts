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

/** The writer thread: the one connection that writes, for as long as its store is open. */
class WriterThreadMain {
  private constructor(
    private readonly port: MessagePort,
    private readonly lock: WriterLock,
    private readonly db: Database,
    private readonly writer: SqliteWriter,
    private readonly channel: BroadcastChannel,
  ) {}

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

  /** Takes everything that waits at this moment, so that it shares as few fsyncs as it can. */
  handle(first: WriterRequest): void {
    let request: WriterRequest | undefined = first;
    const waiting: WriteOperation[] = [];
    while (request?.kind === 'write') {
      for (const operation of unpack(request.fields)) waiting.push(operation);
      request = receive(this.port);
    }
    for (const group of groupsOf(waiting)) this.commit(group);
    if (request?.kind === 'probe') this.commit([PROBE]);
    if (request?.kind === 'close') this.close();
  }

  private commit(group: readonly WriteOperation[]): void {
    const headBefore = this.writer.head;
    try {
      answer(this.port, { kind: 'done', outcomes: this.writer.commit(group) });
    } catch (error) {
      const failure = toFailure(error, this.db.name);
      answer(this.port, { kind: 'failed', operations: group.length, failure });
      if (failure.code === 'unknown-outcome.append') throw error;
    }
    if (this.writer.head > headBefore) this.channel.postMessage(this.writer.head);
  }

  private close(): void {
    this.channel.close();
    this.db.close();
    this.lock.release();
    this.port.close();
  }
}

function* groupsOf(operations: readonly WriteOperation[]): Generator<readonly WriteOperation[]> {
  let group: WriteOperation[] = [];
  let length = 0;
  for (const operation of operations) {
    if (group.length === GROUP_OPERATIONS_MAX || length > GROUP_LENGTH_MAX) {
      yield group;
      group = [];
      length = 0;
    }
    group.push(operation);
    length += operation.bodyLength;
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
    const thread = WriterThreadMain.start(port, dir);
    port.on('message', (request: WriterRequest) => thread.handle(request));
    answer(port, { kind: 'ready' });
  } catch (error) {
    answer(port, { kind: 'refused', failure: toFailure(error, eventsFile(dir)) });
  }
}

if (parentPort !== null) main(parentPort);
