import { openChangeDesk, type ChangeDesk } from './change-desk';
import { mailIncident } from '../engine-under-test';

type Row = Readonly<Record<string, unknown>>;

const MINUTE_MS = 60_000;

let desk: ChangeDesk;

// Each spec has a service of its own, on one engine.
beforeAll(async () => {
  desk = await openChangeDesk();
});

afterAll(() => desk.close());

/** What is listed about the service. */
async function about(service: string, plural: string): Promise<readonly Row[]> {
  // What is recorded now stands in the log behind all that the flows did.
  const { position } = (await desk.engine.post('/api/v1/incidents', { body: other })).body;
  const wait = `minPosition=${String(position)}`;
  const listed = await desk.engine.get(`/api/v1/${plural}?limit=50&${wait}`);
  const items = listed.body['items'] as readonly Row[];
  const freeze = `Major incident on ${service}`;
  return items.filter((row) => row['service'] === service || row['title'] === freeze);
}

const other = { ...mailIncident, service: 'telephony' };

/** So many incidents on the service at once. */
async function surge(service: string, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push(await desk.create('incidents', { ...mailIncident, service }));
  }
  await desk.engine.flowsIdle();
  return ids;
}

async function declared(service: string): Promise<string> {
  const [incident] = await surge(service, 1);
  const proposal = { incident, reason: 'Nobody can work.' };
  const id = await desk.create('major-incidents', proposal);
  await desk.command(`major-incidents/${id}/accept`, {
    severity: 1,
    businessImpact: 'No orders come in.',
    workNote: 'Teams are called.',
  });
  await desk.engine.flowsIdle();
  return id;
}

describe('service-to-major-incident', () => {
  it('proposes the tenth incident within an hour, once, and a person decides', async () => {
    await surge('mail', 9);
    expect(await about('mail', 'major-incidents')).toEqual([]);
    const [last] = await surge('mail', 1);
    await surge('mail', 3);
    expect(await about('mail', 'major-incidents')).toEqual([
      expect.objectContaining({ state: 'proposed', incident: last }),
    ]);
  });

  it('proposes nothing for a day once a proposal was turned down', async () => {
    await surge('web', 10);
    const [found] = await about('web', 'major-incidents');
    await desk.command(`major-incidents/${String(found?.['id'])}/reject`, { reason: 'A drill.' });
    await surge('web', 11);
    expect(await about('web', 'major-incidents')).toHaveLength(1);
    await desk.engine.advance(24 * 60 * MINUTE_MS);
    await surge('web', 10);
    expect(await about('web', 'major-incidents')).toHaveLength(2);
  });
});

describe('major-incident-response', () => {
  it('gives it roles, a bridge, a problem and a freeze that ends with the response', async () => {
    const id = await declared('orders');
    expect(await desk.ticket(`major-incidents/${id}`)).toMatchObject({
      state: 'responding',
      roles: expect.arrayContaining([
        expect.objectContaining({ role: 'scribe', person: 'duty-scribe' }),
      ]),
    });
    expect(await about('orders', 'problems')).toMatchObject([
      { title: 'Cause of a major incident on orders' },
    ]);
    expect(await about('orders', 'freeze-windows')).toMatchObject([{ state: 'in-force' }]);
    const { declaredAt } = await desk.ticket(`major-incidents/${id}`);
    await desk.command(`major-incidents/${id}/mitigate`, { impactEndedAt: declaredAt });
    await desk.command(`major-incidents/${id}/resolve`, { notes: 'Switched over.' });
    await desk.engine.flowsIdle();
    expect(await about('orders', 'freeze-windows')).toMatchObject([{ state: 'ended' }]);
  });

  it('reminds of an update that is due', async () => {
    const id = await declared('billing');
    await desk.engine.advance(60 * MINUTE_MS);
    const { notes } = await desk.ticket(`major-incidents/${id}`);
    const texts = (notes as readonly Row[]).map(({ text }) => String(text));
    expect(texts).toContainEqual(expect.stringMatching(/^Reminder 1: an update for .* is due\.$/));
  });

  it('takes problem and freeze back when it is demoted', async () => {
    const id = await declared('printing');
    await desk.command(`major-incidents/${id}/demote`, { reason: 'Only a test.' });
    await desk.engine.flowsIdle();
    expect(await about('printing', 'problems')).toMatchObject([
      { state: 'closed', closeCode: 'cancelled' },
    ]);
    expect(await about('printing', 'freeze-windows')).toMatchObject([{ state: 'ended' }]);
  });
});
