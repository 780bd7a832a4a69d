import { ticketIdOfStream, type RecordedEvent } from '@ledgerdesk/kernel';
import type { Folds } from '../shared/folding';
import { replaceEntry, stamp } from '../shared/ticket-log';
import type { MajorIncidentEventTable } from './major-incident.events';
import type { MajorIncidentLifecycleState } from './major-incident.lifecycle';
import type {
  AssignedRole,
  CommunicationState,
  MajorIncidentFacts,
  MajorIncidentRecord,
} from './major-incident.state';
import {
  COMMANDER,
  EXPERT,
  externalAudiences,
  type MajorIncidentRole,
} from './major-incident.vocabulary';
import type { UpdatesDue } from './policies/communication-plan';

/** What each event changes of the facts, from any state: the log is the truth. */
export const majorIncidentFactFolds: Folds<MajorIncidentFacts, MajorIncidentEventTable> = {
  MajorIncidentProposed: (_, event) => {
    const { number, incident, pattern, incidentNumber, title, service } = event.data;
    const { impactBeganAt, rule } = event.data;
    return {
      ...{ number, incident, pattern, incidentNumber, title, service, impactBeganAt, rule },
      state: 'proposed',
      id: ticketIdOfStream(event.stream),
      proposedBy: event.actor,
      proposedAt: event.occurredAt,
    };
  },
  MajorIncidentDeclared: (_, { data, occurredAt }) => ({
    state: 'declared',
    severity: data.severity,
    commander: data.commander,
    service: data.service,
    declaredAt: occurredAt,
    communication: 'new',
    updatesDue: dueTimes(data.updatesDue),
  }),
  MajorIncidentRejected: (_, event) => ended(event, 'rejected', null),
  MajorIncidentDemoted: (_, event) => ended(event, 'demoted', 'cancelled'),
  MajorIncidentCancelled: ({ communication }, event) =>
    ended(event, 'cancelled', communication === null ? null : 'cancelled'),
  MajorIncidentRoleAssigned: responded,
  MajorIncidentRoleReleased: () => ({}),
  MajorIncidentCommandHandedOver: (state, event) => ({
    ...responded(state, event),
    commander: event.data.commander,
  }),
  MajorIncidentBridgeOpened: responded,
  MajorIncidentStatusUpdatePosted: (state, event) => {
    const { update, audience, nextDueAt } = event.data;
    const { [audience]: _, ...others } = state.updatesDue;
    const isExternal = externalAudiences.includes(audience);
    return {
      ...responded(state, event),
      updateCount: update,
      updatesDue: nextDueAt === null ? others : { ...others, [audience]: nextDueAt },
      ...(state.communication === 'new' && { communication: 'work-in-progress' }),
      ...(state.reviewOwner !== null && isExternal && { isExternalMessagePosted: true }),
    };
  },
  MajorIncidentSeverityChanged: (state, event) => ({
    ...responded(state, event),
    severity: event.data.severity,
    updatesDue: dueTimes(event.data.updatesDue),
  }),
  MajorIncidentSubTeamSplit: responded,
  MajorIncidentTimelineEntryAdded: () => ({}),
  MajorIncidentImpactMitigated: (_, { data, occurredAt }) => ({
    state: 'mitigated',
    impactEndedAt: data.impactEndedAt,
    mitigatedAt: occurredAt,
  }),
  MajorIncidentResolved: (_, { actor, occurredAt }) => ({
    state: 'resolved',
    resolvedBy: actor,
    resolvedAt: occurredAt,
    communication: 'resolved',
    updatesDue: {},
  }),
  MajorIncidentResponseResumed: (_, { data }) => ({
    state: 'responding',
    impactEndedAt: null,
    mitigatedAt: null,
    resolvedBy: null,
    resolvedAt: null,
    communication: 'work-in-progress',
    updatesDue: dueTimes(data.updatesDue),
  }),
  MajorIncidentReviewStarted: (_, { data }) => ({
    state: 'review-draft',
    reviewOwner: data.owner,
    reviewDueAt: data.dueAt,
    isExternalMessagePromised: data.isExternalMessagePromised,
  }),
  MajorIncidentImpactDescribed: () => ({}),
  MajorIncidentContributingFactorAdded: () => ({}),
  MajorIncidentReviewActionAdded: () => ({}),
  MajorIncidentReviewActionRecorded: () => ({}),
  MajorIncidentReviewSubmitted: () => ({ state: 'in-review' }),
  MajorIncidentReviewReturned: () => ({ state: 'review-draft' }),
  MajorIncidentReviewConcluded: (_, { occurredAt }) => ({
    state: 'reviewed',
    reviewConcludedAt: occurredAt,
  }),
  MajorIncidentReviewClosed: (_, event) => ended(event, 'closed', 'closed'),
};

