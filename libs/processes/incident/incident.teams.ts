import {
  policyReference,
  type DecisionContext,
  type Guard,
  type PolicyReference,
  type Refusal,
} from '@ledgerdesk/kernel';
import { ticketPolicies } from '../policies/policy-set';
import { isMemberOfTeam } from '../policies/teams';
import { defineGuard } from '../shared/command-definition';
import { isThere } from '../shared/fields';
import type { RegisterIncident } from './commands/registration.commands';
import type {
  AssignIncident,
  HandOverIncident,
  ReassignIncident,
  TakeIncident,
} from './commands/work.commands';
import type { IncidentState } from './incident.state';

type Policies = Pick<DecisionContext<IncidentState>, 'policies'>;

/** Gives the incident to a person, in a group that it names or in the one that has it. */
type Assignment = Partial<AssignIncident & ReassignIncident & HandOverIncident>;

/** Who may have an incident of a group: asked wherever a person gets it or starts work on it. */
export const teamGuards = {
  isMemberOfTeam: defineGuard<IncidentState, Partial<TakeIncident>>({
    unless: 'the actor is a member of the group, where the teams policy lists its members',
    stateOnly: true,
    check: ({ assignmentGroup }, { group }, context) =>
      checkMember(assignmentGroup ?? group, context.actor, context),
  }),
  isAssigneeMemberOfTeam: defineGuard<IncidentState, Assignment>({
    unless: 'the named person is a member of the group, where the teams policy lists its members',
    check: ({ assignmentGroup }, { group, assignee }, context) =>
      checkMember(group ?? assignmentGroup, assignee, context),
  }),
  isRegisteredForMembers: defineGuard<IncidentState, RegisterIncident>({
    unless:
      'the assignee, and the actor who starts work at once, are members of the group, where the ' +
      'teams policy lists its members',
    check: (_, command, context) => {
      const { assignmentGroup, assignee } = command;
      const byAssignee = checkMember(assignmentGroup, assignee, context);
      if (byAssignee !== true || !isWorkedOnAtBirth(command)) return byAssignee;
      return checkMember(assignmentGroup, context.actor, context);
    },
  }),
} as const satisfies Readonly<Record<string, Guard<IncidentState>>>;

/** Whether a registration says that work on the incident has begun. */
export function isWorkedOnAtBirth({
  startWork,
  holdReason,
}: Pick<RegisterIncident, 'startWork' | 'holdReason'>): boolean {
  return startWork === true || isThere(holdReason);
}

/**
 * What an event refers to that gives an incident of a group to a person: the teams as of then, open
 * ones too. Nothing where there is no group or no person, so nobody was looked up.
 */
export function teamsAskedFor(
  group: string | null,
  person: string | null,
  { policies }: Policies,
): readonly PolicyReference[] | undefined {
  if (group === null || person === null) return undefined;
  return [policyReference(ticketPolicies(policies).teams)];
}

function checkMember(
  group: string | null | undefined,
  person: string | null | undefined,
  { policies }: Policies,
): true | Refusal {
  if (!isThere(group) || !isThere(person)) return true;
  return isMemberOfTeam(ticketPolicies(policies).teams, group, person);
}
