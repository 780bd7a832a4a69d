import type { DataOf, RecordedEvent } from '@ledgerdesk/kernel';
import { ticketIdOfStream } from '@ledgerdesk/kernel';
import type { Folds } from '../shared/folding';
import { stamp } from '../shared/ticket-log';
import type { CIEventTable } from './configuration-item.events';
import type {
  CIFacts,
  CIRecord,
  CIRelation,
  Custody,
  Provenance,
} from './configuration-item.state';
import type { RedundancyRule } from './impact-graph';
import type { AttributeValue } from './policies/ci-classes';

/** The attributes that lists show, for classes that have them. */
const listedAttributes = ['name', 'owner', 'location', 'environment', 'criticality'] as const;

/** What each event changes of the facts, from any state: the log is the truth. */
export const ciFactFolds: Folds<CIFacts, CIEventTable> = {
  CIRegistered: (_, event) => {
    const { number, ciClass, identification, attributes, state, ...data } = event.data;
    return {
      id: ticketIdOfStream(event.stream),
      number,
      ciClass,
      identification,
      state,
      stateMovedAt: event.occurredAt,
      openedAt: event.occurredAt,
      openedBy: data.openedBy,
      assetTag: data.assetTag,
      assetState: data.assetState,
      assetSubstate: data.assetSubstate,
      unverifiedCount: data.unverifiedCount,
      ...listed(attributes),
    };
  },
  CIAttributeChanged: (_, { data: { attribute, to, unverifiedCount } }) => ({
    unverifiedCount,
    ...listed({ [attribute]: to }),
  }),
  CIAttributeCorrected: (_, { data: { attribute, to, unverifiedCount } }) => ({
    unverifiedCount,
    ...listed({ [attribute]: to }),
  }),
  CIReconciled: () => ({}),
  CIRelated: (_, { data: { relationCount } }) => ({ relationCount }),
  CIRelationRecorded: (_, { data: { relationCount } }) => ({ relationCount }),
  CIUnrelated: (_, { data: { relationCount } }) => ({ relationCount }),
  CIRelationRemovalRecorded: (_, { data: { relationCount } }) => ({ relationCount }),
  CIRedundancySet: () => ({}),
  CIRedundancyCleared: () => ({}),
  CILifecycleMoved: (_, { data, occurredAt }) => ({ state: data.to, stateMovedAt: occurredAt }),
  CIVerified: (_, { data, occurredAt, actor }) => ({
    verifiedAt: occurredAt,
    verifiedBy: actor,
    unverifiedCount: data.unverifiedCount,
    nextVerificationDueAt: data.nextVerificationDueAt,
  }),
  CIAttested: (_, { data, occurredAt, actor }) => ({
    attestedAt: occurredAt,
    attestedBy: actor,
    nextVerificationDueAt: data.nextVerificationDueAt,
  }),
  CIDiscrepancyFound: (_, { data }) => ({ openDiscrepancyCount: data.openDiscrepancies }),
  CIDiscrepancyResolved: (_, { data }) => ({ openDiscrepancyCount: data.openDiscrepancies }),
  CIChangeOpened: (_, { data }) => ({ openChangeCount: data.openChanges }),
  CIChangeClosed: (_, { data }) => ({ openChangeCount: data.openChanges }),
  AssetAssigned: (_, { data: { custodian } }) => ({
    assetState: 'in-use',
    assetSubstate: null,
    custodian,
  }),
  AssetReturned: (_, { data: { substate } }) => ({
    assetState: 'in-stock',
    assetSubstate: substate,
    custodian: null,
  }),
  AssetTransferred: (_, { data: { custodian } }) => ({ custodian }),
  AssetMoved: (_, { data }) => ({ assetState: data.state, assetSubstate: data.substate }),
  AssetDisposed: (_, { data, occurredAt }) => ({
    state: 'disposed',
    stateMovedAt: occurredAt,
    assetState: 'retired',
    assetSubstate: data.method,
    disposalCertificate: data.certificate,
  }),
};

type Whole = CIFacts & CIRecord;

