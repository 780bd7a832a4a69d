import {
  configurationItemProcess,
  impactDown,
  impactEdgeOf,
  impactUp,
  indexImpactGraph,
} from '../index';
import { singlePointsOfFailure, type ImpactEdge, type RedundancyRule } from '../index';

const edge = (from: string, to: string, relation = 'depends-on'): ImpactEdge => ({
  from,
  to,
  relation,
});

const graphOf = (edges: readonly ImpactEdge[], rules: Record<string, RedundancyRule[]> = {}) =>
  indexImpactGraph({
    nodes: Object.entries(rules).map(([id, redundancy]) => ({ id, redundancy })),
    edges,
  });

const count = (minimum: number, relation: string | null = null): RedundancyRule => ({
  relation,
  kind: 'count',
  minimum,
});
const share = (minimum: number): RedundancyRule => ({
  relation: null,
  kind: 'percentage',
  minimum,
});

// power -> host-1, host-2, host-3 -> farm -> vm -> app
const hosts = ['host-1', 'host-2', 'host-3'];
const dataCentre: readonly ImpactEdge[] = [
  edge('power', 'host-1', 'powered-by'),
  edge('power', 'host-2', 'powered-by'),
  ...hosts.map((host) => edge(host, 'farm', 'has-member')),
  edge('farm', 'vm', 'runs-on'),
  edge('vm', 'app'),
];

describe('the impact of a failure', () => {
  it('reaches all that rests on it, with a shortest way and the relation that carried it', () => {
    expect(impactDown(graphOf(dataCentre), ['host-3'])).toEqual({
      impacted: [
        {
          id: 'farm',
          path: ['host-3', 'farm'],
          cause: { kind: 'relation', impactor: 'host-3', relation: 'has-member' },
        },
        {
          id: 'vm',
          path: ['host-3', 'farm', 'vm'],
          cause: { kind: 'relation', impactor: 'farm', relation: 'runs-on' },
        },
        {
          id: 'app',
          path: ['host-3', 'farm', 'vm', 'app'],
          cause: { kind: 'relation', impactor: 'vm', relation: 'depends-on' },
        },
      ],
      shielded: [],
      isTruncated: false,
    });
  });

  it('stops where enough impactors still work, and says so', () => {
    const rule = count(2);
    expect(impactDown(graphOf(dataCentre, { farm: [rule] }), ['host-3'])).toEqual({
      impacted: [],
      shielded: [{ id: 'farm', rule, failed: ['host-3'], impactors: 3, required: 2 }],
      isTruncated: false,
    });
  });

  it('goes on where too few work, and says which had failed', () => {
    const rule = count(2);
    const { impacted, shielded } = impactDown(graphOf(dataCentre, { farm: [rule] }), ['power']);
    expect(impacted.map(({ id }) => id)).toEqual(['host-1', 'host-2', 'farm', 'vm', 'app']);
    expect(impacted[2]).toEqual({
      id: 'farm',
      path: ['power', 'host-2', 'farm'],
      cause: {
        kind: 'redundancy-lost',
        rule,
        failed: ['host-1', 'host-2'],
        impactors: 3,
        required: 2,
      },
    });
    expect(shielded).toEqual([]);
  });

  it.each([
    [34, ['host-1'], false],
    [34, ['host-1', 'host-2'], true],
    [67, ['host-1'], true],
    [66, ['host-1'], false],
    [100, ['host-1'], true],
    [1, ['host-1', 'host-2'], false],
    [1, ['host-1', 'host-2', 'host-3'], true],
  ])(
    'asks for %d percent rounded up: with %j down the farm is down: %s',
    (minimum, down, isDown) => {
      const { impacted } = impactDown(graphOf(dataCentre, { farm: [share(minimum)] }), down);
      expect(impacted.some(({ id }) => id === 'farm')).toBe(isDown);
    },
  );

  it('lets a rule for one relation speak before the rule for all others', () => {
    const graph = graphOf(
      [edge('a', 'x', 'uses'), edge('b', 'x', 'uses'), edge('c', 'x'), edge('d', 'x')],
      {
        x: [count(1, 'uses'), count(2)],
      },
    );
    const reaches = (...down: string[]) => impactDown(graph, down).impacted.length > 0;
    expect(reaches('a')).toBe(false);
    expect(reaches('a', 'b')).toBe(true);
    expect(reaches('c')).toBe(true);
  });

  it('reaches an item at once over a relation that no rule speaks for', () => {
    const graph = graphOf([edge('a', 'x', 'uses'), edge('b', 'x')], { x: [count(1, 'uses')] });
    expect(impactDown(graph, ['b']).impacted).toHaveLength(1);
  });

  it('counts an impactor once, however often it is related', () => {
    const graph = graphOf([edge('a', 'x'), edge('a', 'x', 'uses'), edge('b', 'x')], {
      x: [count(1)],
    });
    expect(impactDown(graph, ['a'])).toMatchObject({
      impacted: [],
      shielded: [{ failed: ['a'], impactors: 2 }],
    });
  });

  it('goes round a ring once', () => {
    const ring = graphOf([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('a', 'a')]);
    expect(impactDown(ring, ['a']).impacted.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('says where the answer was cut', () => {
    const cut = impactDown(graphOf(dataCentre), ['power'], { itemsMax: 2 });
    expect(cut).toMatchObject({
      impacted: [{ id: 'host-1' }, { id: 'host-2' }],
      isTruncated: true,
    });
    expect(impactDown(graphOf(dataCentre), ['vm'], { itemsMax: 1 }).isTruncated).toBe(false);
  });

  it('knows nothing of items outside of the graph', () => {
    expect(impactDown(graphOf(dataCentre), ['elsewhere']).impacted).toEqual([]);
  });
});

describe('what an item rests on', () => {
  it('lists all impactors with a way down to it, the nearest first', () => {
    const { impactors, isTruncated } = impactUp(graphOf(dataCentre), 'farm');
    expect(impactors).toEqual([
      { id: 'host-1', path: ['host-1', 'farm'] },
      { id: 'host-2', path: ['host-2', 'farm'] },
      { id: 'host-3', path: ['host-3', 'farm'] },
      { id: 'power', path: ['power', 'host-1', 'farm'] },
    ]);
    expect(isTruncated).toBe(false);
    expect(impactUp(graphOf(dataCentre), 'farm', { itemsMax: 3 })).toMatchObject({
      impactors: [{ id: 'host-1' }, { id: 'host-2' }, { id: 'host-3' }],
      isTruncated: true,
    });
  });

  it('tells which of them suffice alone', () => {
    const graph = graphOf(dataCentre, { farm: [count(2)] });
    expect(singlePointsOfFailure(graph, 'app')).toEqual(['vm', 'farm', 'power']);
  });
});

describe('a relation as an edge', () => {
  const { value } = configurationItemProcess.policies['relationTypes'] as {
    value: Record<string, { inverse: string; impact: string }>;
  };
  const edgeOf = (type: string) => {
    const { inverse = '', impact = '' } = value[type] ?? {};
    return impactEdgeOf('me', { type, inverse, impact, target: 'you' });
  };

  it('leads from what fails to what it reaches', () => {
    expect(edgeOf('powers')).toEqual({ from: 'me', to: 'you', relation: 'powered-by' });
    expect(edgeOf('runs-on')).toEqual({ from: 'you', to: 'me', relation: 'runs-on' });
    expect(edgeOf('connected-to')).toBeUndefined();
    expect(edgeOf('no-impact-on')).toBeUndefined();
  });
});
