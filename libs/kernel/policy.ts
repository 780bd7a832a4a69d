import { valueChecks, type ValueCheck } from './value-check';

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
  /** How versions of it are made. Default: under its name, each value like the built-in one. */
  readonly kind?: PolicyKind;
}

/** What there is to know of a policy before any version of it is published. */
export interface PolicyKind {
  /** What its published versions are called: `priority-matrix`. Kebab text. */
  readonly name: string;
  readonly title: string;
  /** What is wrong with a value of it. */
  readonly faults: ValueCheck;
  /** Values to adopt, by name. */
  readonly presets: Readonly<Record<string, unknown>>;
}

/** The policies in force for a decision, by the role they play (`priorityMatrix`). */
export type PolicySet = Readonly<Record<string, Policy>>;

/** What an event records of a policy that it was decided with. */
export function policyReference({ name, version }: Policy): PolicyReference {
  return { name, version };
}

/** Under which name the versions of a policy are published. */
export function policyNameOf({ name, kind }: Pick<Policy, 'name' | 'kind'>): string {
  return kind?.name ?? name;
}

/** The kind that the policy declares, or that of a value like its own. */
export function policyKindOf({ name, value, kind }: Policy): PolicyKind {
  return kind ?? { name, title: titleOf(name), faults: valueChecks.like(value), presets: {} };
}

function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
