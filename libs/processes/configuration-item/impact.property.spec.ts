import fc from 'fast-check';
import {
  impactDown,
  impactUp,
  indexImpactGraph,
  singlePointsOfFailure,
  type ImpactEdge,
  type ImpactGraph,
  type RedundancyRule,
} from '../index';

// Goal: the spread agrees with a definition that is too slow to be used but plainly right, on
// graphs with rings, doubled edges and rules that overlap.

const SEED = 20260302;
const RUNS = 300;

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
const relation = fc.constantFrom('uses', 'runs-on', 'has-member');
const edges: fc.Arbitrary<ImpactEdge[]> = fc.array(fc.record({ from: name, to: name, relation }), {
  maxLength: 24,
});
const rule: fc.Arbitrary<RedundancyRule> = fc.oneof(
  fc.record({
    relation: fc.option(relation),
    kind: fc.constant('count' as const),
    minimum: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({
    relation: fc.option(relation),
    kind: fc.constant('percentage' as const),
    minimum: fc.integer({ min: 1, max: 100 }),
  }),
);
const nodes = fc.uniqueArray(
  fc.record({
    id: name,
    redundancy: fc.uniqueArray(rule, { maxLength: 3, selector: (each) => each.relation }),
  }),
  { selector: ({ id }) => id },
);
const graphs: fc.Arbitrary<ImpactGraph> = fc.record({ nodes, edges });
const failures = fc.uniqueArray(name, { maxLength: 3 });

/** Whether an item is down when these are: read straight from the rules. */
function isDown({ nodes: all, edges: each }: ImpactGraph, id: string, down: Set<string>): boolean {
  const incoming = each.filter(({ from, to }) => to === id && from !== id);
  const rules = all.find((node) => node.id === id)?.redundancy ?? [];
  const groups = rules.map((own) => ({
    own,
    members: incoming.filter(({ relation: by }) =>
      own.relation === null
        ? !rules.some((otherRule) => otherRule.relation === by)
        : own.relation === by,
    ),
  }));
  const free = incoming.filter((one) => !groups.some(({ members }) => members.includes(one)));
  if (free.some(({ from }) => down.has(from))) return true;
  return groups.some(({ own, members }) => {
    const impactors = [...new Set(members.map(({ from }) => from))];
    const working = impactors.filter((from) => !down.has(from)).length;
    const required =
      own.kind === 'count' ? own.minimum : Math.ceil((impactors.length * own.minimum) / 100);
    return working < impactors.length && working < required;
  });
}

function fixpoint(graph: ImpactGraph, failed: readonly string[]): string[] {
  const ids = new Set(graph.edges.flatMap(({ from, to }) => [from, to]));
  const down = new Set(failed);
  for (let size = -1; size !== down.size;) {
    size = down.size;
    for (const id of ids) if (isDown(graph, id, down)) down.add(id);
  }
  return [...down].filter((id) => !failed.includes(id)).sort();
}

const reached = (graph: ImpactGraph, failed: readonly string[]): string[] =>
  impactDown(indexImpactGraph(graph), failed)
    .impacted.map(({ id }) => id)
    .sort();

const check = <Values extends [unknown, ...unknown[]]>(property: fc.IProperty<Values>): void =>
  fc.assert(property, { seed: SEED, numRuns: RUNS });

describe('the impact of a failure on any graph', () => {
  it('is the least set that the rules demand', () => {
    expect.hasAssertions();
    check(
      fc.property(graphs, failures, (graph, failed) => {
        expect(reached(graph, failed)).toEqual(fixpoint(graph, failed));
      }),
    );
  });

  it('does not depend on the order in which anything is listed', () => {
    expect.hasAssertions();
    check(
      fc.property(graphs, failures, (graph, failed) => {
        const turned = {
          nodes: [...graph.nodes].reverse(),
          edges: [...graph.edges].reverse(),
        };
        expect(reached(turned, [...failed].reverse())).toEqual(reached(graph, failed));
      }),
    );
  });

  it('never shrinks as more fails', () => {
    expect.hasAssertions();
    check(
      fc.property(graphs, failures, name, (graph, failed, more) => {
        const now = [...reached(graph, [...failed, more]), more];
        expect(now).toEqual(expect.arrayContaining(reached(graph, failed)));
      }),
    );
  });

  it('gives ways along edges, from what failed to what is impacted', () => {
    expect.hasAssertions();
    check(
      fc.property(graphs, failures, (graph, failed) => {
        for (const { id, path } of impactDown(indexImpactGraph(graph), failed).impacted) {
          expect(failed).toContain(path[0]);
          expect(path.at(-1)).toBe(id);
          path.slice(1).forEach((to, index) => {
            expect(graph.edges.some((each) => each.from === path[index] && each.to === to)).toBe(
              true,
            );
          });
        }
        expect(true).toBe(true);
      }),
    );
  });

  it('lists as shielded only what lost something and is not impacted', () => {
    expect.hasAssertions();
    check(
      fc.property(graphs, failures, (graph, failed) => {
        const { impacted, shielded } = impactDown(indexImpactGraph(graph), failed);
        const down = [...failed, ...impacted.map(({ id }) => id)];
        expect(shielded.filter(({ id }) => down.includes(id))).toEqual([]);
        expect(shielded.filter((each) => each.failed.length === 0)).toEqual([]);
      }),
    );
  });
});

describe('what an item rests on, in any graph', () => {
  it('holds whatever can reach it', () => {
    expect.hasAssertions();
    check(
      fc.property(graphs, failures, name, (graph, failed, id) => {
        const index = indexImpactGraph(graph);
        const above = impactUp(index, id).impactors.map((each) => each.id);
        const isReached = !failed.includes(id) && reached(graph, failed).includes(id);
        const hasCause = failed.some((each) => above.includes(each));
        expect(!isReached || hasCause).toBe(true);
      }),
    );
  });

  it('suffices alone exactly where its failure alone reaches the item', () => {
    expect.hasAssertions();
    check(
      fc.property(graphs, name, (graph, id) => {
        const alone = singlePointsOfFailure(indexImpactGraph(graph), id);
        const others = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].filter((each) => each !== id);
        expect([...alone].sort()).toEqual(
          others.filter((each) => fixpoint(graph, [each]).includes(id)),
        );
      }),
    );
  });
});
