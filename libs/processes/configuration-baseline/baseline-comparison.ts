import { canonicalJson, type JsonValue } from '@ledgerdesk/kernel';
import { sha256 } from './sha256';

/** What a baseline reads of the state of an item; the process of the items declares the whole. */
export interface ConfigurationView {
  readonly state: string | null;
  readonly number?: string | null;
  readonly ciClass?: string | null;
  readonly attributes?: Readonly<Record<string, JsonValue>>;
  readonly relations?: readonly { readonly type: string; readonly target: string }[];
  readonly redundancy?: readonly {
    readonly relation: string | null;
    readonly kind: string;
    readonly minimum: number;
  }[];
}

/** An item as a baseline holds it. */
export interface BaselineItem {
  readonly id: string;
  readonly number: string;
  readonly ciClass: string;
  readonly state: string;
  /** Of the last event of the item's stream that the baseline has seen, decimal. */
  readonly revision: string;
  /** SHA-256 of what the item is made of: state, attributes, relations and redundancy rules. */
  readonly digest: string;
}

/** An item that is otherwise than in the baseline. */
export interface ChangedItem {
  readonly from: BaselineItem;
  readonly to: BaselineItem;
}

/** How a set of items stands to an earlier one. Each list is in the order of the baseline. */
export interface BaselineComparison {
  readonly unchanged: readonly BaselineItem[];
  readonly changed: readonly ChangedItem[];
  readonly missing: readonly BaselineItem[];
  readonly added: readonly BaselineItem[];
}

/** In what two states of one item differ. */
export interface ConfigurationDifference {
  readonly attributes: readonly {
    readonly attribute: string;
    readonly from: JsonValue;
    readonly to: JsonValue;
  }[];
  readonly relationsAdded: readonly { readonly type: string; readonly target: string }[];
  readonly relationsRemoved: readonly { readonly type: string; readonly target: string }[];
}

/** An item as a baseline holds it. Cost: one canonical serialisation and one SHA-256 of it. */
export function baselineItemOf(
  id: string,
  revision: bigint,
  configuration: ConfigurationView,
): BaselineItem {
  return {
    id,
    number: configuration.number ?? id,
    ciClass: configuration.ciClass ?? '',
    state: configuration.state ?? '',
    revision: revision.toString(),
    digest: configurationDigest(configuration),
  };
}

/**
 * SHA-256 of state, attributes, relations and redundancy rules. Notes, custody and verification do
 * not count, nor does the order in which relations were made.
 */
export function configurationDigest(configuration: ConfigurationView): string {
  const { state, attributes = {}, relations = [], redundancy = [] } = configuration;
  return sha256(
    canonicalJson({
      state,
      attributes,
      relations: relations.map(keyOf).sort(),
      redundancy: redundancy
        .map(({ relation, kind, minimum }) => JSON.stringify([relation, kind, minimum]))
        .sort(),
    }),
  );
}

/** Compares a baseline with another one, or with the items of now. Cost: linear in the items. */
export function compareBaseline(
  baseline: readonly BaselineItem[],
  now: readonly BaselineItem[],
): BaselineComparison {
  const found = new Map(now.map((item) => [item.id, item]));
  const known = new Set(baseline.map(({ id }) => id));
  const pairs = baseline.map((from) => ({ from, to: found.get(from.id) }));
  return {
    unchanged: pairs.filter(({ from, to }) => to?.digest === from.digest).map(({ from }) => from),
    changed: pairs.flatMap(({ from, to }) =>
      to === undefined || to.digest === from.digest ? [] : [{ from, to }],
    ),
    missing: pairs.filter(({ to }) => to === undefined).map(({ from }) => from),
    added: now.filter(({ id }) => !known.has(id)),
  };
}

/** In what an item differs between two instants: attribute by attribute, relation by relation. */
export function configurationDifference(
  before: ConfigurationView,
  after: ConfigurationView,
): ConfigurationDifference {
  const { attributes: from = {}, relations: related = [] } = before;
  const { attributes: to = {}, relations: relatedNow = [] } = after;
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  const had = new Set(related.map(keyOf));
  const has = new Set(relatedNow.map(keyOf));
  return {
    attributes: names
      .map((attribute) => ({
        attribute,
        from: from[attribute] ?? null,
        to: to[attribute] ?? null,
      }))
      .filter((each) => each.from !== each.to),
    relationsAdded: relatedNow.filter((relation) => !had.has(keyOf(relation))).map(plain),
    relationsRemoved: related.filter((relation) => !has.has(keyOf(relation))).map(plain),
  };
}

interface Relation {
  readonly type: string;
  readonly target: string;
}

function keyOf({ type, target }: Relation): string {
  return JSON.stringify([type, target]);
}

function plain({ type, target }: Relation): Relation {
  return { type, target };
}
