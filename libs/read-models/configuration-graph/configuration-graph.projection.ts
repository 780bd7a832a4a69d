import {
  ticketIdOfStream,
  ticketStreamPrefix,
  type Projection,
  type ReadDocument,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { validityOf, type Switch, type Validity } from './as-of';

/** Name of the read model of the relations between configuration items, and its collection. */
export const CONFIGURATION_GRAPH = 'configuration-graph';

/**
 * Switches that a relation or a rule remembers. One that goes on and off more often forgets the
 * oldest, and an answer as of such an instant says that it is incomplete.
 */
export const SWITCHES_MAX = 500;

/** How a relation or a rule went on and off; the last switch tells how it stands now. */
type History<Value> = Validity & {
  readonly switches: readonly Switch<Value>[];
  /** Older switches than these were given up. */
  readonly hasForgotten: boolean;
  readonly isCurrent: boolean;
};

/** Whom a failure reaches; the source is `from`. */
export type RelationImpact = 'source-to-target' | 'target-to-source' | 'none';

/** A relation between two items: `from` stands to `to` by `type`. */
export type RelationHistory = History<RelationImpact> & {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly inverse: string;
  /** Now, or before it ended. */
  readonly hasImpact: boolean;
};

/** What a redundancy rule asks for. */
type RuleValue = { readonly kind: 'count' | 'percentage'; readonly minimum: number };

/** How many impactors of `item` that stand by `relation` must work. */
export type RedundancyHistory = History<RuleValue> & {
  readonly item: string;
  readonly relation: string | null;
};

/**
 * The relations of configuration items as of any instant: one document for each relation and for
 * each redundancy rule that ever was, with all its switches on and off, so that the busiest item is
 * many small documents. Both ends tell of a relation; the one that the command addressed counts.
 */
export const configurationGraphProjection: Projection = {
  name: CONFIGURATION_GRAPH,
  version: 1,
  streamPrefixes: [ticketStreamPrefix('configuration-item')],
  documents: {
    name: CONFIGURATION_GRAPH,
    fields: {
      from: 'text',
      to: 'text',
      hasImpact: 'boolean',
      item: 'text',
      isCurrent: 'boolean',
      sinceOccurred: 'text',
      untilOccurred: 'text',
      sinceRecorded: 'text',
      untilRecorded: 'text',
      sincePosition: 'number',
      untilPosition: 'number',
    },
    compoundIndexes: [
      ['from', 'hasImpact', 'untilOccurred'],
      ['to', 'hasImpact', 'untilOccurred'],
      ['from', 'isCurrent'],
      ['to', 'isCurrent'],
    ],
  },
  keyOf: (event) => {
    switch (event.type) {
      case 'CIRelated':
      case 'CIUnrelated': {
        const { from, type, to } = orientedRelation(event);
        return `${from} ${type} ${to}`;
      }
      case 'CIRedundancySet':
      case 'CIRedundancyCleared':
        return `${ticketIdOfStream(event.stream)} needs ${relationNamed(event) ?? ''}`;
      default:
        return undefined;
    }
  },
  fold: (document, event) => {
    switch (event.type) {
      case 'CIRelated':
      case 'CIUnrelated':
        return relationOf(document, event);
      case 'CIRedundancySet':
        return redundancyOf(document, event, ruleOf(event));
      case 'CIRedundancyCleared':
        return redundancyOf(document, event, null);
      default:
        return document ?? null;
    }
  },
};

interface OrientedRelation extends Pick<RelationHistory, 'from' | 'to' | 'type' | 'inverse'> {
  readonly impact: RelationImpact;
}

const turned = {
  'source-to-target': 'target-to-source',
  'target-to-source': 'source-to-target',
  none: 'none',
} as const;

/** The two ends in an order that does not depend on which of them was addressed. */
function orientedRelation({ stream, data }: RecordedEvent): OrientedRelation {
  const own = ticketIdOfStream(stream);
  const target = String(data['target']);
  const type = String(data['type']);
  const inverse = String(data['inverse']);
  const impact = impactOf(data['impact']);
  const isOwnFirst = own === target ? type <= inverse : own < target;
  return isOwnFirst
    ? { from: own, to: target, type, inverse, impact }
    : { from: target, to: own, type: inverse, inverse: type, impact: turned[impact] };
}

function impactOf(value: unknown): RelationImpact {
  return value === 'source-to-target' || value === 'target-to-source' ? value : 'none';
}

function relationOf(document: ReadDocument | undefined, event: RecordedEvent): ReadDocument | null {
  const known = document as RelationHistory | undefined;
  const { impact, ...ends } = orientedRelation(event);
  const isRelated = event.type === 'CIRelated';
  const history = switched<RelationImpact>(known, event, isRelated ? impact : null);
  if (history === undefined) return document ?? null;
  const hasImpact = (known?.hasImpact ?? false) || (isRelated && impact !== 'none');
  return { ...ends, hasImpact, ...history };
}

function redundancyOf(
  document: ReadDocument | undefined,
  event: RecordedEvent,
  value: RuleValue | null,
): ReadDocument | null {
  const known = document as RedundancyHistory | undefined;
  const history = switched<RuleValue>(known, event, value);
  if (history === undefined) return document ?? null;
  return { item: ticketIdOfStream(event.stream), relation: relationNamed(event), ...history };
}

/** A rule may be about impactors by any relation. */
function relationNamed({ data }: RecordedEvent): string | null {
  const relation = data['relation'];
  return typeof relation === 'string' ? relation : null;
}

function ruleOf({ data }: RecordedEvent): RuleValue {
  return {
    kind: data['kind'] === 'percentage' ? 'percentage' : 'count',
    minimum: Number(data['minimum']),
  };
}

/** Undefined for what ceases without having begun. */
function switched<Value>(
  known: History<Value> | undefined,
  { occurredAt, recordedAt, position }: RecordedEvent,
  value: Value | null,
): History<Value> | undefined {
  if (known === undefined && value === null) return undefined;
  const before = known?.switches ?? [];
  const all = [...before, { occurredAt, recordedAt, position: Number(position), value }];
  const switches = all.slice(-SWITCHES_MAX);
  return {
    switches,
    hasForgotten: known?.hasForgotten === true || all.length > switches.length,
    isCurrent: value !== null,
    ...validityOf(switches, known),
  };
}
