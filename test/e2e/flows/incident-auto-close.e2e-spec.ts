import { ManualClock } from '@ledgerdesk/engine/testing';
import { mailIncident, startEngineUnderTest, type EngineUnderTest } from '../engine-under-test';

const DAY_MS = 86_400_000;
const INCIDENTS = '/api/v1/incidents';

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await startEngineUnderTest({}, { clock: new ManualClock() });
});

afterAll(async () => {
  await engine.close();
});

async function command(id: string, route: string, body: object = {}): Promise<void> {
  const answer = await engine.post(`${INCIDENTS}/${id}/${route}`, { body });
  expect(answer).toMatchObject({ status: 200 });
}

async function resolved(): Promise<string> {
  const { body } = await engine.post(INCIDENTS, { body: mailIncident });
  const id = String(body['id']);
  await command(id, 'take', { group: 'desk' });
  await command(id, 'resolve', { code: 'other', notes: 'Restarted.' });
  return id;
}

async function stateOf(id: string): Promise<unknown> {
  return (await engine.get(`${INCIDENTS}/${id}`)).body['state'];
}

describe('incident-auto-close', () => {
  it('closes a resolved incident after a week, in the name of the flow', async () => {
    const id = await resolved();
    await engine.advance(7 * DAY_MS - 1);
    expect(await stateOf(id)).toBe('resolved');
    await engine.advance(1);
    expect(await stateOf(id)).toBe('closed');
    const { body } = await engine.get(`${INCIDENTS}/${id}/history`);
    const events = body['entries'] as readonly Readonly<Record<string, unknown>>[];
    expect(events.at(-1)).toMatchObject({
      type: 'IncidentClosed',
      actor: 'flow:incident-auto-close',
    });
  });

  it('leaves an incident open that was reopened in time', async () => {
    const id = await resolved();
    await command(id, 'reopen', { reason: 'It failed again.' });
    await engine.advance(30 * DAY_MS);
    expect(await stateOf(id)).toBe('in-progress');
  });

  it('closes late what fell due while the engine was down', async () => {
    const id = await resolved();
    await engine.flowsIdle();
    await engine.restart();
    await engine.advance(30 * DAY_MS);
    expect(await stateOf(id)).toBe('closed');
  });
});
