import type { Policy, PolicySet, ProcessDefinition, ProcessState } from '@ledgerdesk/kernel';
import { customFieldsV1, type CustomFieldSchema } from './custom-fields';
import { priorityMatrices, type PriorityMatrix } from './priority-matrix';
import { reopenWindowOf7Days, type ReopenWindow } from './reopen-window';
import { openTeams, type Teams } from './teams';

/** The policies that a ticket with a priority, a group and a reopening looks at. */
export type TicketPolicies = {
  readonly priorityMatrix: Policy<PriorityMatrix>;
  readonly reopenWindow: Policy<ReopenWindow>;
  readonly teams: Policy<Teams>;
  readonly customFields: Policy<CustomFieldSchema>;
};

/** In force unless the organisation sets others. */
export const defaultTicketPolicies: TicketPolicies = {
  priorityMatrix: priorityMatrices['servicenow-3x3'],
  reopenWindow: reopenWindowOf7Days,
  teams: openTeams,
  customFields: customFieldsV1,
};

/** The policies of a decision, with the default for each that is not set. */
export function ticketPolicies(policies: PolicySet): TicketPolicies {
  return { ...defaultTicketPolicies, ...policies };
}

/**
 * The same process under other policies; those not named stay as they are. One that does not say
 * what versions of it are like is of the kind of the default.
 */
export function withPolicies<State extends ProcessState>(
  process: ProcessDefinition<State>,
  policies: Partial<TicketPolicies>,
): ProcessDefinition<State> {
  const kinds: PolicySet = { ...defaultTicketPolicies, ...process.policies };
  const named = Object.entries(policies).map(([role, policy]): [string, Policy] => {
    const kind = policy.kind ?? kinds[role]?.kind;
    return [role, { ...policy, ...(kind && { kind }) }];
  });
  return { ...process, policies: { ...process.policies, ...Object.fromEntries(named) } };
}
