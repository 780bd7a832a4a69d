import { RequestDesk } from '../testing/request-desk';
import { requestProcess } from '../testing/request.process';
import { factsKeeper } from '../ticket-facts';
import { ticketFiguresProjection } from '../ticket-figures/ticket-figures.projection';
import { ticketBoard } from '../ticket-board/ticket-board.query';
import { ticketWorkload } from '../ticket-workload/ticket-workload.query';
import { ticketCounters, ticketStatistics } from './ticket-counters.query';

const at = '2026-03-01T08:00';

describe('counters, workload and board of a process', () => {
  let desk: RequestDesk;

  beforeEach(async () => {
    desk = await RequestDesk.open();
    await desk.change('a', at, { state: 'new', assignmentGroup: 'Net', priority: 1, title: 'A' });
    await desk.change('b', at, { state: 'new', assignmentGroup: 'Net', assignee: 'ann' });
    await desk.change('b', at, { priority: 2, reassignmentCount: 2 });
    await desk.change('c', at, { state: 'new', assignee: 'ann', priority: 2 });
    await desk.change('c', at, { state: 'waiting' });
    await desk.change('d', at, { state: 'new', assignmentGroup: 'Net', assignee: 'bob' });
    await desk.change('d', at, { state: 'resolved' });
    await desk.change('d', at, { state: 'new', reopenCount: 1 });
    await desk.change('d', at, { state: 'resolved' });
    await desk.change('d', at, { state: 'new', reopenCount: 2 });
    await desk.change('d', at, { state: 'closed' });
    await desk.note('d', at);
  });

  afterEach(() => desk.close());

  it('counts by state, group and priority', async () => {
    expect(await ticketCounters(await desk.read(), requestProcess)).toEqual({
      position: '12',
      tickets: 4,
      open: 2,
      waiting: 1,
      done: 1,
      byState: expect.arrayContaining([
        { state: 'new', stateCategory: 'open', tickets: 2 },
        { state: 'waiting', stateCategory: 'waiting', tickets: 1 },
        { state: 'closed', stateCategory: 'done', tickets: 1 },
      ]),
      byGroup: [
        {
          assignmentGroup: 'Net',
          tickets: 3,
          open: 2,
          waiting: 0,
          done: 1,
          unfinishedByPriority: { 1: 1, 2: 1 },
        },
        {
          assignmentGroup: null,
          tickets: 1,
          open: 0,
          waiting: 1,
          done: 0,
          unfinishedByPriority: { 2: 1 },
        },
      ],
      byPriority: [
        { priority: 1, tickets: 1, open: 1, waiting: 0, done: 0 },
        { priority: 2, tickets: 2, open: 1, waiting: 1, done: 0 },
        { priority: null, tickets: 1, open: 0, waiting: 0, done: 1 },
      ],
    });
  });

  it('says how many tickets were reopened and reassigned, and how many times', async () => {
    expect(await ticketStatistics(await desk.read(), requestProcess)).toEqual({
      position: '12',
      total: 4,
      byState: { new: 2, waiting: 1, closed: 1 },
      byPriority: { 1: 1, 2: 2, none: 1 },
      reopenings: 2,
      reopened: 1,
      reassigned: 1,
    });
  });

  it('tells a group called none from no group, and any name from a name of JavaScript', async () => {
    await desk.change('e', at, { state: 'new', assignmentGroup: 'none' });
    await desk.change('f', at, { state: 'new', assignmentGroup: '__proto__' });
    const { byGroup } = await ticketCounters(await desk.read(), requestProcess);
    expect(byGroup.map(({ assignmentGroup }) => assignmentGroup).sort()).toEqual(
      ['Net', '__proto__', 'none', null].sort(),
    );
  });

  it('lists who has how much in hand, most first, finished tickets apart', async () => {
    expect(await ticketWorkload(await desk.read(), requestProcess)).toEqual({
      items: [
        {
          assignee: 'ann',
          unfinished: 2,
          open: 1,
          waiting: 1,
          unfinishedByPriority: { 2: 2 },
        },
        { assignee: null, unfinished: 1, open: 1, waiting: 0, unfinishedByPriority: { 1: 1 } },
      ],
      nextCursor: null,
      position: '12',
    });
  });

  it('shows a column for each state, with all counted and the gravest on top', async () => {
    const board = await ticketBoard(await desk.read(), requestProcess, { cards: 1 });
    expect(board.position).toBe('12');
    expect(board.columns).toMatchObject([
      { state: 'new', title: 'New', stateCategory: 'open', tickets: 2, cards: [{ id: 'a' }] },
      { state: 'waiting', tickets: 1, cards: [{ id: 'c' }] },
      { state: 'resolved', tickets: 0, cards: [] },
      { state: 'closed', tickets: 1, cards: [{ id: 'd' }] },
      { state: 'cancelled', tickets: 0, cards: [] },
    ]);
    expect(board.columns[0]?.cards[0]).not.toHaveProperty('facts');
  });

  it('changes no document for an event that does not concern the facts', () => {
    const keeper = factsKeeper(requestProcess);
    const event = { type: 'RequestNoted', stream: 'request-a', data: { text: 'x' } } as never;
    const document = { facts: { state: 'new' } };
    expect(ticketFiguresProjection(keeper).fold(document, event)).toBe(document);
  });
});
