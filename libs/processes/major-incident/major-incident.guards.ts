import { refuse, type Guard, type Refusal } from '@ledgerdesk/kernel';
import { defineGuard } from '../shared/command-definition';
import { isThere, utc } from '../shared/fields';
import type { ProposeMajorIncident } from './commands/candidacy.commands';
import type {
  AddMajorIncidentTimelineEntry,
  AssignMajorIncidentRole,
  HandOverMajorIncidentCommand,
  MitigateMajorIncident,
  OpenMajorIncidentBridge,
  ReleaseMajorIncidentRole,
  SplitMajorIncidentSubTeam,
} from './commands/response.commands';
import type {
  AddMajorIncidentContributingFactor,
  RecordMajorIncidentReviewAction,
} from './commands/review.commands';
import type { MajorIncidentState } from './major-incident.state';
import { COMMANDER } from './major-incident.vocabulary';
import { majorIncidentPolicies } from './policies/major-incident-policies';
import { firstTriggerRule } from './policies/trigger-rules';
import {
  incidentOf,
  type CandidateIncident,
  type MajorIncidentContext,
} from './rules/major-incident-command';

type State = MajorIncidentState;

/** The questions that the lifecycle of the major incident asks, by name. */
export const majorIncidentGuards: Readonly<Record<string, Guard<State>>> = {
  hasActiveIncident: defineGuard<State, ProposeMajorIncident>({
    unless: 'the incident is there, active and no child',
    check: (_, { incident }, context) => checkActive(incidentOf(context, incident), incident),
  }),
  isFirstMatchingRule: defineGuard<State, ProposeMajorIncident>({
    unless: 'the rule, where one is named, is the first of the rules in force that matches',
    check: checkRule,
  }),
  isCandidateOfIncident: defineGuard<State>({
    unless: 'the incident is still active, no child, and proposed as this major incident',
    check: ({ id, incident: reference }, _, context) => {
      const incident = incidentOf(context, reference);
      const active = checkActive(incident, reference ?? '');
      return active === true ? checkOwn(incident, id) : active;
    },
  }),
  isStillOfIncident: defineGuard<State>({
    unless: 'the incident is neither closed nor cancelled, and handled as this major incident',
    check: ({ id, incident: reference }, _, context) => {
      const incident = incidentOf(context, reference);
      const fault = checkThere(incident, reference ?? '');
      return fault ?? checkOwn(incident, id);
    },
  }),
  isIncidentCancelled: defineGuard<State>({
    unless: 'the incident was cancelled, or is handled as another major incident',
    check: ({ id, incident: reference }, _, context) => {
      const incident = incidentOf(context, reference);
      return (
        incident?.state === 'cancelled' ||
        incident?.majorIncident !== id ||
        refuse(
          'incident-not-cancelled',
          `the incident is ${incident.state ?? 'not there'}; reject or demote the major incident`,
          { incident: reference },
        )
      );
    },
  }),
  isCommander: defineGuard<State>({
    unless: 'the actor is in command: the major incident manager',
    stateOnly: true,
    check: ({ commander }, _, { actor, onBehalfOf }) =>
      (commander !== null && (commander === actor || commander === onBehalfOf)) ||
      refuse('not-commander', `${commander ?? 'nobody'} is in command; have it handed over first`, {
        commander,
      }),
  }),
  isNoHandOver: defineGuard<State, AssignMajorIncidentRole>({
    unless: 'the role is not the command, which is handed over instead',
    check: ({ commander }, { role }) =>
      role !== COMMANDER ||
      refuse('one-commander', `${commander ?? 'nobody'} is in command; hand the command over`, {
        commander,
      }),
  }),
  hasRole: defineGuard<State, ReleaseMajorIncidentRole>({
    unless: 'the person has the role, and it is not the command',
    check: ({ roles, commander }, { role, person }) => {
      if (role === COMMANDER) {
        return refuse('one-commander', 'the command is never vacant; hand it over instead', {
          commander,
        });
      }
      return (
        roles.some((each) => each.role === role && each.person === person) ||
        refuse('no-such-role', `${person} is no ${role}`, {
          roles: roles.map((each) => `${each.role}: ${each.person}`),
        })
      );
    },
  }),
  isOtherCommander: defineGuard<State, HandOverMajorIncidentCommand>({
    unless: 'the person is another one',
    check: (state, { commander }) =>
      commander !== state.commander || refuse('no-change', `${commander} is in command already`),
  }),
  isNewBridge: defineGuard<State, OpenMajorIncidentBridge>({
    unless: 'no bridge is open at that address',
    check: ({ bridges }, { address }) =>
      !bridges.some((bridge) => bridge.address === address) ||
      refuse('no-change', `a bridge is open at ${address} already`),
  }),
  isNewSubTeam: defineGuard<State, SplitMajorIncidentSubTeam>({
    unless: 'no sub-team has that name',
    check: ({ subTeams }, { name }) =>
      !subTeams.some((team) => team.name === name) ||
      refuse('sub-team-exists', `there is a sub-team ${name} already; choose another name`, {
        subTeams: subTeams.map((team) => team.name),
      }),
  }),
  isEntryOfThePast: defineGuard<State, AddMajorIncidentTimelineEntry>({
    unless: 'what is written down has happened',
    check: (_, { at }, { now }) =>
      !isThere(at) ||
      utc(at) <= now ||
      refuse('future-time', `at lies in the future; give a time up to ${now}`, { now }),
  }),
  isImpactEndPlausible: defineGuard<State, MitigateMajorIncident>({
    unless: 'the impact ended after it began, and not in the future',
    check: ({ impactBeganAt }, { impactEndedAt }, { now }) => {
      const endedAt = Date.parse(impactEndedAt);
      const isAfter = impactBeganAt === null || endedAt >= Date.parse(impactBeganAt);
      return (
        (isAfter && endedAt <= Date.parse(now)) ||
        refuse('impact-end', 'the impact ends after its beginning, and not in the future', {
          impactBeganAt,
          now,
        })
      );
    },
  }),
  isNewFactor: defineGuard<State, AddMajorIncidentContributingFactor>({
    unless: 'the review does not name that factor yet',
    check: ({ contributingFactors }, { factor }) =>
      !contributingFactors.includes(factor) ||
      refuse('no-change', 'the review names this very factor already'),
  }),
  hasCompleteReview: defineGuard<State>({
    unless: 'the review has a timeline, the impact, contributing factors and actions',
    stateOnly: true,
    check: (state) => {
      const missing = missingInReview(state);
      return (
        missing.length === 0 ||
        refuse('review-incomplete', `the review lacks: ${missing.join(', ')}`, { missing })
      );
    },
  }),
  hasUnrecordedAction: defineGuard<State, RecordMajorIncidentReviewAction>({
    unless: 'the review has that action, and it is no record yet',
    check: ({ actions }, { action: id }) => {
      const action = actions.find((each) => each.id === id);
      const open = unrecorded({ actions });
      if (action === undefined) {
        return refuse('no-such-action', `the review has no action ${id}`, { open });
      }
      return (
        action.record === null ||
        refuse('action-recorded', `action ${id} is ${action.record} already`, { open })
      );
    },
  }),
  areActionsRecorded: defineGuard<State>({
    unless: 'every action of the review is a record',
    stateOnly: true,
    check: (state) => {
      const open = unrecorded(state);
      return (
        open.length === 0 ||
        refuse('open-actions', `actions are no records yet: ${open.join(', ')}`, { open })
      );
    },
  }),
  isPromisedMessagePosted: defineGuard<State>({
    unless: 'customers or the public heard of the outcome, where that was promised',
    stateOnly: true,
    check: ({ isExternalMessagePromised, isExternalMessagePosted }) =>
      !isExternalMessagePromised ||
      isExternalMessagePosted ||
      refuse('promised-message', 'post the promised update for customers or the public first'),
  }),
};

