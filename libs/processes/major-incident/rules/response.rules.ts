import { policyReference, refuse, type Decision } from '@ledgerdesk/kernel';
import { nextEntry } from '../../shared/ticket-log';
import { utc } from '../../shared/fields';
import {
  AddMajorIncidentTimelineEntry,
  AssignMajorIncidentRole,
  HandOverMajorIncidentCommand,
  MitigateMajorIncident,
  OpenMajorIncidentBridge,
  PostMajorIncidentUpdate,
  ReleaseMajorIncidentRole,
  ResolveMajorIncident,
  ResumeMajorIncidentResponse,
  SetMajorIncidentSeverity,
  SplitMajorIncidentSubTeam,
} from '../commands/response.commands';
import type { MajorIncidentState } from '../major-incident.state';
import { EXPERT } from '../major-incident.vocabulary';
import { nextUpdateDue, updatesDue } from '../policies/communication-plan';
import { majorIncidentPolicies } from '../policies/major-incident-policies';
import { graverOf } from './candidacy.rules';
import {
  emit,
  majorIncidentCommand,
  needsIncident,
  ofIncident,
  tellsIncident,
  type MajorIncidentCommands,
  type MajorIncidentContext,
} from './major-incident-command';

const ROLES_MAX = 200;
const BRIDGES_MAX = 50;
const UPDATES_MAX = 2_000;
const SUB_TEAMS_MAX = 50;
const TIMELINE_MAX = 1_000;

const tooMany = (what: string, max: number): Decision =>
  refuse('too-many', `a major incident has at most ${max} ${what}`);

