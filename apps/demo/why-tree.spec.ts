import { countEvents, whyTree, type Effect } from './why-tree';

const event = (type: string, over: Partial<Effect> = {}, ...effects: Effect[]): Effect => ({
  type,
  stream: 'incident-1',
  number: 'INC-000001',
  actor: 'ada',
  occurredAt: '2026-10-08T09:15:00.000Z',
  effects,
  ...over,
});

const progress = (type: string, ...effects: Effect[]): Effect =>
  event(type, { stream: 'flow-repeats-1', number: null, actor: 'flow:repeats' }, ...effects);

describe('the tree of what came of an event', () => {
  it('tells what the progress of a flow led to, and leaves the progress out', () => {
    const problem = { number: 'PRB-000001', actor: 'flow:repeats' };
    const root = event(
      'IncidentRegistered',
      {},
      progress('FlowDecided', event('ProblemRegistered', problem)),
      progress('TimerSet', progress('FlowDecided')),
    );
    expect(whyTree(root)).toEqual([
      '10-08 09:15  IncidentRegistered  INC-000001  by ada',
      '10-08 09:15  └ ProblemRegistered  PRB-000001  by flow:repeats',
    ]);
    expect(countEvents(root)).toBe(5);
  });

  it('tells once what happened alike to several tickets, with all that followed', () => {
    const resolved = (number: string): Effect =>
      event('IncidentResolved', { number }, event('IncidentClosed', { number }));
    const numbers = ['INC-000001', 'INC-000002', 'INC-000003'];
    expect(whyTree(event('ProblemResolved', {}, ...numbers.map(resolved))).slice(1)).toEqual([
      '10-08 09:15  └ IncidentResolved x3  INC-000001 to INC-000003  by ada',
      '10-08 09:15    └ IncidentClosed x3  INC-000001 to INC-000003  by ada',
    ]);
  });

  it('keeps apart what happened alike but led to something else', () => {
    const held = event('IncidentHeld', { number: 'INC-000002' });
    const linked = event('IncidentHeld', {}, event('IncidentLinked'));
    expect(whyTree(event('ProblemRegistered', {}, held, linked)).slice(1)).toEqual([
      '10-08 09:15  ├ IncidentHeld  INC-000002  by ada',
      '10-08 09:15  └ IncidentHeld  INC-000001  by ada',
      '10-08 09:15    └ IncidentLinked  INC-000001  by ada',
    ]);
  });

  it('puts on one line what somebody did to a ticket at a time, and how much more', () => {
    const edits = ['PlanChanged', 'TestChanged', 'ImpactSet', 'Assigned'].map((type) =>
      event(type),
    );
    expect(whyTree(event('ChangeDrafted', {}, ...edits)).slice(1)).toEqual([
      '10-08 09:15  └ PlanChanged, TestChanged, and 2 more  INC-000001  by ada',
    ]);
  });

  it('shows a timer that led to something', () => {
    const elapsed = event(
      'TimerElapsed',
      { stream: 'flow-close-1', number: null, actor: 'timer:CloseDue' },
      event('IncidentClosed'),
    );
    const idle = event('TimerElapsed', { stream: 'flow-close-2', number: null });
    expect(whyTree(event('IncidentResolved', {}, elapsed, idle)).slice(1)).toEqual([
      '10-08 09:15  └ TimerElapsed  by timer:CloseDue',
      '10-08 09:15    └ IncidentClosed  INC-000001  by ada',
    ]);
  });
});
