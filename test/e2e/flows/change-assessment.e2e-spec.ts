import { HOUR_MS, openChangeDesk, type ChangeDesk } from './change-desk';

let desk: ChangeDesk;

beforeAll(async () => {
  desk = await openChangeDesk();
});

afterAll(async () => {
  await desk.close();
});

describe('change-assessment', () => {
  it('judges, scans and asks for approval, the board without the requester', async () => {
    const id = await desk.toAuthorise({ configurationItems: ['switch-1'] });
    const change = await desk.ticket(`changes/${id}`);
    expect(change).toMatchObject({
      state: 'authorise',
      risk: 'moderate',
      riskFacts: { serviceCriticality: 3 },
      scan: { isFresh: true, mode: 'advanced', conflicts: [] },
      approvalRounds: [
        { policy: 'change-manager', approvers: ['mara'], status: 'pending' },
        { policy: 'cab', approvers: ['ben', 'jon', 'eve'], status: 'pending' },
      ],
    });
  });

  it('finds the change and the freeze that are in the way', async () => {
    const first = await desk.scheduled({ configurationItems: ['relay-1'] });
    const freeze = await desk.create('freeze-windows', {
      title: 'End of the quarter',
      kind: 'soft',
      reason: 'The books are closed.',
      entries: [{ start: '2026-01-02T00:00:00Z', end: '2026-01-03T00:00:00Z' }],
      services: ['mail'],
    });
    await desk.command(`freeze-windows/${freeze}/publish`);
    const second = await desk.toAuthorise({ configurationItems: ['relay-1'] }, [25, 27]);
    const { number } = await desk.ticket(`changes/${first}`);
    const { number: freezeNumber } = await desk.ticket(`freeze-windows/${freeze}`);
    const { scan } = await desk.ticket(`changes/${second}`);
    expect(scan).toMatchObject({
      conflicts: [
        {
          kind: 'same-item-scheduled',
          with: number,
          severity: 'hard',
          configurationItem: 'relay-1',
        },
        { kind: 'blackout', with: freezeNumber, severity: 'soft' },
      ],
    });
  });

  it('voids and asks again after an edit, once for all that it edits', async () => {
    const id = await desk.toAuthorise({ configurationItems: ['host-1'] });
    await desk.command(`changes/${id}/approve`, {}, 'mara');
    const items = { configurationItems: ['host-1', 'host-2'], affectedItems: ['host-3'] };
    await desk.command(`changes/${id}/edit`, items);
    await desk.engine.flowsIdle();
    const change = await desk.ticket(`changes/${id}`);
    expect(change).toMatchObject({ scan: { isFresh: true } });
    const rounds = change['approvalRounds'] as readonly { policy: string; status: string }[];
    expect(rounds.map(({ policy, status }) => [policy, status])).toEqual([
      ['change-manager', 'void'],
      ['cab', 'void'],
      ['change-manager', 'pending'],
      ['cab', 'pending'],
    ]);
    const scans = (await desk.eventsOf(id)).filter(
      ({ type }) => type === 'ChangeConflictsRecorded',
    );
    // Handed in, assessed, edited, asked again.
    expect(scans).toHaveLength(4);
  });

  it('scans again an hour before the start, so that the change can begin', async () => {
    const id = await desk.scheduled({ configurationItems: ['queue-1'] }, [100, 102]);
    await desk.engine.advance(99 * HOUR_MS);
    await desk.engine.advance(1 * HOUR_MS);
    await desk.command(`changes/${id}/start`, {}, 'li');
    expect(await desk.ticket(`changes/${id}`)).toMatchObject({ state: 'implement' });
  });
});
