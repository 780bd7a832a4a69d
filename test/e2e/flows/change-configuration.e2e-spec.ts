import { HOUR_MS, openChangeDesk, type ChangeDesk } from './change-desk';

let desk: ChangeDesk;

beforeAll(async () => {
  desk = await openChangeDesk();
});

afterAll(async () => {
  await desk.close();
});

/** A change of one server that has begun, each on a day of its own. */
async function begun(serial: string, day: number): Promise<{ change: string; server: string }> {
  const server = await desk.server(serial);
  const start = day * 24;
  const change = await desk.scheduled({ configurationItems: [server] }, [start, start + 4]);
  await desk.engine.advance(24 * HOUR_MS);
  await desk.command(`changes/${change}/start`, {}, 'li');
  await desk.engine.flowsIdle();
  return { change, server };
}

async function baselinesOf(change: string): Promise<readonly unknown[]> {
  // Whatever is recorded now stands behind the baselines in the log.
  const note = { text: 'Which baselines are there?', visibility: 'internal' };
  const noted = await desk.engine.post(`/api/v1/changes/${change}/add-note`, { body: note });
  const wait = `minPosition=${String(noted.body['position'])}`;
  const { body } = await desk.engine.get(`/api/v1/configuration-baselines?limit=50&${wait}`);
  const items = body['items'] as readonly Readonly<Record<string, unknown>>[];
  return items.filter((item) => item['change'] === change).map(({ name }) => name);
}

const memory = (change: string, value: number): object => ({
  attribute: 'memoryGigabytes',
  value,
  change,
});

describe('change-configuration', () => {
  it('records which items a change altered, and asks for its review in time', async () => {
    const { change, server } = await begun('SN-1', 1);
    await desk.command(
      `configuration-items/${server}/change-attribute`,
      { ...memory(change, 128) },
      'li',
    );
    await desk.command(`changes/${change}/finish`, { itemUpdates: 'none' }, 'li');
    await desk.engine.flowsIdle();
    expect(await desk.ticket(`changes/${change}`)).toMatchObject({
      state: 'review',
      reviewer: 'mara',
      reviewDueAt: '2026-01-07T00:00:00.000Z',
      itemUpdates: [{ configurationItem: server, by: 'flow:change-configuration' }],
    });
    await desk.engine.advance(5 * 24 * HOUR_MS);
    expect(await desk.ticket(`changes/${change}`)).toMatchObject({
      escalations: [{ to: 'change-management', reason: 'Its review is overdue.' }],
    });
  });

  it('restores what was recorded under a change that is backed out', async () => {
    const { change, server } = await begun('SN-2', 7);
    const path = `configuration-items/${server}`;
    const before = await desk.ticket(path);
    await desk.command(`${path}/change-attribute`, { ...memory(change, 256) }, 'li');
    await desk.command(`${path}/move`, { to: 'in-maintenance', change }, 'li');
    await desk.command(`changes/${change}/back-out`, { reason: 'It does not boot.' }, 'li');
    await desk.engine.flowsIdle();
    const after = await desk.ticket(path);
    expect(after).toMatchObject({
      state: 'in-production',
      attributes: before['attributes'] as object,
    });
    // Nothing differs from the baseline before, so nothing is recorded on the change.
    expect(await desk.ticket(`changes/${change}`)).toMatchObject({
      state: 'review',
      itemUpdates: [],
    });
    expect(await baselinesOf(change)).toEqual(
      expect.arrayContaining(['Before the change', 'After the back-out']),
    );
  });
});
