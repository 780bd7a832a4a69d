import { valueChecks, type Policy, type PolicySet } from '@ledgerdesk/kernel';

/** How versions of policies are published. */
export interface PolicyPublication {
  /** Names of the policies that one person proposes and another one publishes. */
  readonly fourEyes: readonly string[];
}

const NAME = 'policy-publication';

/** The rule that ships with the system: one person may publish. */
export const onePersonPublishes: Policy<PolicyPublication> = {
  name: NAME,
  version: 1,
  value: { fourEyes: [] },
  kind: {
    name: NAME,
    title: 'Publication of policies',
    faults: valueChecks.fields({ fourEyes: valueChecks.list(valueChecks.text(200), { max: 200 }) }),
    presets: {},
  },
};

/** The rule in force. */
export function publicationPolicy(policies: PolicySet): Policy<PolicyPublication> {
  return (policies[NAME] as Policy<PolicyPublication> | undefined) ?? onePersonPublishes;
}
