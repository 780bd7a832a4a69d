import type { EventStore } from '@ledgerdesk/event-store';
import { FLOW_STREAM_PREFIX, parseSealedEvent } from '@ledgerdesk/kernel';
import type { DueTimer, FlowCounts, FlowIndex } from '../flows/flow-index.port';

interface IndexedInstance {
  status: 'open' | 'parked';
  readonly commands: Set<string>;
}

/** A flow index that reads on in the log at each question: always level, for tests. */
export class LogFlowIndex implements FlowIndex {
  private readonly instances = new Map<string, IndexedInstance>();
  private readonly timers = new Map<string, DueTimer>();
  private position = 0n;
  private reading: Promise<void> = Promise.resolve();

  constructor(private readonly eventStore: Pick<EventStore, 'head' | 'readAll'>) {}

  async reached(): Promise<boolean> {
    await this.readOn();
    return true;
  }

  async *unfinished(): AsyncGenerator<string, void, undefined> {
    await this.readOn();
    for (const [stream, { commands, status }] of [...this.instances]) {
      if (commands.size > 0 && status === 'open') yield stream;
    }
  }

  async due(by: string, limit: number): Promise<readonly DueTimer[]> {
    await this.readOn();
    return this.inOrder()
      .filter(({ dueAt }) => dueAt <= by)
      .slice(0, limit);
  }

  async nextDue(after: string): Promise<string | undefined> {
    await this.readOn();
    return this.inOrder().find(({ dueAt }) => dueAt > after)?.dueAt;
  }

  /** All flows as one. */
  async counts(): Promise<ReadonlyMap<string, FlowCounts>> {
    await this.readOn();
    const all = [...this.instances.values()];
    const parked = all.filter(({ status }) => status === 'parked').length;
    return new Map([['all', { open: all.length, parked, timers: this.timers.size }]]);
  }

  private inOrder(): readonly DueTimer[] {
    return [...this.timers.values()].sort((a, b) =>
      `${a.dueAt} ${a.stream}` < `${b.dueAt} ${b.stream}` ? -1 : 1,
    );
  }

  private readOn(): Promise<void> {
    this.reading = this.reading.then(() => this.read());
    return this.reading;
  }

  private async read(): Promise<void> {
    const head = await this.eventStore.head();
    if (head === this.position) return;
    const filter = { streamPrefixes: [FLOW_STREAM_PREFIX] };
    const range = { after: this.position, until: head };
    for await (const row of this.eventStore.readAll({ ...range, filter })) {
      const { type, data } = parseSealedEvent(row);
      this.fold(row.stream, type, { ...data, id: row.id });
      this.position = row.position;
    }
    if (this.position < head) this.position = head;
  }

  private fold(stream: string, type: string, data: Readonly<Record<string, unknown>>): void {
    if (type.startsWith('Timer')) this.foldTimer(stream, type, data);
    if (type === 'FlowCompleted') {
      this.instances.delete(stream);
      return;
    }
    const instance = this.instances.get(stream) ?? { status: 'open', commands: new Set<string>() };
    this.instances.set(stream, instance);
    if (type === 'FlowParked') {
      instance.status = 'parked';
      if (typeof data['commandId'] === 'string') instance.commands.add(data['commandId']);
    }
    if (['FlowRetried', 'FlowSkipped', 'FlowCompensated'].includes(type)) instance.status = 'open';
    for (const { id } of (data['commands'] ?? []) as readonly { id: string }[]) {
      instance.commands.add(id);
    }
    const isOver =
      type === 'FlowCommandAccepted' ||
      type === 'FlowSkipped' ||
      data['handling'] === 'tolerated' ||
      data['handling'] === 'branch';
    if (isOver) instance.commands.delete(String(data['commandId']));
  }

  private foldTimer(stream: string, type: string, data: Readonly<Record<string, unknown>>): void {
    const name = String(data['name']);
    const key = `${stream} ${name}`;
    if (type === 'TimerSet' || type === 'TimerMoved') {
      const [dueAt, setBy] = [String(data['dueAt']), String(data['id'])];
      this.timers.set(key, { stream, name, dueAt, setBy });
    } else {
      this.timers.delete(key);
    }
  }
}
