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

describe('problem-fix', () => {
  it('drafts the change of a fix, and links both with each other', async () => {
    const problem = await problems.analysed();
    await problems.fix(problem, { changeNeed: 'to-be-drafted' });
    const [change = ''] = await problems.linkedTo(`problems/${problem}`, 'fixed-by');
    expect(await desk.ticket(`changes/${change}`)).toMatchObject({
      state: 'new',
      type: 'normal',
      title: expect.stringMatching(/^Fix of PRB-\d+: Mail relay stops$/),
      requester: 'ada',
      service: 'mail',
      description: 'A new relay.',
    });
    expect(await problems.linkedTo(`changes/${change}`, 'fixes')).toEqual([problem]);
  });

  it('goes back to the analysis when every change of the fix is cancelled', async () => {
    const problem = await problems.analysed();
    const change = await desk.drafted();
    await problems.fix(problem, { changeNeed: 'to-be-drafted', changes: [change] });
    const linked = await problems.linkedTo(`problems/${problem}`, 'fixed-by');
    expect(linked).toHaveLength(2);
    for (const [count, each] of linked.entries()) {
      expect(await desk.ticket(`problems/${problem}`)).toMatchObject({ state: 'fix-in-progress' });
      const cancellation = { reason: 'too-risky', comment: `Not now (${count}).` };
      await desk.command(`changes/${each}/cancel`, cancellation);
      await desk.engine.flowsIdle();
    }
    expect(await desk.ticket(`problems/${problem}`)).toMatchObject({
      state: 'root-cause-analysis',
      fix: null,
    });
  });

  it('tells the change that it drafted when a person abandons the fix', async () => {
    const problem = await problems.analysed();
    await problems.fix(problem, { changeNeed: 'to-be-drafted' });
    const [change = ''] = await problems.linkedTo(`problems/${problem}`, 'fixed-by');
    await desk.command(`problems/${problem}/abandon-fix`, { reason: 'Another cause after all.' });
    await desk.engine.flowsIdle();
    expect(await problems.notesOn(`changes/${change}`)).toEqual([
      expect.stringContaining('Another cause after all.'),
    ]);
  });
});
