/**
 * How many of its impactors must work for an item to work. It speaks for the impactors that stand
 * to the item by `relation` (`has-member`), or, with null, for all that no other rule speaks for.
 */
export interface RedundancyRule {
  readonly relation: string | null;
  readonly kind: 'count' | 'percentage';
  /** A number of impactors, or a percentage of them from 1 to 100, rounded up to whole ones. */
  readonly minimum: number;
}

/** An item in the graph; one without rules need not be listed. */
export interface ImpactNode {
  readonly id: string;
  readonly redundancy: readonly RedundancyRule[];
}

/** A failure of `from` reaches `to`. */
export interface ImpactEdge {
  readonly from: string;
  readonly to: string;
  /** How `to` stands to `from`: `depends-on`. */
  readonly relation: string;
}

/** The relations between items, as of one instant. */
export interface ImpactGraph {
  readonly nodes: readonly ImpactNode[];
  readonly edges: readonly ImpactEdge[];
}

/** A graph made ready for questions. */
export interface ImpactIndex {
  readonly outgoing: ReadonlyMap<string, readonly ImpactEdge[]>;
  readonly incoming: ReadonlyMap<string, readonly ImpactEdge[]>;
  readonly rules: ReadonlyMap<string, readonly RedundancyRule[]>;
}

/** Makes a graph ready for questions. Cost: one visit of each node and edge. */
export function indexImpactGraph({ nodes, edges }: ImpactGraph): ImpactIndex {
  const outgoing = new Map<string, ImpactEdge[]>();
  const incoming = new Map<string, ImpactEdge[]>();
  for (const edge of edges) {
    // What fails has failed: an item adds nothing to its own failure.
    if (edge.from === edge.to) continue;
    listIn(outgoing, edge.from).push(edge);
    listIn(incoming, edge.to).push(edge);
  }
  const rules = new Map<string, readonly RedundancyRule[]>();
  for (const { id, redundancy } of nodes) if (redundancy.length > 0) rules.set(id, redundancy);
  return { outgoing, incoming, rules };
}

/** A relation as an edge of the impact graph; undefined where neither end reaches the other. */
export function impactEdgeOf(
  id: string,
  relation: {
    readonly type: string;
    readonly inverse: string;
    readonly impact: string;
    readonly target: string;
  },
): ImpactEdge | undefined {
  const { type, inverse, impact, target } = relation;
  if (impact === 'source-to-target') return { from: id, to: target, relation: inverse };
  if (impact === 'target-to-source') return { from: target, to: id, relation: type };
  return undefined;
}

function listIn(lists: Map<string, ImpactEdge[]>, id: string): ImpactEdge[] {
  const found = lists.get(id) ?? [];
  if (found.length === 0) lists.set(id, found);
  return found;
}
