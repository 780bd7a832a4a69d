import type { Projection, ReadDocument, RecordedEvent } from '@ledgerdesk/kernel';
import { recordEvent } from '@ledgerdesk/kernel/testing';
import { causationProjection } from '../causation/causation.projection';
import { flowTimersProjection } from '../flow-timers/flow-timers.projection';
import { flowInstancesProjection } from './flow-instances.projection';

const stream = 'flow-closing-a';
const origin = { kind: 'flow', id: 'closing', version: '2' } as const;

type Step = readonly [type: string, data?: Readonly<Record<string, unknown>>];

function events(steps: readonly Step[]): readonly RecordedEvent[] {
  return steps.map(([type, data = {}], revision) => ({
    ...recordEvent(
      { type, data: { flowVersion: 2, ...data } },
      { stream, revision, occurredAt: '2026-03-02T08:00:00.000Z', actor: 'flow:closing' },
    ),
    origin,
  }));
}

function documentsOf(
  projection: Projection,
  ...steps: readonly Step[]
): Readonly<Record<string, ReadDocument>> {
  const documents: Record<string, ReadDocument> = {};
  for (const event of events(steps)) {
    const key = projection.keyOf(event);
    if (key === undefined) continue;
    const next = projection.fold(documents[key], event);
    if (next === null) Reflect.deleteProperty(documents, key);
    else documents[key] = next;
  }
  return documents;
}

const started: Step = ['FlowStarted', { flow: 'closing', key: 'a', run: 1 }];
const decided: Step = [
  'FlowDecided',
  { commands: [{ id: 'c', command: 'CloseIncident', ticket: 'a' }], causePosition: '7' },
];
const parked: Step = [
  'FlowParked',
  { code: 'refused.state', message: 'no', attempts: 1, commandId: 'c', wayOut: 'retry' },
];
const set: Step = ['TimerSet', { flow: 'closing', key: 'a', name: 'Due', dueAt: 'T1' }];

describe('flow-instances', () => {
  const of = (...steps: readonly Step[]): ReadDocument | undefined =>
    documentsOf(flowInstancesProjection, ...steps)[stream];

  it('shows what an instance waits for', () => {
    expect(of(started, decided, set)).toMatchObject({
      flow: 'closing',
      key: 'a',
      version: 2,
      status: 'open',
      hasOpenCommands: true,
      commands: { c: 'CloseIncident a' },
      timers: { Due: 'T1' },
    });
  });

  it('waits no more for a command with an outcome, and a timer that elapsed', () => {
    const accepted: Step = ['FlowCommandAccepted', { commandId: 'c' }];
    expect(of(started, decided, set, accepted, ['TimerElapsed', { name: 'Due' }])).toMatchObject({
      hasOpenCommands: false,
      timers: {},
    });
  });

  it('shows why it is parked, and takes that away when it goes on', () => {
    const refused: Step = ['FlowCommandRefused', { commandId: 'c', handling: 'parked' }];
    const shown = of(started, decided, refused, parked);
    expect(shown).toMatchObject({ status: 'parked', parkedCode: 'refused.state', wayOut: 'retry' });
    expect(of(started, decided, refused, parked, ['FlowRetried', {}])).toMatchObject({
      status: 'open',
      parkedCode: null,
      hasOpenCommands: true,
    });
    expect(
      of(started, decided, refused, parked, ['FlowSkipped', { commandId: 'c' }]),
    ).toMatchObject({ status: 'open', hasOpenCommands: false });
  });

  it('takes up again a refusal that found no branch', () => {
    const refused: Step = ['FlowCommandRefused', { commandId: 'c', handling: 'branch' }];
    expect(of(started, decided, refused)).toMatchObject({ hasOpenCommands: false });
    expect(of(started, decided, refused, parked)).toMatchObject({ hasOpenCommands: true });
  });

  it('shows the undoing commands in place of those withdrawn', () => {
    const undone: Step = [
      'FlowCompensated',
      { commands: [{ id: 'u', command: 'Reopen', ticket: 'a' }], withdrawn: ['c'] },
    ];
    expect(of(started, decided, undone)).toMatchObject({ commands: { u: 'Reopen a' } });
  });

  it('forgets an instance that is over, and one that never began', () => {
    expect(of(started, decided, ['FlowCompleted', {}])).toBeUndefined();
    expect(of(parked, ['FlowSkipped', { commandId: null }])).toBeUndefined();
    expect(of(parked)).toMatchObject({ flow: 'closing', key: 'a', status: 'parked' });
  });
});

describe('flow-timers', () => {
  const of = (...steps: readonly Step[]): Readonly<Record<string, ReadDocument>> =>
    documentsOf(flowTimersProjection, ...steps);

  it('shows the timers that run, by when they are due', () => {
    const moved: Step = ['TimerMoved', { name: 'Due', dueAt: 'T2', previousDueAt: 'T1' }];
    expect(of(started, set)[`${stream} Due`]).toMatchObject({ dueAt: 'T1', stream });
    expect(of(started, set, moved)[`${stream} Due`]).toMatchObject({
      dueAt: 'T2',
      flow: 'closing',
    });
  });

  it.each(['TimerElapsed', 'TimerCancelled'])('forgets a timer at %s', (type) => {
    expect(of(started, set, [type, { name: 'Due' }])).toEqual({});
  });
});

describe('causation', () => {
  it('keeps where an event stands that another caused, with where the cause stands', () => {
    const { keyOf, fold } = causationProjection(['flow-']);
    const [event] = events([decided]);
    if (event === undefined) throw new Error('no event');
    expect(keyOf(event)).toBeUndefined();
    const caused = { ...event, causationId: 'cause' };
    expect(keyOf(caused)).toBe(event.id);
    expect(fold(undefined, caused)).toEqual({
      position: String(event.position),
      order: Number(event.position),
      causationId: 'cause',
      causePosition: '7',
    });
  });
});
