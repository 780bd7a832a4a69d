import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { anEvent, expectRejection } from '../conformance/subject';
import { APPENDED, METADATA_SET, type WriterAnswer, type WriterRequest } from './sqlite.protocol';
import { DEFAULT_QUEUE_LIMITS, WriterThread, type WriteQueueLimits } from './sqlite.writer-thread';

/** A thread that does nothing by itself: the test gives its answers. */
class ScriptedWorker extends EventEmitter {
  readonly received: WriterRequest[] = [];
  isHeld = true;

  postMessage(request: WriterRequest): void {
    this.received.push(request);
  }

  answer(answer: WriterAnswer): void {
    this.emit('message', answer);
  }

  ref(): void {
    this.isHeld = true;
  }

  unref(): void {
    this.isHeld = false;
  }

  terminate(): Promise<number> {
    return Promise.resolve(0);
  }
}

async function startScripted(limits: Partial<WriteQueueLimits> = {}) {
  const worker = new ScriptedWorker();
  const allLimits = { ...DEFAULT_QUEUE_LIMITS, ...limits };
  const starting = WriterThread.start('dir', allLimits, () => worker as unknown as Worker);
  worker.answer({ kind: 'ready' });
  const thread = await starting;
  const append = (bytes = 10) =>
    thread.append({ stream: 'a-1', expectedRevision: 'any', events: [anEvent()] }, bytes);
  return { worker, thread, append };
}

const done = (count: number): WriterAnswer => ({
  kind: 'done',
  outcomes: Array.from({ length: count }, (_, n) => [APPENDED, n, n + 1]).flat(),
});

describe('an obstacle to appends', () => {
  const failure = { code: 'unavailable.disk-full', message: 'full', details: {} } as const;

  it('is not looked for while appends succeed', async () => {
    const { worker, thread, append } = await startScripted();
    const appended = append();
    await nextTurn();
    worker.answer(done(1));
    await appended;
    expect(await thread.appendObstacle()).toBeUndefined();
    expect(worker.received.map(({ kind }) => kind)).toEqual(['write']);
  });

  it('stands after an append that the disk refused, until a probe goes through', async () => {
    const { worker, thread, append } = await startScripted();
    const refused = append();
    await nextTurn();
    worker.answer({ kind: 'failed', operations: 1, failure });
    await expectRejection(refused, 'unavailable.disk-full');
    const asked = [thread.appendObstacle(), thread.appendObstacle()];
    worker.answer({ kind: 'failed', operations: 1, failure });
    expect((await Promise.all(asked)).map((error) => error?.code)).toEqual([
      'unavailable.disk-full',
      'unavailable.disk-full',
    ]);
    const again = thread.appendObstacle();
    worker.answer({ kind: 'done', outcomes: [METADATA_SET, 0, 0] });
    expect(await again).toBeUndefined();
    expect(worker.received.map(({ kind }) => kind)).toEqual(['write', 'probe', 'probe']);
  });

  it('is gone with the next append that succeeds, and final once the thread has ended', async () => {
    const { worker, thread, append } = await startScripted();
    const refused = append();
    await nextTurn();
    worker.answer({ kind: 'failed', operations: 1, failure });
    await expectRejection(refused, 'unavailable.disk-full');
    const appended = append();
    await nextTurn();
    worker.answer(done(1));
    await appended;
    expect(await thread.appendObstacle()).toBeUndefined();
    worker.emit('exit', 1);
    expect(await thread.appendObstacle()).toMatchObject({ code: 'unavailable.event-store-closed' });
  });
});

describe('the appends of one turn of the event loop', () => {
  it('are sent in one message, and each gets its own answer', async () => {
    const { worker, append } = await startScripted();
    const appends = [append(), append(), append()];
    await nextTurn();
    expect(worker.received).toHaveLength(1);
    worker.answer(done(2));
    worker.answer({ kind: 'done', outcomes: [APPENDED, 9, 10] });
    const revisions = (await Promise.all(appends)).map(({ revision }) => revision);
    expect(revisions).toEqual([0n, 1n, 9n]);
  });

  it('fail together when their transaction fails, and those of the next one do not', async () => {
    const { worker, append } = await startScripted();
    const [one, other, next] = [append(), append(), append()];
    await nextTurn();
    const failure = { code: 'unavailable.disk-full', message: 'full', details: {} } as const;
    worker.answer({ kind: 'failed', operations: 2, failure });
    worker.answer(done(1));
    await expectRejection(one, 'unavailable.disk-full');
    await expectRejection(other, 'unavailable.disk-full');
    expect((await next).revision).toBe(0n);
  });
});

