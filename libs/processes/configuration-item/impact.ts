import type { ImpactEdge, ImpactIndex, RedundancyRule } from './impact-graph';

/** Why a failure reached an item. */
export type ImpactCause =
  | { readonly kind: 'relation'; readonly impactor: string; readonly relation: string }
  | {
      readonly kind: 'redundancy-lost';
      readonly rule: RedundancyRule;
      /** The impactors of the rule that had failed when it gave way, in the order of failing. */
      readonly failed: readonly string[];
      readonly impactors: number;
      readonly required: number;
    };

/** An item that a failure reached. */
export interface ImpactedItem {
  readonly id: string;
  /** From one of the failed items to this one, both included: a shortest way of giving in. */
  readonly path: readonly string[];
  readonly cause: ImpactCause;
}

/** An item that lost impactors, and works on as its redundancy rule allows it. */
export interface ShieldedItem {
  readonly id: string;
  readonly rule: RedundancyRule;
  readonly failed: readonly string[];
  readonly impactors: number;
  readonly required: number;
}

/** What a failure leads to. */
export interface DownwardImpact {
  /** Without the failed items themselves, the nearest first. */
  readonly impacted: readonly ImpactedItem[];
  /** Where the failure stopped. */
  readonly shielded: readonly ShieldedItem[];
  /** Items were left out as there were more than the limit. */
  readonly isTruncated: boolean;
}

/** An item that another one rests on. */
export interface UpwardItem {
  readonly id: string;
  /** From this item down to the one that was asked about, both included: a shortest way. */
  readonly path: readonly string[];
}

/** What an item rests on. */
export interface UpwardImpact {
  /** The nearest first, whether or not a redundancy rule stands between. */
  readonly impactors: readonly UpwardItem[];
  readonly isTruncated: boolean;
}

/** The bound of an analysis. */
export interface ImpactLimits {
  /** Items in the answer, at the most. Default 10,000. */
  readonly itemsMax?: number;
}

const ITEMS_MAX = 10_000;

/**
 * Which items a failure reaches, how, and where redundancy stops it. The reached set does not
 * depend on the order of nodes, edges or failed items. Cost: each edge out of a reached item is
 * visited once; the first loss of an item with rules counts its impactors.
 */
export function impactDown(
  index: ImpactIndex,
  failed: Iterable<string>,
  { itemsMax = ITEMS_MAX }: ImpactLimits = {},
): DownwardImpact {
  const spread = new Spread(index, new Set(failed));
  return spread.run(itemsMax);
}

/**
 * All that an item rests on, directly or through others. A redundancy rule does not hide an
 * impactor; which of them suffices alone is told by {@link singlePointsOfFailure}. Cost: each edge
 * into a visited item once.
 */
export function impactUp(
  { incoming }: ImpactIndex,
  id: string,
  { itemsMax = ITEMS_MAX }: ImpactLimits = {},
): UpwardImpact {
  const paths = new Map<string, readonly string[]>([[id, [id]]]);
  // A map's iterator goes on to what is added while it runs: the map is the queue.
  for (const [reached, path] of paths) {
    for (const { from } of incoming.get(reached) ?? []) {
      if (paths.has(from)) continue;
      if (paths.size > itemsMax) return { impactors: upwardItems(paths, id), isTruncated: true };
      paths.set(from, [from, ...path]);
    }
  }
  return { impactors: upwardItems(paths, id), isTruncated: false };
}

/**
 * The items whose failure alone reaches the one that is asked about, the nearest first. Cost: one
 * {@link impactDown} for each of its impactors; at most `itemsMax` of them are tried.
 */
export function singlePointsOfFailure(
  index: ImpactIndex,
  id: string,
  limits: ImpactLimits = {},
): readonly string[] {
  return impactUp(index, id, limits)
    .impactors.filter(({ id: impactor }) =>
      impactDown(index, [impactor], { itemsMax: Infinity }).impacted.some(
        (reached) => reached.id === id,
      ),
    )
    .map((impactor) => impactor.id);
}

