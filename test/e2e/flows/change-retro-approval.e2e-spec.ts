import { emergency, HOUR_MS, openChangeDesk, type ChangeDesk } from './change-desk';

let desk: ChangeDesk;

beforeAll(async () => {
  desk = await openChangeDesk();
});

afterAll(async () => {
  await desk.close();
});

/** Begun without approval, as the service is down; a window of its own for each. */
async function begun(item: string, hour: number): Promise<string> {
  const body = { ...emergency, configurationItems: [item] };
  const id = await desk.drafted(body, [hour, hour + 4]);
  const down = { retrospective: true, serviceDownSince: '2026-01-01T00:00:00Z' };
  await desk.command(`changes/${id}/submit`, down);
  await desk.engine.flowsIdle();
  await desk.command(`changes/${id}/start`, {}, 'li');
  await desk.engine.flowsIdle();
  return id;
}

describe('change-retro-approval', () => {
  it('escalates a change that nobody approves in time, until somebody does', async () => {
    const id = await begun('relay-1', 0);
    await desk.engine.advance(24 * HOUR_MS - 1);
    expect(await desk.ticket(`changes/${id}`)).toMatchObject({ isEscalated: false });
    await desk.engine.advance(1);
    expect(await desk.ticket(`changes/${id}`)).toMatchObject({
      escalations: [{ kind: 'hierarchic', to: 'head-of-change-management' }],
    });
    await desk.command(`changes/${id}/approve`, {}, 'ben');
    await desk.engine.flowsIdle();
    expect(await desk.ticket(`changes/${id}`)).toMatchObject({
      state: 'implement',
      isAuthorised: true,
      isEscalated: false,
    });
  });

  it('has a «no» decided upon, and takes the back-out for the decision', async () => {
    const id = await begun('relay-2', 24);
    await desk.command(`changes/${id}/reject`, { reason: 'Too risky.' }, 'ben');
    await desk.engine.flowsIdle();
    expect(await desk.ticket(`changes/${id}`)).toMatchObject({
      escalations: [{ to: 'change-management', reason: expect.stringContaining('Too risky.') }],
    });
    await desk.command(`changes/${id}/back-out`, { reason: 'As decided.' }, 'li');
    await desk.engine.flowsIdle();
    await desk.engine.advance(48 * HOUR_MS);
    expect(await desk.ticket(`changes/${id}`)).toMatchObject({
      state: 'review',
      isEscalated: false,
    });
  });
});