/** Who does what until the service works again, and who is told. */
export const responseCommands: MajorIncidentCommands = {
  AssignMajorIncidentRole: majorIncidentCommand<AssignMajorIncidentRole>({
    type: AssignMajorIncidentRole,
    summary: 'Give somebody a role in the response; only experts are several at once.',
    route: 'assign-role',
    permission: 'major-incident:respond',
    emits: ['MajorIncidentRoleAssigned'],
    example: { role: 'scribe', person: 'li.w' },
    decide: ({ role, person }, { roles }) => {
      if (roles.some((each) => each.role === role && each.person === person)) {
        return refuse('no-change', `${person} is ${role} already`);
      }
      if (roles.length >= ROLES_MAX) return tooMany('roles', ROLES_MAX);
      const previous = role === EXPERT ? undefined : roles.find((each) => each.role === role);
      const previousPerson = previous?.person ?? null;
      return [emit('MajorIncidentRoleAssigned', { role, person, previousPerson })];
    },
  }),
  ReleaseMajorIncidentRole: majorIncidentCommand<ReleaseMajorIncidentRole>({
    type: ReleaseMajorIncidentRole,
    summary: 'Take a role from somebody; the command can only be handed over.',
    route: 'release-role',
    permission: 'major-incident:respond',
    emits: ['MajorIncidentRoleReleased'],
    example: { role: 'subject-matter-expert', person: 'omar.s' },
    decide: ({ role, person }) => [emit('MajorIncidentRoleReleased', { role, person })],
  }),
  HandOverMajorIncidentCommand: majorIncidentCommand<HandOverMajorIncidentCommand>({
    type: HandOverMajorIncidentCommand,
    summary: 'Put somebody else in command from this instant on: there is always exactly one.',
    route: 'hand-over-command',
    permission: 'major-incident:manage',
    emits: ['MajorIncidentCommandHandedOver'],
    example: { commander: 'omar.s', comment: 'End of shift.' },
    needs: (_, { incident }) => needsIncident(incident),
    companions: ({ commander }, state, context) =>
      tellsIncident(isResolved(state) ? 'resolved' : 'declared', state, context, commander),
    decide: ({ commander, comment }, state) => [
      emit('MajorIncidentCommandHandedOver', {
        commander,
        previousCommander: state.commander ?? '',
        comment: comment ?? null,
      }),
    ],
  }),
  OpenMajorIncidentBridge: majorIncidentCommand<OpenMajorIncidentBridge>({
    type: OpenMajorIncidentBridge,
    summary: 'Open a place where responders meet.',
    route: 'open-bridge',
    permission: 'major-incident:respond',
    emits: ['MajorIncidentBridgeOpened'],
    example: { kind: 'video', address: 'https://meet.example/mi-7' },
    decide: ({ kind, address }, { bridges }) =>
      bridges.length >= BRIDGES_MAX
        ? tooMany('bridges', BRIDGES_MAX)
        : [emit('MajorIncidentBridgeOpened', { bridge: nextEntry(bridges), kind, address })],
  }),
  PostMajorIncidentUpdate: majorIncidentCommand<PostMajorIncidentUpdate>({
    type: PostMajorIncidentUpdate,
    summary: 'Tell an audience how things stand; the plan says by when it hears again.',
    route: 'post-update',
    permission: 'major-incident:communicate',
    emits: ['MajorIncidentStatusUpdatePosted'],
    example: { audience: 'customers', channel: 'status-page', message: 'We are working on it.' },
    decide: ({ audience, channel, message }, state, context) => {
      if (state.updateCount >= UPDATES_MAX) return tooMany('updates', UPDATES_MAX);
      const { communicationPlan: plan } = majorIncidentPolicies(context.policies);
      const nextDueAt = isResolved(state)
        ? null
        : nextUpdateDue(plan, state.severity ?? 0, audience, context.now);
      const update = state.updateCount + 1;
      return [
        emit('MajorIncidentStatusUpdatePosted', { update, audience, channel, message, nextDueAt }, [
          policyReference(plan),
        ]),
      ];
    },
  }),
  SetMajorIncidentSeverity: majorIncidentCommand<SetMajorIncidentSeverity>({
    type: SetMajorIncidentSeverity,
    summary: 'Make it graver or milder; in doubt between two, the graver one counts.',
    route: 'set-severity',
    permission: 'major-incident:manage',
    emits: ['MajorIncidentSeverityChanged'],
    example: { severity: 2, inDoubtWith: 1, reason: 'Payments fail as well.' },
    decide: (command, state, context) => {
      const severity = graverOf(command);
      const previousSeverity = state.severity ?? severity;
      if (severity === state.severity) return refuse('no-change', `it is SEV-${severity} already`);
      const { inDoubtWith = null, reason } = command;
      return [
        emit(
          'MajorIncidentSeverityChanged',
          { severity, previousSeverity, inDoubtWith, reason, ...dueFrom(severity, context) },
          [policyReference(majorIncidentPolicies(context.policies).communicationPlan)],
        ),
      ];
    },
  }),
  SplitMajorIncidentSubTeam: majorIncidentCommand<SplitMajorIncidentSubTeam>({
    type: SplitMajorIncidentSubTeam,
    summary: 'Have a part of the responders work on a task of its own, under its own lead.',
    route: 'split-sub-team',
    permission: 'major-incident:manage',
    emits: ['MajorIncidentSubTeamSplit'],
    example: { name: 'database', lead: 'li.w', task: 'Find out why replication stopped.' },
    decide: ({ name, lead, task, members }, { subTeams }) =>
      subTeams.length >= SUB_TEAMS_MAX
        ? tooMany('sub-teams', SUB_TEAMS_MAX)
        : [emit('MajorIncidentSubTeamSplit', { name, lead, task, members: members ?? [] })],
  }),
  AddMajorIncidentTimelineEntry: majorIncidentCommand<AddMajorIncidentTimelineEntry>({
    type: AddMajorIncidentTimelineEntry,
    summary: 'Write down what happened when, during the response or in the review.',
    route: 'add-timeline-entry',
    permission: 'major-incident:respond',
    emits: ['MajorIncidentTimelineEntryAdded'],
    example: { at: '2026-03-02T08:20:00Z', text: 'Fail-over to the second site began.' },
    decide: ({ at, text }, { timeline }, { now }) =>
      timeline.length >= TIMELINE_MAX
        ? tooMany('timeline entries', TIMELINE_MAX)
        : [
            emit('MajorIncidentTimelineEntryAdded', {
              entry: nextEntry(timeline),
              at: utc(at ?? now),
              text,
            }),
          ],
  }),
  MitigateMajorIncident: majorIncidentCommand<MitigateMajorIncident>({
    type: MitigateMajorIncident,
    summary: 'Say that the service no longer suffers, and since when.',
    route: 'mitigate',
    permission: 'major-incident:manage',
    emits: ['MajorIncidentImpactMitigated'],
    example: { impactEndedAt: '2026-03-02T09:05:00Z', comment: 'Traffic goes over site two.' },
    decide: ({ impactEndedAt, comment }) => [
      emit('MajorIncidentImpactMitigated', {
        impactEndedAt: utc(impactEndedAt),
        comment: comment ?? null,
      }),
    ],
  }),
  ResolveMajorIncident: majorIncidentCommand<ResolveMajorIncident>({
    type: ResolveMajorIncident,
    summary: 'End the response as its manager; the incident and its children resolve with it.',
    route: 'resolve',
    permission: 'major-incident:manage',
    emits: ['MajorIncidentResolved'],
    example: { notes: 'The faulty line card was replaced.' },
    needs: (_, { incident }) => needsIncident(incident),
    companions: (_, state, context) => tellsIncident('resolved', state, context, state.commander),
    decide: ({ notes }, state) => [emit('MajorIncidentResolved', { ...ofIncident(state), notes })],
  }),
  ResumeMajorIncidentResponse: majorIncidentCommand<ResumeMajorIncidentResponse>({
    type: ResumeMajorIncidentResponse,
    summary: 'Go on with the response, as the impact came back.',
    route: 'resume-response',
    permission: 'major-incident:manage',
    emits: ['MajorIncidentResponseResumed'],
    example: { reason: 'Site two fails as well.' },
    needs: (_, { incident }) => needsIncident(incident),
    companions: (_, state, context) => tellsIncident('declared', state, context, state.commander),
    decide: ({ reason }, state, context) => [
      emit(
        'MajorIncidentResponseResumed',
        { ...ofIncident(state), reason, ...dueFrom(state.severity ?? 0, context) },
        [policyReference(majorIncidentPolicies(context.policies).communicationPlan)],
      ),
    ],
  }),
};

function dueFrom(
  severity: number,
  { policies, now }: MajorIncidentContext,
): { readonly updatesDue: Readonly<Record<string, string>> } {
  return {
    updatesDue: updatesDue(majorIncidentPolicies(policies).communicationPlan, severity, now),
  };
}

function isResolved({ resolvedAt }: MajorIncidentState): boolean {
  return resolvedAt !== null;
}
