import { ticketIdOfStream, type ProcessState, type RecordedEvent } from '@ledgerdesk/kernel';
import type { PartsOf } from '../shared/block';
import type { Folds } from '../shared/folding';
import type { policyBlocks } from './policy.blocks';
import type { PolicyEventTable } from './policy.events';
import type { PolicyLifecycleState } from './policy.lifecycle';

/** Versions whose values a policy keeps at hand to roll back to; the log keeps all. */
const VERSIONS_MAX = 50;

/** What lists know of a policy. */
export interface PolicyFacts extends ProcessState {
  readonly state: PolicyLifecycleState | null;
  readonly id: string | null;
  readonly number: string | null;
  /** Its name: `priority-matrix`. */
  readonly policy: string | null;
  readonly title: string | null;
  /** What the build calls the value that version 1 was taken from. */
  readonly builtIn: string | null;
  /** The newest version; it is in force from {@link PolicyFacts.effectiveFrom} on. */
  readonly version: number;
  readonly effectiveFrom: string | null;
  readonly isRetired: boolean;
  readonly proposedVersion: number | null;
  readonly proposedBy: string | null;
  readonly openedAt: string | null;
}

/** A version as it was published. */
interface PublishedVersion {
  readonly version: number;
  readonly value: unknown;
  readonly effectiveFrom: string;
  readonly publishedAt: string;
  readonly publishedBy: string;
  readonly proposedBy: string | null;
  readonly reason: string;
}

/** What may become the next version. */
interface PolicyProposal {
  readonly version: number;
  readonly value: unknown;
  readonly preset: string | null;
  readonly ofVersion: number | null;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly reason: string;
}

/** What only the policy itself shows. */
export interface PolicyRecord {
  /** The newest last, at most 50. */
  readonly versions: readonly PublishedVersion[];
  readonly proposal: PolicyProposal | null;
}

/** A policy as it is folded from its stream. */
export interface PolicyState extends PolicyFacts, PolicyRecord, PolicyParts {}

type PolicyParts = PartsOf<readonly [typeof policyBlocks]>;

/** Before anything happened. */
export const initialPolicy: PolicyFacts & PolicyRecord = {
  state: null,
  id: null,
  number: null,
  policy: null,
  title: null,
  builtIn: null,
  version: 0,
  effectiveFrom: null,
  isRetired: false,
  proposedVersion: null,
  proposedBy: null,
  openedAt: null,
  versions: [],
  proposal: null,
};

const noProposal = { proposedVersion: null, proposedBy: null } as const;

/** What events change of the facts that lists know. */
export const policyFactFolds: Folds<PolicyFacts, PolicyEventTable> = {
  PolicyIntroduced: (_, { stream, occurredAt, data }) => {
    const { number, policy, title, version, builtIn } = data;
    return {
      ...{ number, policy, title, version, builtIn, state: 'in-force' },
      id: ticketIdOfStream(stream),
      effectiveFrom: occurredAt,
      openedAt: occurredAt,
    };
  },
  PolicyVersionProposed: (_, { actor, data: { version } }) => ({
    state: 'under-review',
    proposedVersion: version,
    proposedBy: actor,
  }),
  PolicyProposalWithdrawn: ({ isRetired }) => ({
    state: isRetired ? 'retired' : 'in-force',
    ...noProposal,
  }),
  PolicyVersionPublished: (_, { data: { version, effectiveFrom } }) => ({
    ...{ version, effectiveFrom, ...noProposal },
    state: 'in-force',
    isRetired: false,
  }),
  PolicyRetired: () => ({ state: 'retired', isRetired: true }),
};

/** What they change beyond. */
export const policyRecordFolds: Partial<Folds<PolicyRecord, PolicyEventTable>> = {
  PolicyIntroduced: ({ versions }, { data, ...event }) => ({
    versions: withVersion(versions, event, {
      ...{ version: data.version, value: data.value, reason: data.reason },
      effectiveFrom: event.occurredAt,
      proposedBy: null,
    }),
  }),
  PolicyVersionProposed: (_, { actor, occurredAt, data }) => ({
    proposal: { ...data, proposedBy: actor, proposedAt: occurredAt },
  }),
  PolicyProposalWithdrawn: () => ({ proposal: null }),
  PolicyVersionPublished: ({ versions }, { data, ...event }) => {
    const { version, value, effectiveFrom, proposedBy, reason } = data;
    return {
      proposal: null,
      versions: withVersion(versions, event, {
        ...{ version, value, effectiveFrom, proposedBy, reason },
      }),
    };
  },
};

function withVersion(
  versions: readonly PublishedVersion[],
  { occurredAt, actor }: Pick<RecordedEvent, 'occurredAt' | 'actor'>,
  published: Omit<PublishedVersion, 'publishedAt' | 'publishedBy'>,
): readonly PublishedVersion[] {
  const all = [...versions, { ...published, publishedAt: occurredAt, publishedBy: actor }];
  return all.slice(-VERSIONS_MAX);
}
