import type { RecordedEvent } from './event';
import { compensationOf } from './flow-compensation';
import { consequenceOf } from './flow-consequences';
import { assertFlowsDiffer, defineFlow, flowKeyOfStream, type FlowDefinition } from './flow';
import { absentFlow, extendFlow, openCommands, type FlowInstance } from './flow-instance';
import { reactTo, settleCommand } from './flow-step';
import { recordEvent } from './testing/recording';

interface Steps {
  readonly seen: number;
}

const order = (command: string, step?: string) => ({
  process: 'thing',
  ticket: 't',
  command,
  body: { n: 1 },
  ...(step !== undefined && { step }),
});

/** Begins with A and B, undoes on `Undo`, sets timers as the event says. */
const flow: FlowDefinition<Steps> = defineFlow<Steps>({
  name: 'steps',
  version: 3,
  title: 'Steps',
  summary: 'For the specification.',
  events: { Began: 'starts', Told: 'continues', Undo: 'continues', TimerElapsed: 'continues' },
  follows: {
    Began: { commands: ['thing.A', 'thing.B'] },
    Told: { timers: ['Due', 'T*'] },
    Undo: { undoes: ['first'], ends: true },
    TimerElapsed: { timers: ['Due'] },
    'undo first': { commands: ['thing.UndoA'] },
    'undo second': { commands: ['thing.UndoB'] },
  },
  correlate: ({ data }) => String(data['key']),
  initial: { seen: 0 },
  evolve: (state, { type }) => (type === 'Ignored' ? state : { seen: state.seen + 1 }),
  decide: (_, { type, data }) => {
    if (type === 'Began') return { commands: [order('A', 'first'), order('B', 'second')] };
    if (type === 'Undo') return { compensate: 'first', complete: true };
    return { timers: (data['timers'] ?? []) as [] };
  },
  compensations: { first: () => order('UndoA'), second: () => order('UndoB') },
  policies: {},
});

let position = 0n;
function event(type: string, data: object = {}): RecordedEvent {
  position += 1n;
  const where = {
    revision: Number(position),
    occurredAt: '2026-03-02T08:00:00.000Z',
    actor: 'ada',
  };
  const recorded = recordEvent({ type, data: { ...data } }, { stream: 'thing-t', ...where });
  return { ...recorded, position };
}

function follow(
  instance: FlowInstance<Steps>,
  events: readonly { readonly type: string; readonly data: object }[],
  cause?: RecordedEvent,
): FlowInstance<Steps> {
  return events.reduce((before, { type, data }) => {
    position += 1n;
    const recorded = recordEvent(
      { type, data: { ...data } },
      {
        stream: before.stream,
        revision: Number(before.revision + 1n),
        occurredAt: '2026-03-02T08:00:00.000Z',
        actor: 'flow',
      },
    );
    return extendFlow(flow, before, { ...recorded, position }, cause);
  }, instance);
}

const idOf = (cause: string, index: number): string => `${cause}#${index}`;
const react = (instance: FlowInstance<Steps>, cause: RecordedEvent): FlowInstance<Steps> =>
  follow(instance, reactTo(flow, instance, cause, idOf), cause);
const accept = (instance: FlowInstance<Steps>): FlowInstance<Steps> => {
  const [next] = openCommands(instance);
  if (next === undefined) throw new Error('no command is open');
  const { id: commandId, process, command, step } = next;
  const shared = { flowVersion: 3, commandId, process, command, step, ticket: 't', attempts: 1 };
  const outcome = {
    type: 'FlowCommandAccepted',
    data: { ...shared, number: '', revision: 0, position: '0' },
  } as const;
  return follow(instance, settleCommand(flow, instance, commandId, outcome));
};

