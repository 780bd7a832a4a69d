import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256, uuid5 } from '@ledgerdesk/engine';
import {
  openEventStore,
  type AppendRequest,
  type EventStore,
  type EventToAppend,
  type StoredEvent,
} from '@ledgerdesk/event-store';
import {
  FLOW_CHECKPOINT_STREAM,
  flowCheckpointStream,
  hasErrorCode,
  LedgerdeskError,
  type ErrorCode,
} from '@ledgerdesk/kernel';
import { EventStoreDbTestServer } from '@ledgerdesk/test-servers';
import { copyHistory } from './history-copy';

const STREAMS = 5;
const ROUNDS = 8;

let from: EventStore;
let to: EventStore;

beforeEach(async () => {
  from = await openEventStore('memory:');
  to = await openEventStore('memory:');
  await record(from);
});

afterEach(async () => {
  await from.close();
  await to.close();
});

function anEvent(name: string): EventToAppend {
  const body = `{"name":"${name}"}`;
  return { id: uuid5(name), type: 'DeskRenamed', body, hash: sha256(body) };
}

/** Streams that take turns, one to three events each time. */
async function record(store: EventStore, rounds = ROUNDS): Promise<void> {
  const next = new Map<string, bigint>();
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < STREAMS; n += 1) {
      const stream = `desk-${n}`;
      const at = next.get(stream) ?? 0n;
      const events = Array.from({ length: 1 + ((round + n) % 3) }, (_, index) =>
        anEvent(`${stream}/${at + BigInt(index)}`),
      );
      await store.append({
        stream,
        expectedRevision: at === 0n ? 'no-stream' : at - 1n,
        events,
      });
      next.set(stream, at + BigInt(events.length));
    }
  }
}

async function logOf(store: EventStore): Promise<readonly Omit<StoredEvent, 'position'>[]> {
  const log: Omit<StoredEvent, 'position'>[] = [];
  for await (const { position: _position, ...event } of store.readAll()) log.push(event);
  return log;
}

/** The target, with some of its answers changed. */
function withAppend(store: EventStore, append: EventStore['append']): EventStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'append') return append;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

const codeOf = (work: Promise<unknown>, code: ErrorCode): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => hasErrorCode(error, code),
  );

