/** Which version of a policy a decision used. */
export interface PolicyReference {
  readonly name: string;
  readonly version: number;
}

/**
 * A rule that the organisation sets, not the code: a priority matrix, a reopen window. A change is
 * a new version; what was decided under an old one stays as it was.
 */
export interface Policy<Value = unknown> extends PolicyReference {
  readonly value: Value;
}

/** The policies in force for a decision, by the role they play (`priorityMatrix`). */
export type PolicySet = Readonly<Record<string, Policy>>;

/** What an event records of a policy that it was decided with. */
export function policyReference(policy: Policy): PolicyReference {
  return { name: policy.name, version: policy.version };
}
