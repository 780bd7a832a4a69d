import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { fixChangeToProblem } from './fix-change-to-problem.flow';

const problem = '0195c1d0-0000-7000-8000-00000000000a';
const change = '0195c1d0-0000-7000-8000-00000000000c';
const onProblem = `problem-${problem}`;
const onChange = `change-${change}`;
const fixedBy = { link: 3, type: 'fixed-by', targetKind: 'change', target: change };
const fixes = { link: 7, type: 'fixes', targetKind: 'problem', target: problem };
const problemLinked: FlowEventStep = [onProblem, 'ProblemLinked', fixedBy];
const changeLinked: FlowEventStep = [onChange, 'ChangeLinked', fixes];
const progress = ['RecordProblemFixProgress', problem] as const;

describe('fix-change-to-problem', () => {
  it('links the change with a problem that names it, and lets that look at its changes', () => {
    givenFlow(fixChangeToProblem, change)
      .when(...problemLinked)
      .thenCommands(
        ['LinkChange', change, { type: 'fixes', targetKind: 'problem', target: problem }],
        progress,
      );
  });

  it('links the problem with a change that names it', () => {
    givenFlow(fixChangeToProblem, change)
      .when(...changeLinked)
      .thenCommands([
        'LinkProblem',
        problem,
        { type: 'fixed-by', targetKind: 'change', target: change },
      ]);
  });

  it('ends with the second link, in whichever order they come', () => {
    givenFlow(fixChangeToProblem, change, [problemLinked])
      .when(...changeLinked)
      .thenCommands();
    givenFlow(fixChangeToProblem, change, [changeLinked])
      .when(...problemLinked)
      .thenCommands(progress);
  });

  it.each(['ChangeClosed', 'ChangeCancelled'])('tells its problems of %s, and is over', (type) => {
    givenFlow(fixChangeToProblem, change, [problemLinked, changeLinked])
      .when(onChange, type)
      .thenCommands(progress)
      .thenInstance({ status: 'completed' });
  });

  it('takes the other link away with the one, and lets the problem look again', () => {
    givenFlow(fixChangeToProblem, change, [problemLinked, changeLinked])
      .when(onProblem, 'ProblemUnlinked', fixedBy)
      .thenCommands(['UnlinkChange', change, { link: 7 }], progress)
      .thenInstance({ status: 'open' });
    const scenario = givenFlow(fixChangeToProblem, change, [problemLinked, changeLinked]);
    scenario
      .when(onChange, 'ChangeUnlinked', fixes)
      .thenCommands(['UnlinkProblem', problem, { link: 3 }]);
    scenario
      .when(onProblem, 'ProblemUnlinked', fixedBy)
      .thenCommands(progress)
      .thenInstance({ status: 'completed' });
  });

  it('lets the problem look again when a change that ended long ago is unlinked', () => {
    givenFlow(fixChangeToProblem, change)
      .when(onProblem, 'ProblemUnlinked', fixedBy)
      .thenCommands(progress)
      .thenInstance({ status: 'completed' });
  });

  it.each([
    [{ type: 'relates-to' }, problemLinked],
    [{ targetKind: 'incident' }, problemLinked],
    [{ target: 'CHG-4711' }, problemLinked],
    [{ type: 'caused-by' }, changeLinked],
    [{ target: 'PRB-4711' }, changeLinked],
  ])('leaves links alone that are none between change and problem: %j', (other, step) => {
    const [stream, type, link] = step;
    givenFlow(fixChangeToProblem, change)
      .when(stream, type, { ...link, ...other })
      .thenRecorded();
  });

  it('takes links that are there, and fixes that are over, for done', () => {
    givenFlow(fixChangeToProblem, change, [], {
      LinkChange: { accepted: false, code: 'refused.already-linked' },
      RecordProblemFixProgress: { accepted: false, code: 'refused.state', state: 'resolved' },
    })
      .when(...problemLinked)
      .thenInstance({ status: 'open', parking: null, commands: [] });
  });

  it('leaves alone what an import tells of the past', () => {
    const origin = { kind: 'import', id: 'csv', version: '1' } as const;
    const [stream, type, link] = problemLinked;
    givenFlow(fixChangeToProblem, change).when(stream, type, link, { origin }).thenRecorded();
  });
});
