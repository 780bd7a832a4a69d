import { openChangeDesk, type ChangeDesk } from './change-desk';

let desk: ChangeDesk;

beforeAll(async () => {
  desk = await openChangeDesk();
});

afterAll(async () => {
  await desk.close();
});

const window = {
  plannedStart: '2026-01-02T00:00:00.000Z',
  plannedEnd: '2026-01-02T02:00:00.000Z',
};

async function noticesOf(change: string): Promise<readonly unknown[]> {
  const events = await desk.eventsOf(change);
  return events.filter(({ type }) => type === 'ChangeAnnounced').map(({ data }) => data);
}

describe('change-schedule', () => {
  it('enters an authorised change in the calendar of its items and tells those concerned', async () => {
    const server = await desk.server('SN-1');
    const change = await desk.scheduled({ configurationItems: [server] });
    expect(await desk.ticket(`configuration-items/${server}`)).toMatchObject({
      openChanges: [change],
      schedule: [{ change, ...window }],
    });
    expect(await noticesOf(change)).toMatchObject([
      { kind: 'scheduled', audience: ['rita', 'mara'], service: 'mail', ...window },
    ]);
  });

  it('moves both with the change, and undoes each when it is cancelled', async () => {
    const server = await desk.server('SN-2');
    const change = await desk.scheduled({ configurationItems: [server] });
    const moved = { ...window, plannedEnd: '2026-01-02T02:30:00.000Z' };
    await desk.command(`changes/${change}/reschedule`, { ...moved, reason: 'It takes longer.' });
    await desk.engine.flowsIdle();
    expect(await desk.ticket(`configuration-items/${server}`)).toMatchObject({
      schedule: [{ change, ...moved }],
    });
    await desk.command(`changes/${change}/cancel`, { reason: 'not-needed', comment: 'Sold.' });
    await desk.engine.flowsIdle();
    expect(await desk.ticket(`configuration-items/${server}`)).toMatchObject({
      openChanges: [],
      schedule: [],
    });
    expect(await noticesOf(change)).toMatchObject([
      { kind: 'scheduled' },
      { kind: 'moved', reason: 'It takes longer.', plannedEnd: moved.plannedEnd },
      { kind: 'withdrawn', reason: 'Sold.' },
    ]);
  });

  it('undoes each when the change has to be authorised again, and does without items', async () => {
    const change = await desk.scheduled({ configurationItems: ['no-such-item'] }, [30, 32]);
    const later = { plannedStart: '2026-01-05T06:00:00Z', plannedEnd: '2026-01-05T08:00:00Z' };
    await desk.command(`changes/${change}/reschedule`, { ...later, reason: 'The vendor is ill.' });
    await desk.engine.flowsIdle();
    expect(await desk.ticket(`changes/${change}`)).toMatchObject({ state: 'authorise' });
    expect(await noticesOf(change)).toMatchObject([
      { kind: 'scheduled' },
      { kind: 'withdrawn', reason: expect.stringContaining('plannedStart') },
    ]);
  });
});
