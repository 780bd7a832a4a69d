import {
  policyReference,
  refuse,
  valueChecks,
  type Policy,
  type PolicyKind,
  type PolicySet,
  type Refusal,
} from '@ledgerdesk/kernel';

/** Who belongs to a group. */
export interface Team {
  /** Names of the persons as they act; none closes the group to everybody. */
  readonly members: readonly string[];
}

/**
 * The members of groups, by the group's name. A group that is listed is closed: only its members
 * may be given its tickets, take them or start work on them. One that is not listed is open.
 */
export type Teams = Readonly<Record<string, Team>>;

const GROUPS_MAX = 1_000;
const MEMBERS_MAX = 10_000;
const { fields, list, map, text } = valueChecks;

const kind: PolicyKind = {
  name: 'teams',
  title: 'Members of groups',
  faults: map(fields({ members: list(text(200), { max: MEMBERS_MAX }) }), { max: GROUPS_MAX }),
  presets: { open: {} },
};

/** In force unless the organisation lists its teams: every group is open. */
export const openTeams: Policy<Teams> = {
  name: 'open-teams',
  version: 1,
  value: {},
  kind,
};

/** The members of a group, where it is listed. */
export function membersOf(policies: PolicySet, group: string): readonly string[] | undefined {
  const teams = policies['teams'] as Policy<Teams> | undefined;
  return teams !== undefined && Object.hasOwn(teams.value, group)
    ? teams.value[group]?.members
    : undefined;
}

/**
 * True for a member of a listed group and for anyone in another, else the refusal
 * `refused.not-a-member`. Cost: one pass over the group's members.
 */
export function isMemberOfTeam(
  teams: Policy<Teams>,
  group: string,
  person: string,
): true | Refusal {
  // A group may be called `constructor`.
  const team = Object.hasOwn(teams.value, group) ? teams.value[group] : undefined;
  if (team === undefined || team.members.includes(person)) return true;
  return refuse(
    'not-a-member',
    `${person} is no member of ${group} by version ${teams.version} of the policy ${teams.name}; ` +
      'name a member, or have the list of its members changed',
    { group, person, policy: policyReference(teams) },
  );
}
