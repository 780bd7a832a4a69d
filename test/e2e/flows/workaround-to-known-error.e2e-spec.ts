import { openChangeDesk, type ChangeDesk } from './change-desk';
import { problemDeskOn, type ProblemDesk } from './problem-desk';

let desk: ChangeDesk;
let problems: ProblemDesk;

beforeAll(async () => {
  desk = await openChangeDesk();
  problems = problemDeskOn(desk);
});

afterAll(async () => {
  await desk.close();
});

async function work(problem: string, steps: string): Promise<void> {
  const body = { steps, effectiveness: 'full', validity: 'until-fixed' };
  await desk.command(`problems/${problem}/record-workaround`, body);
  await desk.engine.flowsIdle();
}

async function knownErrorOf(problem: string): Promise<string> {
  const ids = (await desk.ticket(`problems/${problem}`))['knownErrors'] as readonly string[];
  expect(ids).toHaveLength(1);
  return ids[0] ?? '';
}

describe('workaround-to-known-error', () => {
  it('publishes a known error and tells it to the open incidents, also to later ones', async () => {
    const [open, closed] = [await problems.incident(), await problems.incident()];
    const problem = await problems.analysed(open, closed);
    await desk.command(`incidents/${closed}/resolve`, { code: 'other', notes: 'Restarted.' });
    await desk.command(`incidents/${closed}/close`);
    await work(problem, 'Restart the relay.');

    const knownError = await knownErrorOf(problem);
    expect(await desk.ticket(`known-errors/${knownError}`)).toMatchObject({
      state: 'published',
      title: 'Mail relay stops',
      symptom: 'It takes no connections.',
      rootCause: 'Connections stay half open.',
      workaround: 'Restart the relay.',
    });
    const told = [expect.stringMatching(/^There is a workaround \(known error KE-\d+\): Restart/)];
    expect(await problems.notesOn(`incidents/${open}`)).toEqual(told);
    expect(await problems.notesOn(`incidents/${closed}`)).toEqual([]);
    const late = await problems.awaiting(problem);
    expect(await problems.notesOn(`incidents/${late}`)).toEqual(told);
  });

  it('tells again when there is a better workaround, or another known error', async () => {
    const incident = await problems.incident();
    const problem = await problems.analysed(incident);
    await work(problem, 'Restart the relay.');
    await work(problem, 'Use the other relay.');
    const knownError = await knownErrorOf(problem);
    expect(await desk.ticket(`known-errors/${knownError}`)).toMatchObject({
      workaround: 'Use the other relay.',
    });

    const successor = await desk.create('known-errors', { problem });
    await desk.command(`known-errors/${successor}/publish`);
    await desk.command(`known-errors/${knownError}/supersede`, { successor });
    await desk.engine.flowsIdle();
    const { number } = await desk.ticket(`known-errors/${successor}`);
    expect(await problems.notesOn(`incidents/${incident}`)).toEqual([
      expect.stringContaining('Restart the relay.'),
      expect.stringContaining('Use the other relay.'),
      expect.stringContaining(String(number)),
    ]);
  });
});
