import { HOUR_MS, openChangeDesk, type ChangeDesk } from './change-desk';
import { problemDeskOn, type ProblemDesk } from './problem-desk';

let desk: ChangeDesk;
let problems: ProblemDesk;
let [first, second, failing] = ['', '', ''];

// All changes are approved first, so that the clock moves once into their windows.
beforeAll(async () => {
  desk = await openChangeDesk();
  problems = problemDeskOn(desk);
  first = await desk.scheduled({ service: 'mail', configurationItems: ['relay-1'] }, [2, 4]);
  second = await desk.scheduled({ service: 'mail', configurationItems: ['relay-2'] }, [2, 4]);
  failing = await desk.scheduled({ service: 'mail', configurationItems: ['relay-3'] }, [2, 4]);
  await desk.engine.advance(3 * HOUR_MS);
});

afterAll(async () => {
  await desk.close();
});

const stateOf = async (path: string): Promise<unknown> => (await desk.ticket(path))['state'];

describe('problem-resolution', () => {
  it('flows from the last change to the problem, its incidents, and back when one reopens', async () => {
    const linked = await problems.incident();
    const problem = await problems.analysed(linked);
    const waiting = [await problems.awaiting(problem), await problems.awaiting(problem)];
    await problems.fix(problem, { changeNeed: 'linked', changes: [first, second] });

    await problems.carryOut(first, 'successful');
    expect(await stateOf(`problems/${problem}`)).toBe('fix-in-progress');
    await problems.carryOut(second, 'successful-with-issues');
    expect(await stateOf(`problems/${problem}`)).toBe('resolved');
    expect(await problems.notesOn(`problems/${problem}`)).toEqual([
      expect.stringMatching(/^For the coordinator, nora: Every change .* with success/),
    ]);

    for (const incident of waiting) {
      expect(await desk.ticket(`incidents/${incident}`)).toMatchObject({
        state: 'resolved',
        resolutionCode: 'resolved-by-problem',
        resolvedBy: 'flow:problem-resolution',
      });
    }
    expect(await stateOf(`incidents/${linked}`)).toBe('in-progress');
    expect(await problems.notesOn(`incidents/${linked}`)).toEqual([
      expect.stringContaining('A new relay.'),
    ]);

    await desk.command(`incidents/${waiting[0]}/reopen`, { reason: 'It stopped again.' });
    await desk.engine.flowsIdle();
    expect(await desk.ticket(`problems/${problem}`)).toMatchObject({
      state: 'root-cause-analysis',
      reanalyses: [{ reason: expect.stringContaining('It stopped again.') }],
    });
    expect(await stateOf(`incidents/${waiting[1]}`)).toBe('resolved');
  });

  it('leaves a problem to its coordinator whose change failed', async () => {
    const problem = await problems.analysed();
    await problems.fix(problem, { changeNeed: 'linked', changes: [failing] });
    await problems.carryOut(failing, 'backed-out');
    expect(await stateOf(`problems/${problem}`)).toBe('fix-in-progress');
    expect(await problems.notesOn(`problems/${problem}`)).toEqual([
      expect.stringContaining('(unsuccessful)'),
    ]);
  });

  it('lets an incident go on that waits for a problem which is cancelled', async () => {
    const incident = await problems.incident();
    const problem = await desk.create('problems', {
      origin: 'proactive',
      trend: 'Every Monday.',
      statement: 'It stops.',
      impact: 2,
      urgency: 2,
      organisation: 'head-office',
    });
    const other = await problems.incident();
    const hold = { reason: 'awaiting-problem', reference: problem };
    await desk.command(`incidents/${incident}/hold`, hold);
    await desk.command(`incidents/${other}/hold`, hold);
    await desk.command(`incidents/${other}/resume`, { cause: 'agent' });
    await desk.command(`incidents/${other}/hold`, {
      reason: 'awaiting-caller',
      comment: 'Which version?',
    });
    await desk.engine.flowsIdle();
    await desk.command(`problems/${problem}/cancel`, { reason: 'A power cut.' });
    await desk.engine.flowsIdle();
    expect(await stateOf(`incidents/${incident}`)).toBe('in-progress');
    expect(await stateOf(`incidents/${other}`)).toBe('on-hold');
  });
});
