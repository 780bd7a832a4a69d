import { ComparisonTally, type ComparedCommand, type FlowComparison } from './flow-comparison';
import { recordEvent } from './testing/recording';

const comparison: FlowComparison = {
  title: 'boxes into which people put things',
  events: ['Put'],
  recorded: ({ stream, data }) =>
    typeof data['box'] === 'string' ? { group: data['box'], member: stream } : undefined,
  claimed: ({ key, command, body }) =>
    command === 'Box' ? { group: key, members: body['things'] as readonly string[] } : undefined,
};

const at = (hour: number): string => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();

function tally(): {
  readonly put: (thing: string, box: string | null, hour: number) => void;
  readonly box: (key: string, things: readonly string[], hour: number, command?: string) => void;
  readonly report: ComparisonTally['report'];
} {
  const counted = new ComparisonTally(comparison);
  return {
    put: (thing, box, hour) => {
      const where = { stream: thing, revision: 0, occurredAt: at(hour), actor: 'ada' };
      counted.see(recordEvent({ type: 'Put', data: { box } }, where));
    },
    box: (key, things, hour, command = 'Box') => {
      const claim: ComparedCommand = { key, process: 'box', command, body: { things } };
      counted.claim(claim, at(hour));
    },
    report: () => counted.report(),
  };
}

describe('a comparison of what a flow groups with what people grouped', () => {
  it('counts groups and members of each side, and those that the other side has as well', () => {
    const { put, box, report } = tally();
    put('a', 'red', 5);
    put('b', 'red', 6);
    put('c', 'blue', 7);
    put('d', 'green', 7);
    put('d', 'green', 8);
    box('1', ['a', 'b', 'x'], 3);
    box('1', ['x', 'y'], 4);
    box('2', ['c'], 9);
    box('3', ['z'], 9);
    expect(report()).toEqual({
      title: 'boxes into which people put things',
      recorded: {
        groups: 3,
        members: 4,
        groupsMet: 2,
        groupsOfSeveral: 1,
        groupsOfSeveralMatched: 1,
      },
      claimed: {
        groups: 3,
        members: 6,
        groupsMet: 2,
        groupsOfSeveral: 1,
        groupsOfSeveralMatched: 1,
      },
      membersInBoth: 3,
      metEarlier: 1,
      medianLeadHours: 2,
    });
  });

  it('matches a group of several only where two of its members are together on the other side', () => {
    const { put, box, report } = tally();
    put('a', 'red', 1);
    put('b', 'red', 1);
    box('1', ['a'], 2);
    box('2', ['b'], 2);
    expect(report().recorded).toMatchObject({
      groupsMet: 1,
      groupsOfSeveral: 1,
      groupsOfSeveralMatched: 0,
    });
  });

  it('takes the lead from the first claim of any member to the first record of the group', () => {
    const { put, box, report } = tally();
    put('a', 'red', 10);
    put('b', 'red', 12);
    put('c', 'blue', 20);
    put('d', 'green', 4);
    box('1', ['b'], 7);
    box('2', ['c'], 13);
    box('3', ['d'], 4);
    expect(report()).toMatchObject({ metEarlier: 2, medianLeadHours: 7 });
  });

  it('leaves out what is of neither side', () => {
    const { put, box, report } = tally();
    put('a', null, 1);
    box('1', ['a'], 1, 'Unbox');
    const none = {
      groups: 0,
      members: 0,
      groupsMet: 0,
      groupsOfSeveral: 0,
      groupsOfSeveralMatched: 0,
    };
    expect(report()).toMatchObject({ recorded: none, claimed: none, medianLeadHours: null });
  });
});