describe('reactTo', () => {
  it('decides on an event once', () => {
    const cause = event('Began');
    const instance = react(absentFlow(flow, 'k'), cause);
    expect(instance).toMatchObject({ status: 'open', run: 1, state: { seen: 1 } });
    expect(reactTo(flow, instance, cause, idOf)).toEqual([]);
  });

  it('gives the very same answer for the same instance and event', () => {
    const cause = event('Began');
    const absent = absentFlow(flow, 'k');
    expect(reactTo(flow, absent, cause, idOf)).toEqual(reactTo(flow, absent, cause, idOf));
  });

  it('does not begin with an event that only continues, nor goes on while parked', () => {
    expect(reactTo(flow, absentFlow(flow, 'k'), event('Told'), idOf)).toEqual([]);
    const open = react(absentFlow(flow, 'k'), event('Began'));
    expect(reactTo(flow, { ...open, status: 'parked' }, event('Told'), idOf)).toEqual([]);
  });

  it('moves a timer that runs, and ignores one that was cancelled after it elapsed', () => {
    const open = react(absentFlow(flow, 'k'), event('Began'));
    const set = react(open, event('Told', { timers: [{ set: 'Due', dueAt: 'T1' }] }));
    const move = event('Told', { timers: [{ set: 'Due', dueAt: 'T2' }] });
    expect(reactTo(flow, set, move, idOf).at(-1)).toMatchObject({
      type: 'TimerMoved',
      data: { dueAt: 'T2', previousDueAt: 'T1' },
    });
    const elapsed = follow(set, [{ type: 'TimerElapsed', data: { name: 'Due', dueAt: 'T1' } }]);
    const cancelled = react(elapsed, event('Told', { timers: [{ cancel: 'Due' }] }));
    const own = { ...event('TimerElapsed', { name: 'Due' }), stream: cancelled.stream };
    expect(reactTo(flow, cancelled, own, idOf)).toEqual([]);
  });

  it('refuses a decision beyond its limits', () => {
    const timers = Array.from({ length: 51 }, (_, n) => ({ set: `T${n}`, dueAt: 'T' }));
    const open = react(absentFlow(flow, 'k'), event('Began'));
    expect(() => reactTo(flow, open, event('Told', { timers }), idOf)).toThrow(/51 timers/);
  });

  it('refuses a decision that the flow does not declare to follow from the event', () => {
    const open = react(absentFlow(flow, 'k'), event('Began'));
    const timers = [{ set: 'Other', dueAt: 'T' }];
    expect(() => reactTo(flow, open, event('Told', { timers }), idOf)).toThrow(
      /from Told: timer Other;/,
    );
    const silent = { ...flow, follows: {} };
    expect(() => reactTo(silent, absentFlow(flow, 'k'), event('Began'), idOf)).toThrow(
      /from Began: thing.A, thing.B;/,
    );
    expect(() => reactTo(silent, open, event('Undo'), idOf)).toThrow(/undoing from first, ends;/);
    const { 'undo first': _, ...follows } = flow.follows;
    expect(() => reactTo({ ...flow, follows }, open, event('Undo'), idOf)).toThrow(
      /from undo first: thing.UndoA;/,
    );
  });

  it('takes what is declared for the very timer or step before what is for all', () => {
    const follows = { ...flow.follows, 'TimerElapsed Late': { commands: ['thing.A'] } };
    const declared = (name: string): unknown =>
      consequenceOf({ follows }, { type: 'TimerElapsed', data: { name } });
    expect(declared('Late')).toEqual({ commands: ['thing.A'] });
    expect(declared('Due')).toEqual({ timers: ['Due'] });
  });

  it('undoes what was accepted, last first, and ends as compensated', () => {
    const begun = react(absentFlow(flow, 'k'), event('Began'));
    const done = accept(accept(begun));
    const undoing = react(done, event('Undo'));
    expect(openCommands(undoing).map(({ command }) => command)).toEqual(['UndoB', 'UndoA']);
    expect(accept(accept(undoing))).toMatchObject({ status: 'completed' });
  });

  it('lets a command through that may be under way, and withdraws those behind it', () => {
    const begun = react(absentFlow(flow, 'k'), event('Began'));
    const undoing = react(begun, event('Undo'));
    expect(openCommands(undoing).map(({ command }) => command)).toEqual(['A', 'UndoA']);
  });

  it('withdraws a parked command and all behind it when a person compensates', () => {
    const begun = react(absentFlow(flow, 'k'), event('Began'));
    const [first] = openCommands(begun);
    const data = { flowVersion: 3, code: 'refused.x', message: '', attempts: 1, cause: null };
    const parked = follow(begun, [{ type: 'FlowParked', data: { ...data, commandId: first?.id } }]);
    const request = { fromStep: 'first', reason: 'No.', completes: true, idOf: String };
    expect(compensationOf(flow, parked, request).data).toMatchObject({
      commands: [],
      withdrawn: [first?.id, expect.any(String)],
    });
  });
});

describe('a flow', () => {
  it('is refused where its definition does not hold together', () => {
    const faulty = { ...flow, name: 'Steps', version: 0, events: { Told: 'continues' as const } };
    expect(() => defineFlow(faulty)).toThrow(/kebab.*versions count.*no event starts.*from Began/);
    const follows = { 'Told more': {}, Told: { commands: ['A'] }, 'undo third': {} };
    expect(() => defineFlow({ ...flow, follows })).toThrow(/Told more.*A is no.*undo third/);
    expect(() => assertFlowsDiffer([flow, { name: 'steps-more' }])).toThrow(/told apart/);
    expect(() => assertFlowsDiffer([flow, { name: 'stepsmore' }])).not.toThrow();
  });

  it('knows its own streams', () => {
    expect(flowKeyOfStream('steps', 'flow-steps-a-b')).toBe('a-b');
    expect(flowKeyOfStream('steps', 'flow-stepsmore-a')).toBeUndefined();
  });
});
