import type { Policy, PolicySet } from '@ledgerdesk/kernel';
import { customFieldsV1, type CustomFieldSchema } from '../../policies/custom-fields';
import { communicationPlanV1, type CommunicationPlan } from './communication-plan';
import { reviewDeadlinesV1, type ReviewDeadlines } from './review-deadlines';
import { majorIncidentTriggersV1, type TriggerRules } from './trigger-rules';

/** The policies that a major incident looks at. */
export type MajorIncidentPolicies = {
  readonly triggers: Policy<TriggerRules>;
  readonly communicationPlan: Policy<CommunicationPlan>;
  readonly reviewDeadlines: Policy<ReviewDeadlines>;
  readonly customFields: Policy<CustomFieldSchema>;
};

/** In force unless the organisation sets others. */
export const defaultMajorIncidentPolicies: MajorIncidentPolicies = {
  triggers: majorIncidentTriggersV1,
  communicationPlan: communicationPlanV1,
  reviewDeadlines: reviewDeadlinesV1,
  customFields: customFieldsV1,
};

/** The policies of a decision, with the default for each that is not set. */
export function majorIncidentPolicies(policies: PolicySet): MajorIncidentPolicies {
  return { ...defaultMajorIncidentPolicies, ...policies };
}
