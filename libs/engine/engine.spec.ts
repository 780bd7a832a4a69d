import { openEventStore } from '@ledgerdesk/event-store';
import { MemoryReadStore } from '@ledgerdesk/read-store';
import type { CommandDefinition, ProcessDefinition, Projection } from '@ledgerdesk/kernel';
import {
  counterProcess,
  CounterDesk,
  countingIds,
  errorOf,
  OpenCounter,
  openTestEngine,
  storedEvents,
} from './testing';

const titles: Projection = {
  name: 'counter-titles',
  version: 1,
  streamPrefixes: ['counter-'],
  documents: { name: 'counter-titles', fields: { title: 'text' } },
  keyOf: ({ stream }) => stream,
  fold: (document, event) =>
    event.type === 'CounterOpened' ? { title: String(event.data['title']) } : (document ?? null),
};

function changed(change: Partial<ProcessDefinition>): readonly ProcessDefinition[] {
  return [{ ...counterProcess, ...change }];
}

function withNaturalKey(
  name: string,
  command: CommandDefinition | undefined,
): ProcessDefinition['commands'] {
  return command === undefined ? {} : { [name]: { ...command, naturalKey: () => 'key' } };
}

describe('an engine refuses to start', () => {
  const { lifecycle, commands, events } = counterProcess;
  it.each<[string, string, readonly ProcessDefinition[]]>([
    ['two processes of one name', 'defect.duplicate-event-type', [counterProcess, counterProcess]],
    [
      'two processes of one name with other events',
      'defect.duplicate-process',
      [counterProcess, { ...counterProcess, events: {} }],
    ],
    [
      'two processes with one command',
      'defect.duplicate-command',
      [
        counterProcess,
        {
          ...counterProcess,
          name: 'meter',
          commands: Object.fromEntries(
            Object.entries(commands).map(([name, command]) => [name, { ...command, emits: [] }]),
          ),
          events: {},
        },
      ],
    ],
    [
      'a state that nothing leads to',
      'defect.lifecycle',
      changed({
        lifecycle: {
          ...lifecycle,
          states: { ...lifecycle.states, lost: { title: 'Lost', category: 'open', final: true } },
        },
      }),
    ],
    [
      'a transition without its command',
      'defect.lifecycle',
      changed({
        lifecycle: {
          ...lifecycle,
          transitions: { ...lifecycle.transitions, Explode: { from: ['open'] } },
        },
      }),
    ],
    [
      'a command that emits an event of nobody',
      'defect.lifecycle',
      changed({ events: Object.fromEntries(Object.entries(events).slice(1)) }),
    ],
    [
      'a natural key on a command that begins nothing',
      'defect.lifecycle',
      changed({
        commands: { ...commands, ...withNaturalKey('Touch', commands['Touch']) },
      }),
    ],
    [
      'an event version without a way up',
      'defect.upcaster-missing',
      changed({ events: { ...events, CounterClosed: { version: 2, summary: '', fields: {} } } }),
    ],
    [
      'a process that takes the name of an event of the engine',
      'defect.duplicate-event-type',
      changed({
        events: { ...events, NumberBlockReserved: { version: 1, summary: '', fields: {} } },
      }),
    ],
  ])('with %s', async (_what, code, processes) => {
    expect((await errorOf(openTestEngine({ processes }))).code).toBe(code);
  });
});

describe('an open engine', () => {
  it('runs the projections in this thread unless told otherwise, and stops them when it closes', async () => {
    const readStore = new MemoryReadStore();
    const engine = await openTestEngine({ readStore, projections: [titles] });
    const { position, stream } = await new CounterDesk(engine).open();
    expect(await engine.projections.waitFor('counter-titles', position, 5000)).toBe(true);
    expect(await readStore.get('counter-titles', 'counter-titles', stream)).toMatchObject({
      title: 'Cups',
    });
    await engine.close();
    await engine.close();
    expect(await engine.projections.status()).toEqual([
      expect.objectContaining({ name: 'counter-titles', state: 'stopped' }),
    ]);
  });

  it('leaves the stores open for whoever opened them', async () => {
    const engine = await openTestEngine();
    const { position, stream } = await new CounterDesk(engine).open();
    await engine.close();
    const [stored] = await storedEvents(engine.eventStore, stream);
    expect(stored?.position).toBe(position);
  });

  it('leaves no gap in the numbers when it closes, whatever was refused last', async () => {
    const eventStore = await openEventStore('memory:');
    const first = new CounterDesk(await openTestEngine({ eventStore }));
    await first.open();
    await errorOf(first.send(Object.assign(new OpenCounter(), { title: ' ' })));
    await first.engine.close();
    const second = new CounterDesk(await openTestEngine({ eventStore }), countingIds(100));
    expect(await second.open()).toMatchObject({ number: 'CNT-000002' });
  });

  it('tells how many number blocks it took', async () => {
    const engine = await openTestEngine();
    await new CounterDesk(engine).open();
    expect(engine.metrics().numberBlocks).toEqual({ counter: 1 });
  });

  it('knows the event types of its processes and its own', async () => {
    const { registry } = await openTestEngine();
    expect(registry.has('NumberBlockReserved')).toBe(true);
    expect(registry.has('CounterOpened')).toBe(true);
    expect(registry.has('MeterOpened')).toBe(false);
  });
});