/** What an item lost so far of the impactors that one rule speaks for. */
interface RuleCount {
  readonly rule: RedundancyRule;
  readonly impactors: ReadonlySet<string>;
  readonly required: number;
  readonly failed: Set<string>;
}

interface Reached {
  /** The item that it was reached from; undefined for one that failed by itself. */
  readonly from: string | undefined;
  readonly cause: ImpactCause | undefined;
}

/** One failure on its way through a graph. */
class Spread {
  private readonly reached = new Map<string, Reached>();
  private readonly counts = new Map<string, readonly RuleCount[]>();

  constructor(
    private readonly index: ImpactIndex,
    private readonly failed: ReadonlySet<string>,
  ) {
    for (const id of failed) this.reached.set(id, { from: undefined, cause: undefined });
  }

  run(itemsMax: number): DownwardImpact {
    const bound = this.failed.size + itemsMax;
    let isTruncated = false;
    // A map's iterator goes on to what is added while it runs: the map is the queue.
    for (const from of this.reached.keys()) {
      for (const edge of this.index.outgoing.get(from) ?? []) {
        if (this.reached.has(edge.to)) continue;
        const cause = this.causeOf(edge);
        if (cause === undefined) continue;
        if (this.reached.size >= bound) isTruncated = true;
        else this.reached.set(edge.to, { from, cause });
      }
    }
    return { impacted: this.impacted(), shielded: this.shielded(), isTruncated };
  }

  private causeOf({ from, to, relation }: ImpactEdge): ImpactCause | undefined {
    const counts = this.countsOf(to);
    const count =
      counts.find(({ rule }) => rule.relation === relation) ??
      counts.find(({ rule }) => rule.relation === null);
    if (count === undefined) return { kind: 'relation', impactor: from, relation };
    count.failed.add(from);
    const { rule, failed, impactors, required } = count;
    if (holds(count)) return undefined;
    return {
      kind: 'redundancy-lost',
      rule,
      failed: [...failed],
      impactors: impactors.size,
      required,
    };
  }

  private countsOf(id: string): readonly RuleCount[] {
    const known = this.counts.get(id);
    if (known !== undefined) return known;
    const rules = this.index.rules.get(id) ?? [];
    const named = new Set(rules.map(({ relation }) => relation));
    const counts = rules.map((rule) => {
      const speaksFor = (relation: string): boolean =>
        rule.relation === null ? !named.has(relation) : relation === rule.relation;
      const impactors = new Set(
        (this.index.incoming.get(id) ?? [])
          .filter(({ relation }) => speaksFor(relation))
          .map(({ from }) => from),
      );
      return {
        rule,
        impactors,
        required: requiredOf(rule, impactors.size),
        failed: new Set<string>(),
      };
    });
    this.counts.set(id, counts);
    return counts;
  }

  private impacted(): readonly ImpactedItem[] {
    const items: ImpactedItem[] = [];
    for (const [id, { cause }] of this.reached) {
      if (cause !== undefined) items.push({ id, path: this.pathTo(id), cause });
    }
    return items;
  }

  private pathTo(id: string): readonly string[] {
    const path: string[] = [];
    let at: string | undefined = id;
    while (at !== undefined) {
      path.push(at);
      at = this.reached.get(at)?.from;
    }
    return path.reverse();
  }

  private shielded(): readonly ShieldedItem[] {
    return [...this.counts]
      .filter(([id]) => !this.reached.has(id))
      .flatMap(([id, counts]) =>
        counts
          .filter((count) => count.failed.size > 0 && holds(count))
          .map(({ rule, failed, impactors, required }) => ({
            id,
            rule,
            failed: [...failed],
            impactors: impactors.size,
            required,
          })),
      );
  }
}

function holds({ impactors, failed, required }: RuleCount): boolean {
  return impactors.size - failed.size >= required;
}

function requiredOf({ kind, minimum }: RedundancyRule, impactors: number): number {
  return kind === 'count' ? minimum : Math.ceil((impactors * minimum) / 100);
}

function upwardItems(
  paths: ReadonlyMap<string, readonly string[]>,
  id: string,
): readonly UpwardItem[] {
  return [...paths].filter(([from]) => from !== id).map(([from, path]) => ({ id: from, path }));
}
