import {
  policyKindOf,
  policyNameOf,
  type FlowDefinition,
  type Policy,
  type PolicyKind,
  type PolicySet,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

/** When and for whom a decision is made. */
export interface PolicyMoment {
  readonly tenant: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  /** Of the event that is decided on: what was published behind it does not count. Default: all. */
  readonly position?: bigint;
}

/** What one event made of a policy: the version that it published, or none where it retired it. */
interface Publication {
  readonly position: bigint;
  readonly version: number | null;
  readonly value: unknown;
  /** Empty for one that was in force at once. */
  readonly effectiveFrom: string;
}

/** A version as it stands in the log. */
export type PublishedPolicy = Pick<Policy, 'name' | 'version' | 'value'> & {
  readonly effectiveFrom: string;
};

/**
 * The published versions of policies, folded from their events. Which one is in force at a moment
 * depends on nothing but the log before it, so a decision that is made again finds the same.
 */
export class PolicyVersions {
  private readonly byKey = new Map<string, Publication[]>();
  private readonly resolved = new WeakMap<Publication, Policy>();

  get isEmpty(): boolean {
    return this.byKey.size === 0;
  }

  /** Takes a fact of a policy, in any order and however often. Other events are passed over. */
  note(event: RecordedEvent): void {
    const publication = publicationOf(event);
    if (publication === undefined) return;
    const key = keyOf(event.tenant, String(event.data['policy']));
    const known = this.byKey.get(key) ?? [];
    if (known.some(({ position }) => position === publication.position)) return;
    const all = [...known, publication].sort((a, b) => (a.position < b.position ? -1 : 1));
    this.byKey.set(key, all);
  }

  /**
   * The newest version whose time had come; undefined where the built-in value is in force. Cost:
   * one look at each version from the newest back to that one.
   */
  inForce(policy: string, moment: PolicyMoment): PublishedPolicy | undefined {
    const found = this.find(policy, moment);
    if (found?.version == null) return undefined;
    const { version, value, effectiveFrom } = found;
    return { name: policy, version, value, effectiveFrom };
  }

  /** The set with the versions in force; the very same set where none of it is published. */
  over(defaults: PolicySet, moment: PolicyMoment): PolicySet {
    if (this.isEmpty) return defaults;
    let set: Record<string, Policy> | undefined;
    for (const [role, builtIn] of Object.entries(defaults)) {
      const found = this.find(policyNameOf(builtIn), moment);
      if (found?.version == null) continue;
      set ??= { ...defaults };
      set[role] = this.policyOf(found, policyKindOf(builtIn));
    }
    return set ?? defaults;
  }

  /** The flow under the policies that were in force where the event stands in the log. */
  flowAt<State>(flow: FlowDefinition<State>, cause: RecordedEvent): FlowDefinition<State> {
    const { tenant, recordedAt: time, position } = cause;
    const policies = this.over(flow.policies, { tenant, time, position });
    return policies === flow.policies ? flow : { ...flow, policies };
  }

  private find(policy: string, { tenant, time, position }: PolicyMoment): Publication | undefined {
    return this.byKey
      .get(keyOf(tenant, policy))
      ?.findLast(
        (each) =>
          (position === undefined || each.position < position) && each.effectiveFrom <= time,
      );
  }

  private policyOf(publication: Publication, kind: PolicyKind): Policy {
    const known = this.resolved.get(publication);
    if (known !== undefined) return known;
    const { version, value } = publication;
    const resolved: Policy = { name: kind.name, version: version ?? 0, value, kind };
    this.resolved.set(publication, resolved);
    return resolved;
  }
}

function keyOf(tenant: string, policy: string): string {
  return JSON.stringify([tenant, policy]);
}

function publicationOf(event: RecordedEvent): Publication | undefined {
  const { type, position, occurredAt, data } = event;
  switch (type) {
    case 'PolicyIntroduced':
      return {
        position,
        version: Number(data['version']),
        value: data['value'],
        effectiveFrom: '',
      };
    case 'PolicyVersionPublished': {
      const effectiveFrom = String(data['effectiveFrom']);
      return {
        position,
        version: Number(data['version']),
        value: data['value'],
        // Business time and the clock of the decision may differ by some milliseconds.
        effectiveFrom: effectiveFrom <= occurredAt ? '' : effectiveFrom,
      };
    }
    case 'PolicyRetired':
      return { position, version: null, value: null, effectiveFrom: '' };
    default:
      return undefined;
  }
}