/** What some events change beyond the facts: texts and lists that only the ticket itself shows. */
export const majorIncidentRecordFolds: Partial<
  Folds<MajorIncidentFacts & MajorIncidentRecord, MajorIncidentEventTable>
> = {
  MajorIncidentProposed: (_, { data }) => ({ reason: data.reason }),
  MajorIncidentDeclared: (_, event) => ({
    businessImpact: event.data.businessImpact,
    roles: [roleOf(COMMANDER, event.data.commander, event)],
  }),
  MajorIncidentRejected: (_, { data }) => ({ reason: data.reason }),
  MajorIncidentDemoted: (_, { data }) => ({ reason: data.reason }),
  MajorIncidentRoleAssigned: ({ roles }, event) => {
    const { role, person } = event.data;
    // A role passes from one person to the next; only experts are several.
    const others = role === EXPERT ? roles : roles.filter((each) => each.role !== role);
    return { roles: [...others, roleOf(role, person, event)] };
  },
  MajorIncidentRoleReleased: ({ roles }, { data }) => ({
    roles: roles.filter(({ role, person }) => role !== data.role || person !== data.person),
  }),
  MajorIncidentCommandHandedOver: ({ roles }, event) => ({
    roles: [
      roleOf(COMMANDER, event.data.commander, event),
      ...roles.filter(({ role }) => role !== COMMANDER),
    ],
  }),
  MajorIncidentBridgeOpened: ({ bridges }, event) => {
    const { bridge: id, kind, address } = event.data;
    return { bridges: [...bridges, { id, kind, address, opened: stamp(event) }] };
  },
  MajorIncidentStatusUpdatePosted: ({ updates }, event) => {
    const { update: id, audience, channel, message } = event.data;
    return { updates: [...updates, { id, audience, channel, message, posted: stamp(event) }] };
  },
  MajorIncidentSubTeamSplit: ({ subTeams }, { data }) => ({ subTeams: [...subTeams, { ...data }] }),
  MajorIncidentTimelineEntryAdded: ({ timeline }, { data: { entry: id, at, text } }) => ({
    timeline: [...timeline, { id, at, text }],
  }),
  MajorIncidentResolved: (_, { data }) => ({ resolutionNotes: data.notes }),
  MajorIncidentResponseResumed: () => ({ resolutionNotes: null }),
  MajorIncidentImpactDescribed: (_, { data }) => ({ reviewImpact: data.to }),
  MajorIncidentContributingFactorAdded: ({ contributingFactors }, { data }) => ({
    contributingFactors: [...contributingFactors, data.text],
  }),
  MajorIncidentReviewActionAdded: ({ actions }, { data: { action: id, text, owner, dueAt } }) => ({
    actions: [...actions, { id, text, owner, dueAt, recordKind: null, record: null }],
  }),
  MajorIncidentReviewActionRecorded: ({ actions }, { data: { action, recordKind, record } }) => ({
    actions: replaceEntry(actions, action, (each) => ({ ...each, recordKind, record })),
  }),
};

/** The first act after the declaration begins the response. */
function responded(state: MajorIncidentFacts, event: RecordedEvent): Partial<MajorIncidentFacts> {
  return state.state === 'declared' ? { state: 'responding', respondedAt: event.occurredAt } : {};
}

function ended(
  event: RecordedEvent,
  state: MajorIncidentLifecycleState,
  communication: CommunicationState | null,
): Partial<MajorIncidentFacts> {
  return {
    state,
    communication,
    updatesDue: {},
    endedBy: event.actor,
    endedAt: event.occurredAt,
  };
}

function roleOf(role: MajorIncidentRole, person: string, event: RecordedEvent): AssignedRole {
  return { role, person, assigned: stamp(event) };
}

function dueTimes(due: Readonly<Record<string, unknown>>): UpdatesDue {
  const entries = Object.entries(due).filter(([, at]) => typeof at === 'string');
  return Object.fromEntries(entries) as UpdatesDue;
}