describe('a thread that dies', () => {
  it('leaves what was sent with an unknown outcome, and the rest unavailable', async () => {
    const { worker, thread, append } = await startScripted();
    const sent = append();
    await nextTurn();
    const unsent = append();
    worker.emit('error', new Error('out of memory'));
    worker.emit('exit', 1);
    await expectRejection(sent, 'unknown-outcome.append');
    await expectRejection(unsent, 'unavailable.event-store-closed');
    const { cause } = await expectRejection(append(), 'unavailable.event-store-closed');
    expect(String(cause)).toContain('out of memory');
    await thread.close();
  });

  it('in earnest does so too', async () => {
    const program = `
      const { parentPort } = require('node:worker_threads');
      parentPort.postMessage({ kind: 'ready' });
      parentPort.on('message', () => process.exit(3));`;
    const worker = new Worker(program, { eval: true });
    const thread = await WriterThread.start('dir', DEFAULT_QUEUE_LIMITS, () => worker);
    const request = { stream: 'a-1', expectedRevision: 'any', events: [anEvent()] } as const;
    await expectRejection(thread.append(request, 1), 'unknown-outcome.append');
    await expectRejection(thread.append(request, 1), 'unavailable.event-store-closed');
    await expect(thread.close()).resolves.toBeUndefined();
  });

  it('before it was ready fails the start', async () => {
    const worker = new Worker('process.exit(3)', { eval: true });
    const starting = WriterThread.start('dir', DEFAULT_QUEUE_LIMITS, () => worker);
    const { cause } = await expectRejection(starting, 'unavailable.event-store-closed');
    expect(String(cause)).toContain('exited with 3');
  });
});

describe('the queue of waiting appends', () => {
  it('is bounded in number, and takes more when it has been worked off', async () => {
    const { worker, append } = await startScripted({ waitingMax: 2 });
    const waiting = [append(), append()];
    const { details } = await expectRejection(append(), 'unavailable.event-store-busy');
    expect(details).toEqual({ waiting: 2, waitingBytes: 20 });
    await nextTurn();
    worker.answer(done(2));
    await Promise.all(waiting);
    const later = append();
    await nextTurn();
    worker.answer(done(1));
    await expect(later).resolves.toMatchObject({ repeated: false });
  });

  it('is bounded in bytes, but takes any one append when it is empty', async () => {
    const { worker, append } = await startScripted({ waitingBytesMax: 100 });
    const large = append(500);
    await expectRejection(append(1), 'unavailable.event-store-busy');
    await nextTurn();
    worker.answer(done(1));
    await expect(large).resolves.toMatchObject({ repeated: false });
  });
});

describe('the thread', () => {
  it('holds the process only while something waits', async () => {
    const { worker, append } = await startScripted();
    expect(worker.isHeld).toBe(false);
    const waiting = append();
    expect(worker.isHeld).toBe(true);
    await nextTurn();
    worker.answer(done(1));
    await waiting;
    expect(worker.isHeld).toBe(false);
  });

  it('is told of everything before it is closed', async () => {
    const { worker, thread, append } = await startScripted();
    const waiting = append();
    const closing = thread.close();
    expect(worker.received.map(({ kind }) => kind)).toEqual(['write', 'close']);
    await expectRejection(append(), 'unavailable.event-store-closed');
    worker.answer(done(1));
    worker.emit('exit', 0);
    await Promise.all([waiting, closing, thread.close()]);
    expect(worker.received).toHaveLength(2);
  });

  it('ends when its start is refused', async () => {
    const program = `
      const { parentPort } = require('node:worker_threads');
      parentPort.on('message', () => undefined);
      const failure = { code: 'corrupt.event-store', message: 'damaged', details: {} };
      parentPort.postMessage({ kind: 'refused', failure });`;
    const worker = new Worker(program, { eval: true });
    const exit = once(worker, 'exit');
    const starting = WriterThread.start('dir', DEFAULT_QUEUE_LIMITS, () => worker);
    await expectRejection(starting, 'corrupt.event-store');
    await expect(exit).resolves.toHaveLength(1);
  });
});