function checkThere(incident: CandidateIncident | undefined, name: string): Refusal | undefined {
  if (incident === undefined) {
    return refuse('related-missing', `there is no incident ${name}; name one that is there`, {
      reference: name,
    });
  }
  return incident.state === 'closed' || incident.state === 'cancelled'
    ? refuse('incident-over', `${nameOf(incident)} is ${incident.state}; name an active one`)
    : undefined;
}

function checkActive(incident: CandidateIncident | undefined, name: string): true | Refusal {
  const fault = checkThere(incident, name);
  if (fault !== undefined || incident === undefined) return fault ?? true;
  return (
    incident.parent === null ||
    refuse('incident-is-child', `${nameOf(incident)} has a parent; propose that one`, {
      parent: incident.parent,
    })
  );
}

function checkOwn(incident: CandidateIncident | undefined, id: string | null): true | Refusal {
  return (
    incident?.majorIncident === id ||
    refuse('other-major-incident', 'the incident is handled as another major incident', {
      majorIncident: incident?.majorIncident ?? null,
    })
  );
}

function checkRule(
  _: State,
  { incident: reference, rule, serviceCriticality }: ProposeMajorIncident,
  context: MajorIncidentContext,
): true | Refusal {
  if (!isThere(rule)) return true;
  const { triggers } = majorIncidentPolicies(context.policies);
  const incident = incidentOf(context, reference);
  const first = firstTriggerRule(triggers, {
    serviceCriticality: serviceCriticality ?? null,
    childCount: incident?.children.length ?? 0,
    priority: incident?.priority ?? null,
  });
  return (
    first?.id === rule ||
    refuse(
      'trigger-rule',
      first === undefined
        ? `no rule of ${triggers.name} version ${triggers.version} matches`
        : `${first.id} is the first rule that matches, not ${rule}`,
      { first: first?.id ?? null, rules: triggers.value.rules.map(({ id }) => id) },
    )
  );
}

function missingInReview(state: State): readonly string[] {
  return [
    ...(state.timeline.length === 0 ? ['timeline'] : []),
    ...(state.reviewImpact === null ? ['impact'] : []),
    ...(state.contributingFactors.length === 0 ? ['contributing factors'] : []),
    ...(state.actions.length === 0 ? ['actions'] : []),
  ];
}

function unrecorded({ actions }: Pick<State, 'actions'>): readonly number[] {
  return actions.filter(({ record }) => record === null).map(({ id }) => id);
}

function nameOf({ number, id }: CandidateIncident): string {
  return number ?? id ?? 'the incident';
}