/** What some events change beyond the facts: what only the item itself shows. */
export const ciRecordFolds: Partial<Folds<Whole, CIEventTable>> = {
  CIRegistered: (_, event) => {
    const { source, discoveryRun, attributes } = event.data;
    const from: Provenance = {
      ...stamp(event),
      source,
      discoveryRun,
      change: null,
      isVerified: discoveryRun === null,
    };
    return {
      attributes: attributes as Readonly<Record<string, AttributeValue>>,
      provenance: Object.fromEntries(Object.keys(attributes).map((name) => [name, from])),
    };
  },
  CIAttributeChanged: (state, event) => {
    const { attribute, to, source, change, discoveryRun, isVerified } = event.data;
    const from = { ...stamp(event), source, change, discoveryRun, isVerified };
    return withAttribute(state, attribute, to, from);
  },
  CIAttributeCorrected: (state, event) => {
    const from = { change: null, discoveryRun: null, isVerified: true };
    const { attribute, to } = event.data;
    return withAttribute(state, attribute, to, { ...stamp(event), source: 'correction', ...from });
  },
  CIRelated: ({ relations }, event) => ({
    relations: withRelation(relations, event, { isMadeHere: true }),
  }),
  CIRelationRecorded: ({ relations }, event) => ({
    relations: withRelation(relations, event, { isMadeHere: false }),
  }),
  CIUnrelated: ({ relations }, { data }) => ({ relations: withoutRelation(relations, data) }),
  CIRelationRemovalRecorded: ({ relations }, { data }) => ({
    relations: withoutRelation(relations, data),
  }),
  CIRedundancySet: ({ redundancy }, { data: { relation, kind, minimum } }) => ({
    redundancy: [...withoutRule(redundancy, relation), { relation, kind, minimum }],
  }),
  CIRedundancyCleared: ({ redundancy }, { data: { relation } }) => ({
    redundancy: withoutRule(redundancy, relation),
  }),
  CIVerified: ({ provenance }, { data }) => ({
    provenance: Object.fromEntries(
      Object.entries(provenance).map(([name, from]) => [
        name,
        data.attributes.includes(name) ? { ...from, isVerified: true } : from,
      ]),
    ),
  }),
  CIDiscrepancyFound: ({ discrepancies }, event) => {
    const { discrepancy: id, attribute, recorded, found, method } = event.data;
    return {
      discrepancies: [
        ...discrepancies,
        {
          id,
          attribute,
          recorded: recorded as AttributeValue | null,
          found: found as AttributeValue | null,
          method,
          reported: stamp(event),
          resolution: null,
        },
      ],
    };
  },
  CIDiscrepancyResolved: ({ discrepancies }, event) => {
    const { discrepancy, resolution: kind, comment } = event.data;
    return {
      discrepancies: discrepancies.map((each) =>
        each.id === discrepancy
          ? { ...each, resolution: { ...stamp(event), kind, comment } }
          : each,
      ),
    };
  },
  CIChangeOpened: ({ openChanges, schedule }, { data: { change, plannedStart, plannedEnd } }) => ({
    openChanges: [...openChanges.filter((each) => each !== change), change],
    schedule: [
      ...schedule.filter((entry) => entry.change !== change),
      { change, plannedStart, plannedEnd },
    ],
  }),
  CIChangeClosed: ({ openChanges, schedule }, { data: { change } }) => ({
    openChanges: openChanges.filter((each) => each !== change),
    schedule: schedule.filter((entry) => entry.change !== change),
  }),
  AssetAssigned: (state, event) => ({
    custody: [...ended(state.custody, event), custodyFrom(event, event.data.custodian)],
  }),
  AssetReturned: ({ custody }, event) => ({ custody: ended(custody, event) }),
  AssetTransferred: ({ custody }, event) => ({
    custody: [...ended(custody, event), custodyFrom(event, event.data.custodian)],
  }),
};

function listed(attributes: Readonly<Record<string, unknown>>): Partial<CIFacts> {
  const facts: Partial<Record<(typeof listedAttributes)[number], string | null>> = {};
  for (const name of listedAttributes) {
    if (!Object.hasOwn(attributes, name)) continue;
    const value = attributes[name];
    facts[name] = typeof value === 'string' ? value : null;
  }
  return facts;
}

function withAttribute(
  { attributes, provenance }: Whole,
  name: string,
  value: unknown,
  from: Provenance,
): Partial<Whole> {
  const { [name]: _value, ...otherValues } = attributes;
  const { [name]: _from, ...otherFrom } = provenance;
  return value === null
    ? { attributes: otherValues, provenance: otherFrom }
    : {
        attributes: { ...attributes, [name]: value as AttributeValue },
        provenance: { ...provenance, [name]: from },
      };
}

type Relating = RecordedEvent<string, DataOf<CIEventTable['CIRelated']['fields']>>;

/** A relation that is recorded twice, after a lost race, is there once. */
function withRelation(
  relations: readonly CIRelation[],
  event: Relating,
  { isMadeHere }: Pick<CIRelation, 'isMadeHere'>,
): readonly CIRelation[] {
  const { type, inverse, impact, target, targetNumber, change, isVerified } = event.data;
  return [
    ...withoutRelation(relations, event.data),
    {
      type,
      inverse,
      impact,
      target,
      targetNumber,
      isMadeHere,
      isVerified,
      change,
      related: stamp(event),
    },
  ];
}

function withoutRelation(
  relations: readonly CIRelation[],
  { type, target }: Pick<CIRelation, 'type' | 'target'>,
): readonly CIRelation[] {
  return relations.filter((each) => each.type !== type || each.target !== target);
}

function withoutRule(
  rules: readonly RedundancyRule[],
  relation: string | null,
): readonly RedundancyRule[] {
  return rules.filter((rule) => rule.relation !== relation);
}

function custodyFrom(event: RecordedEvent, custodian: string): Custody {
  return { custodian, began: stamp(event), ended: null };
}

function ended(custody: readonly Custody[], event: RecordedEvent): readonly Custody[] {
  return custody.map((each) => (each.ended === null ? { ...each, ended: stamp(event) } : each));
}
