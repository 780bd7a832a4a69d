import { HOUR_MS, openChangeDesk, type ChangeDesk } from './change-desk';
import { problemDeskOn, type ProblemDesk } from './problem-desk';

let desk: ChangeDesk;
let problems: ProblemDesk;

beforeAll(async () => {
  desk = await openChangeDesk();
  problems = problemDeskOn(desk);
});

afterAll(() => desk.close());

async function awaiting(reference: string): Promise<string> {
  const incident = await problems.incident();
  await desk.command(`incidents/${incident}/hold`, { reason: 'awaiting-change', reference });
  await desk.engine.flowsIdle();
  return incident;
}

const numberOf = async (change: string): Promise<string> =>
  String((await desk.ticket(`changes/${change}`))['number']);

describe('incident-awaiting-change', () => {
  it('links the change that is awaited, and goes on when it is closed', async () => {
    const change = await desk.scheduled({ configurationItems: ['relay-1'] }, [2, 4]);
    const incident = await awaiting(await numberOf(change));
    expect(await problems.linkedTo(`incidents/${incident}`, 'blocked-by')).toEqual([change]);
    expect(await problems.notesOn(`changes/${change}`)).toEqual([
      `The incident ${incident} waits for this change.`,
    ]);
    await desk.engine.advance(3 * HOUR_MS);
    await problems.carryOut(change, 'successful');
    expect(await desk.ticket(`incidents/${incident}`)).toMatchObject({ state: 'in-progress' });
  });

  it('goes on with a note when the change is cancelled', async () => {
    const change = await desk.drafted();
    const incident = await awaiting(await numberOf(change));
    const cancellation = { reason: 'not-needed', comment: 'The relay is retired.' };
    await desk.command(`changes/${change}/cancel`, cancellation);
    await desk.engine.flowsIdle();
    expect(await desk.ticket(`incidents/${incident}`)).toMatchObject({ state: 'in-progress' });
    const { body } = await desk.engine.get(`/api/v1/incidents/${incident}/history`);
    expect(body['entries']).toContainEqual(
      expect.objectContaining({
        type: 'IncidentResumed',
        actor: 'flow:incident-awaiting-change',
        data: expect.objectContaining({ comment: expect.stringContaining('retired') }),
      }),
    );
  });

  it('drafts a change that nobody knows, and waits for that', async () => {
    const incident = await awaiting('A larger mailbox');
    const [change = ''] = await problems.linkedTo(`incidents/${incident}`, 'blocked-by');
    expect(await desk.ticket(`changes/${change}`)).toMatchObject({ state: 'new', service: 'mail' });
    expect(await desk.ticket(`incidents/${incident}`)).toMatchObject({
      state: 'on-hold',
      holdAwaited: change,
    });
  });
});
