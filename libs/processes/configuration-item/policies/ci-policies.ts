import type { Policy, PolicySet } from '@ledgerdesk/kernel';
import { ciClasses } from './ci-class-list';
import type { CIClasses } from './ci-classes';
import { relationTypes, type RelationTypes } from './relation-types';
import { sourcePriorities, type SourcePriorities } from './source-priorities';
import { verificationInterval, type VerificationInterval } from './verification-interval';

/** The policies that a decision on a configuration item looks at. */
export type CIPolicies = {
  readonly ciClasses: Policy<CIClasses>;
  readonly relationTypes: Policy<RelationTypes>;
  readonly sourcePriorities: Policy<SourcePriorities>;
  readonly verificationInterval: Policy<VerificationInterval>;
};

/** In force unless the organisation sets others. */
export const defaultCIPolicies: CIPolicies = {
  ciClasses,
  relationTypes,
  sourcePriorities,
  verificationInterval,
};

/** The policies of a decision, with the default for each that is not set. */
export function ciPolicies(policies: PolicySet): CIPolicies {
  return { ...defaultCIPolicies, ...policies };
}
