import { valueChecks, type Policy, type PolicyKind } from '@ledgerdesk/kernel';

/** One way in which an item stands to another, read in both directions. */
export interface RelationType {
  /** How the target stands to the source; the same name for a relation that has no direction. */
  readonly inverse: string;
  /** Whose failure reaches whom; `none` where neither does. */
  readonly impact: 'source-to-target' | 'target-to-source' | 'none';
}

/** The relation types, each under one of its two names. */
export type RelationTypes = Readonly<Record<string, RelationType>>;

const { fields, map, text, word } = valueChecks;

const kind: PolicyKind = {
  name: 'relation-types',
  title: 'Relations of configuration items',
  faults: map(
    fields({
      inverse: text(60),
      impact: word(['source-to-target', 'target-to-source', 'none']),
    }),
    { min: 1, max: 200 },
  ),
  presets: {},
};

/** In force unless the organisation publishes others. */
export const relationTypes: Policy<RelationTypes> = {
  name: 'relation-types',
  version: 1,
  kind,
  value: {
    impacts: { inverse: 'impacted-by', impact: 'source-to-target' },
    'depends-on': { inverse: 'supports', impact: 'target-to-source' },
    uses: { inverse: 'used-by', impact: 'target-to-source' },
    'runs-on': { inverse: 'hosts', impact: 'target-to-source' },
    'stored-on': { inverse: 'stores', impact: 'target-to-source' },
    contains: { inverse: 'contained-in', impact: 'source-to-target' },
    powers: { inverse: 'powered-by', impact: 'source-to-target' },
    'member-of': { inverse: 'has-member', impact: 'source-to-target' },
    'connected-to': { inverse: 'connected-to', impact: 'none' },
    'managed-by': { inverse: 'manages', impact: 'none' },
    'owned-by': { inverse: 'owns', impact: 'none' },
    'located-in': { inverse: 'location-of', impact: 'none' },
    'covered-by': { inverse: 'covers', impact: 'none' },
    'licensed-by': { inverse: 'licenses', impact: 'none' },
    'documented-by': { inverse: 'documents', impact: 'none' },
    patches: { inverse: 'patched-by', impact: 'none' },
    // An analysis that looks for neighbours must not follow it: somebody has checked.
    'no-impact-on': { inverse: 'no-impact-from', impact: 'none' },
  },
};

const turned = {
  'source-to-target': 'target-to-source',
  'target-to-source': 'source-to-target',
  none: 'none',
} as const;

/** A relation type by either of its names; undefined where the policy knows none. Constant time in
 * the number of items. */
export function relationTypeOf(types: RelationTypes, name: string): RelationType | undefined {
  if (Object.hasOwn(types, name)) return types[name];
  const found = Object.entries(types).find(([, { inverse }]) => inverse === name);
  return found && { inverse: found[0], impact: turned[found[1].impact] };
}

/** Every name that a relation may go by, in the order of the policy. */
export function relationNames(types: RelationTypes): readonly string[] {
  return [...new Set(Object.entries(types).flatMap(([name, { inverse }]) => [name, inverse]))];
}
