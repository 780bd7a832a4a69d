import { RequestDesk } from '../testing/request-desk';
import { requestProcess } from '../testing/request.process';
import { factsKeeper } from '../ticket-facts';
import { ticketFiguresProjection } from '../ticket-figures/ticket-figures.projection';
import { KPI_DAYS_MAX, ticketKpis, type TicketKpis } from './ticket-kpis.query';

const none = { medianMinutes: null, p90Minutes: null, meanMinutes: null };

describe('the key figures of a process', () => {
  let desk: RequestDesk;

  const opened = (ticket: string, at: string): Promise<void> =>
    desk.change(ticket, at, { state: 'new' });
  const moved = (ticket: string, at: string, state: string): Promise<void> =>
    desk.change(ticket, at, { state });
  const kpis = async (from: string, to: string): Promise<TicketKpis> =>
    ticketKpis(await desk.read(), requestProcess, { from, to });

  beforeEach(async () => {
    desk = await RequestDesk.open();
  });

  afterEach(() => desk.close());

  it('counts what happened on each day, in business time', async () => {
    await opened('a', '2026-03-01T23:59');
    await opened('b', '2026-03-02T00:00');
    await moved('a', '2026-03-02T01:00', 'resolved');
    await moved('a', '2026-03-03T01:00', 'closed');
    await moved('b', '2026-03-03T02:00', 'cancelled');
    const { days, totals } = await kpis('2026-03-01', '2026-03-03');
    expect(days).toMatchObject([
      { day: '2026-03-01', opened: 1, resolved: 0, backlog: { tickets: 1 }, ...none },
      { day: '2026-03-02', opened: 1, resolved: 1, backlog: { tickets: 1 }, medianMinutes: 61 },
      { day: '2026-03-03', closed: 1, cancelled: 1, resolved: 0, backlog: { tickets: 0 } },
    ]);
    expect(totals).toMatchObject({
      opened: 2,
      resolved: 1,
      reopened: 0,
      closed: 1,
      cancelled: 1,
      medianMinutes: 61,
      reopenRate: 0,
    });
  });

  it('puts a reopened ticket back into the backlog, unresolved, until it is resolved again', async () => {
    await opened('a', '2026-03-01T08:00');
    await moved('a', '2026-03-01T09:00', 'resolved');
    await moved('a', '2026-03-02T09:00', 'closed');
    await moved('a', '2026-03-04T08:00', 'new');
    const open = await kpis('2026-03-01', '2026-03-05');
    expect(open.days.map(({ backlog }) => backlog.tickets)).toEqual([0, 0, 0, 1, 1]);
    expect(open.totals).toMatchObject({ resolved: 1, reopened: 1, reopenRate: 1, ...none });

    await moved('a', '2026-03-05T08:00', 'resolved');
    const again = await kpis('2026-03-01', '2026-03-05');
    expect(again.days.map(({ backlog }) => backlog.tickets)).toEqual([0, 0, 0, 1, 0]);
    expect(again.days.map(({ medianMinutes }) => medianMinutes)).toEqual([
      null,
      null,
      null,
      null,
      4 * 24 * 60,
    ]);
    expect(again.totals).toMatchObject({ resolved: 2, ticketsResolved: 1, ticketsReopened: 1 });
  });

  it('counts each ticket once in the reopening rate of any period, however often it came back', async () => {
    await opened('a', '2026-03-01T08:00');
    for (const day of ['02', '03', '04']) {
      await moved('a', `2026-03-${day}T08:00`, 'resolved');
      await moved('a', `2026-03-${day}T09:00`, 'new');
      await moved('a', `2026-03-${day}T10:00`, 'resolved');
      await moved('a', `2026-03-${day}T11:00`, 'new');
    }
    await opened('b', '2026-03-01T08:00');
    await moved('b', '2026-03-04T08:00', 'resolved');
    const whole = await kpis('2026-03-01', '2026-03-31');
    expect(whole.totals).toMatchObject({ resolved: 7, reopened: 6 });
    expect(whole.totals).toMatchObject({ ticketsResolved: 2, ticketsReopened: 1, reopenRate: 0.5 });
    const part = await kpis('2026-03-03', '2026-03-03');
    expect(part.totals).toMatchObject({ reopened: 2, ticketsResolved: 1, ticketsReopened: 1 });
    expect((await kpis('2026-03-05', '2026-03-31')).totals.reopenRate).toBeNull();
  });

  it('gives median and 90th percentile by nearest rank, exact to the minute', async () => {
    const minutes = [1, 2, 3, 5, 8, 13, 21, 34, 40, 55];
    for (const [n, after] of minutes.entries()) {
      await opened(`t${n}`, '2026-03-01T08:00');
      await moved(`t${n}`, `2026-03-01T08:${String(after).padStart(2, '0')}`, 'resolved');
    }
    const { totals } = await kpis('2026-03-01', '2026-03-01');
    expect(totals).toMatchObject({ medianMinutes: 8, p90Minutes: 40, meanMinutes: 18.2 });
  });

  it('divides the backlog of any day by age', async () => {
    await opened('today', '2026-06-30T08:00');
    await opened('yesterday', '2026-06-29T08:00');
    await opened('week', '2026-06-23T08:00');
    await opened('month', '2026-05-31T08:00');
    await opened('quarter', '2026-04-01T08:00');
    await opened('old', '2026-03-31T08:00');
    await opened('done', '2026-03-31T08:00');
    await moved('done', '2026-04-01T08:00', 'resolved');
    const { days } = await kpis('2026-06-30', '2026-06-30');
    expect(days[0]?.backlog).toEqual({
      tickets: 6,
      byAge: { days0To1: 2, days2To7: 1, days8To30: 1, days31To90: 1, daysOver90: 1 },
    });
  });

  it('takes a ticket that is cancelled after its resolution out of the backlog only once', async () => {
    await opened('a', '2026-03-01T08:00');
    await moved('a', '2026-03-01T09:00', 'resolved');
    await moved('a', '2026-03-01T10:00', 'cancelled');
    const { days } = await kpis('2026-03-01', '2026-03-01');
    expect(days[0]).toMatchObject({ resolved: 1, cancelled: 1, backlog: { tickets: 0 } });
  });

  it('says as of which position it speaks', async () => {
    await opened('a', '2026-03-01T08:00');
    await desk.note('a', '2026-03-01T08:00');
    expect((await kpis('2026-03-01', '2026-03-01')).position).toBe('2');
  });

  it('refuses what is no period', async () => {
    const readStore = await desk.read([ticketFiguresProjection(factsKeeper(requestProcess))]);
    const last = new Date(Date.UTC(2026, 0, KPI_DAYS_MAX + 1)).toISOString().slice(0, 10);
    for (const [from, to] of [
      ['2026-03-02', '2026-03-01'],
      ['2026-02-29', '2026-03-01'],
      ['yesterday', '2026-03-01'],
      ['2026-03-01', '2026-3-02'],
      ['2026-01-01', last],
    ] as const) {
      await expect(ticketKpis(readStore, requestProcess, { from, to })).rejects.toMatchObject({
        code: 'invalid.period',
      });
    }
  });
});
