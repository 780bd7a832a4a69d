import { valueChecks, type Policy, type PolicyKind } from '@ledgerdesk/kernel';

/** Which source of a value is believed before which; the first of a list is the best. */
export interface SourcePriorities {
  /** For attributes that have no list of their own. */
  readonly default: readonly string[];
  readonly byAttribute: Readonly<Record<string, readonly string[]>>;
}

const { fields, list, map, text } = valueChecks;
const sources = list(text(200), { min: 1, max: 100 });

const kind: PolicyKind = {
  name: 'source-priorities',
  title: 'Sources of attributes',
  faults: fields({ default: sources, byAttribute: map(sources, { max: 500 }) }),
  presets: {},
};

/** In force unless the organisation publishes others: what people settled beats what tools saw. */
export const sourcePriorities: Policy<SourcePriorities> = {
  name: 'source-priorities',
  version: 1,
  kind,
  value: {
    default: ['correction', 'change', 'registration', 'agent', 'cloud-api', 'network-scan'],
    byAttribute: {
      operatingSystem: ['agent', 'cloud-api', 'network-scan', 'correction', 'change'],
      firmware: ['agent', 'network-scan', 'correction', 'change'],
      version: ['agent', 'cloud-api', 'network-scan', 'correction', 'change'],
      cpuCores: ['agent', 'cloud-api', 'correction', 'change'],
      memoryGigabytes: ['agent', 'cloud-api', 'correction', 'change'],
    },
  },
};

/** The place of a source in the order for an attribute; one that is not listed comes last. */
export function sourceRank(
  priorities: SourcePriorities,
  attribute: string,
  source: string,
): number {
  const order = Object.hasOwn(priorities.byAttribute, attribute)
    ? (priorities.byAttribute[attribute] ?? priorities.default)
    : priorities.default;
  const place = order.indexOf(source);
  return place === -1 ? order.length : place;
}