describe('copying a history', () => {
  it.each(['sqlite', 'memory'])('keeps every byte and the order, into %s', async (kind) => {
    const dir = await mkdtemp(join(tmpdir(), 'ledgerdesk-copy-'));
    const source = await openEventStore({ dir: join(dir, 'from') });
    const target = kind === 'sqlite' ? await openEventStore({ dir: join(dir, 'to') }) : to;
    await record(source);

    const report = await copyHistory({ from: source, to: target });

    const log = await logOf(source);
    expect(await logOf(target)).toEqual(log);
    expect(report).toMatchObject({ events: log.length, eventsCopied: log.length, eventsThere: 0 });
    expect(report.fromPosition).toBe(await source.head());
    expect(report.toPosition).toBe(await target.head());
    await source.close();
    await target.close();
    await rm(dir, { recursive: true });
  });

  it('writes nothing the second time, and comes to the same digest', async () => {
    const first = await copyHistory({ from, to });
    const append = jest.fn();

    const second = await copyHistory({ from, to: withAppend(to, append) });

    expect(append).not.toHaveBeenCalled();
    expect(second).toMatchObject({ eventsCopied: 0, eventsThere: first.events });
    expect(second.digest).toBe(first.digest);
  });

  it('goes on behind what was appended to the source since', async () => {
    await copyHistory({ from, to });
    await from.append({
      stream: 'desk-new',
      expectedRevision: 'no-stream',
      events: [anEvent('x')],
    });

    expect(await copyHistory({ from, to })).toMatchObject({ eventsCopied: 1 });
    expect(await logOf(to)).toEqual(await logOf(from));
  });

  it('goes on where it was cut off, wherever that was', async () => {
    const runs = STREAMS * ROUNDS;
    for (let cutAfter = 0; cutAfter < runs; cutAfter += 7) {
      const target = await openEventStore('memory:');
      let appends = 0;
      const cut = withAppend(target, (request: AppendRequest) => {
        appends += 1;
        if (appends > cutAfter) throw new Error('killed');
        return target.append(request);
      });
      await expect(copyHistory({ from, to: cut })).rejects.toThrow('killed');

      const report = await copyHistory({ from, to: target });

      expect(report.eventsThere).toBe(report.events - report.eventsCopied);
      expect(await logOf(target)).toEqual(await logOf(from));
      await target.close();
    }
  });

  it('sends the same append again where the answer was lost', async () => {
    let lost = 0;
    const losing = withAppend(to, async (request: AppendRequest) => {
      const result = await to.append(request);
      if (lost >= 2) return result;
      lost += 1;
      throw new LedgerdeskError('unknown-outcome.append', 'the answer was lost');
    });

    await copyHistory({ from, to: losing });

    expect(lost).toBe(2);
    expect(await logOf(to)).toEqual(await logOf(from));
  });

  it('refuses a target that holds something else, and leaves it as it is', async () => {
    const other = { stream: 'desk-0', expectedRevision: 'no-stream' as const };
    await to.append({ ...other, events: [anEvent('somebody else')] });

    expect(await codeOf(copyHistory({ from, to }), 'conflict.copy-target')).toBe(true);
    expect(await logOf(to)).toHaveLength(1);
  });

  it('refuses a target that has gone on by itself', async () => {
    await copyHistory({ from, to });
    await to.append({ stream: 'desk-0', expectedRevision: 'any', events: [anEvent('later')] });

    expect(await codeOf(copyHistory({ from, to }), 'conflict.copy-target')).toBe(true);
  });

  it('stops before an event of the source that was altered', async () => {
    const altered: EventToAppend = { ...anEvent('altered'), hash: sha256('as it was') };
    await from.append({ stream: 'desk-0', expectedRevision: 'any', events: [altered] });

    expect(await codeOf(copyHistory({ from, to }), 'corrupt.copied-event')).toBe(true);
    expect(await logOf(to)).not.toContainEqual(expect.objectContaining({ id: altered.id }));
  });

  it('finds an event that the target did not keep as it was given', async () => {
    const spoiling = withAppend(to, ({ events, ...request }: AppendRequest) =>
      to.append({
        ...request,
        events: events.map((event) =>
          event.id === anEvent('desk-3/2').id ? { ...event, type: 'DeskClosed' } : event,
        ),
      }),
    );

    expect(await codeOf(copyHistory({ from, to: spoiling }), 'conflict.copy-target')).toBe(true);
  });

  it('tells how far it is, up to all of it', async () => {
    const seen: number[] = [];
    const { events } = await copyHistory({
      from,
      to,
      onProgress: ({ done, total }) => seen.push(done / total),
    });
    expect(seen.at(-1)).toBe(1);
    expect(events).toBeGreaterThan(0);
  });

  it('ends when it is interrupted, and keeps what was done', async () => {
    const interruption = new AbortController();
    const interrupted = withAppend(to, async (request: AppendRequest) => {
      const result = await to.append(request);
      interruption.abort();
      return result;
    });

    await expect(
      copyHistory({ from, to: interrupted, signal: interruption.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect((await logOf(to)).length).toBeGreaterThan(0);
  });
});

describe('copying to and from EventStoreDB', () => {
  let server: EventStoreDbTestServer;
  let cluster: EventStore;

  beforeEach(async () => {
    server = await EventStoreDbTestServer.start();
    cluster = await openEventStore(server.url);
  });

  afterEach(async () => {
    await cluster.close();
    await server.kill();
  });

  it('keeps every byte and the order, there and back', async () => {
    await from.setStreamMetadata(FLOW_CHECKPOINT_STREAM, { 'auto-close': '7' });

    const there = await copyHistory({ from, to: cluster });
    const back = await copyHistory({ from: cluster, to });

    expect(await logOf(cluster)).toEqual(await logOf(from));
    expect(await logOf(to)).toEqual(await logOf(from));
    expect(back.digest).toBe(there.digest);
    expect(await to.streamMetadata(FLOW_CHECKPOINT_STREAM)).toEqual({ 'auto-close': '7' });
  });

  it('goes on behind what is there', async () => {
    const first = await copyHistory({ from, to: cluster });
    await from.append({
      stream: 'desk-new',
      expectedRevision: 'no-stream',
      events: [anEvent('x')],
    });

    const second = await copyHistory({ from, to: cluster });

    expect(second).toMatchObject({ eventsThere: first.events, eventsCopied: 1 });
    expect(await logOf(cluster)).toEqual(await logOf(from));
  });
});

describe('the checkpoints of flows', () => {
  it('are carried over in the positions of the copy', async () => {
    const target = spread(await openEventStore('memory:'));
    const log = await logOf(from);
    await from.setStreamMetadata(FLOW_CHECKPOINT_STREAM, { 'auto-close': '7', 'never-run': '0' });
    await from.setStreamMetadata(flowCheckpointStream('led'), { position: '9', fence: 3 });

    const { toPosition } = await copyHistory({ from, to: target, flows: ['led', 'absent'] });

    expect(toPosition).toBe(BigInt(log.length) * SPREAD);
    expect(await target.streamMetadata(FLOW_CHECKPOINT_STREAM)).toEqual({
      'auto-close': String(7n * SPREAD),
      'never-run': '0',
      led: String(9n * SPREAD),
    });
    await target.close();
  });
});

const SPREAD = 1000n;

/** A store whose positions are further apart, as those of another kind of store are. */
function spread(store: EventStore): EventStore {
  async function* apart(events: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent> {
    for await (const event of events) yield { ...event, position: event.position * SPREAD };
  }
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'readStream') {
        return (...args: Parameters<EventStore['readStream']>) => apart(target.readStream(...args));
      }
      if (name === 'readAll') {
        return ({ after = 0n }: { after?: bigint } = {}) =>
          apart(target.readAll({ after: after / SPREAD }));
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
