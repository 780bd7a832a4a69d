import { policyReference } from '@ledgerdesk/kernel';
import { noteAdded } from '../../shared/blocks/notes.block';
import { isThere, textLimits } from '../../shared/fields';
import {
  AcceptMajorIncident,
  CancelMajorIncident,
  DemoteMajorIncident,
  ProposeMajorIncident,
  RejectMajorIncident,
} from '../commands/candidacy.commands';
import { updatesDue } from '../policies/communication-plan';
import { majorIncidentPolicies } from '../policies/major-incident-policies';
import {
  emit,
  incidentOf,
  majorIncidentCommand,
  needsIncident,
  noted,
  ofIncident,
  tellsIncident,
  type MajorIncidentCommands,
} from './major-incident-command';

/** Whether an incident is a major one. Each step is noted on the incident before it is taken. */
export const candidacyCommands: MajorIncidentCommands = {
  ProposeMajorIncident: majorIncidentCommand<ProposeMajorIncident>({
    type: ProposeMajorIncident,
    summary: 'Propose an incident as a major one; a trigger rule that asks for it is named.',
    route: null,
    permission: 'major-incident:propose',
    emits: ['MajorIncidentProposed'],
    example: { incident: 'INC-000042', reason: 'Nobody in Berlin can send mail.' },
    needs: ({ incident }) => needsIncident(incident),
    // Refused there where the incident is a child, or another's candidate already.
    companions: ({ incident }, _, context) => [
      noted(incidentOf(context, incident)?.id ?? incident, {
        majorIncident: context.id,
        status: 'proposed',
        commander: null,
      }),
    ],
    decide: (command, _, context) => {
      const incident = incidentOf(context, command.incident);
      const { triggers } = majorIncidentPolicies(context.policies);
      return [
        emit(
          'MajorIncidentProposed',
          {
            number: context.number,
            ...proposed(command.incident, incident),
            pattern: command.pattern ?? patternOf(incident?.service ?? null),
            rule: command.rule ?? null,
            reason: command.reason ?? null,
            serviceCriticality: command.serviceCriticality ?? null,
          },
          isThere(command.rule) ? [policyReference(triggers)] : [],
        ),
      ];
    },
  }),
  AcceptMajorIncident: majorIncidentCommand<AcceptMajorIncident>({
    type: AcceptMajorIncident,
    summary: 'Accept the proposal; the actor is in command, as the major incident manager.',
    route: 'accept',
    permission: 'major-incident:decide',
    emits: ['MajorIncidentDeclared', 'MajorIncidentNoteAdded'],
    example: {
      severity: 2,
      inDoubtWith: 1,
      businessImpact: 'No orders come in over the web shop.',
      workNote: 'Network and web teams are called.',
    },
    needs: (_, { incident }) => needsIncident(incident),
    companions: (_, state, context) => tellsIncident('declared', state, context, context.actor),
    decide: (command, state, context) => {
      const { communicationPlan } = majorIncidentPolicies(context.policies);
      const severity = graverOf(command);
      return [
        emit(
          'MajorIncidentDeclared',
          {
            ...ofIncident(state),
            commander: context.actor,
            severity,
            inDoubtWith: command.inDoubtWith ?? null,
            businessImpact: command.businessImpact,
            workNote: command.workNote,
            // The incident may have been classified since it was proposed.
            service: incidentOf(context, state.incident)?.service ?? state.service,
            updatesDue: updatesDue(communicationPlan, severity, context.now),
          },
          [policyReference(communicationPlan)],
        ),
        noteAdded('MajorIncident', state, { text: command.workNote, visibility: 'internal' }),
      ];
    },
  }),
  RejectMajorIncident: majorIncidentCommand<RejectMajorIncident>({
    type: RejectMajorIncident,
    summary: 'Reject the proposal; the incident goes on as a normal one.',
    route: 'reject',
    permission: 'major-incident:decide',
    emits: ['MajorIncidentRejected'],
    example: { reason: 'One printer.' },
    needs: (_, { incident }) => needsIncident(incident),
    companions: (_, state, context) => tellsIncident('rejected', state, context, null),
    decide: ({ reason }, state) => [
      emit('MajorIncidentRejected', { ...ofIncident(state), reason }),
    ],
  }),
  DemoteMajorIncident: majorIncidentCommand<DemoteMajorIncident>({
    type: DemoteMajorIncident,
    summary: 'Say as its manager that it is no major incident after all.',
    route: 'demote',
    permission: 'major-incident:manage',
    emits: ['MajorIncidentDemoted'],
    example: { reason: 'Only the test environment is hit.' },
    needs: (_, { incident }) => needsIncident(incident),
    companions: (_, state, context) => tellsIncident('demoted', state, context, null),
    decide: ({ reason }, state) => [emit('MajorIncidentDemoted', { ...ofIncident(state), reason })],
  }),
  CancelMajorIncident: majorIncidentCommand<CancelMajorIncident>({
    type: CancelMajorIncident,
    summary: 'End it, because its incident was cancelled or is handled as another major incident.',
    route: 'cancel',
    permission: 'major-incident:manage',
    emits: ['MajorIncidentCancelled'],
    example: { comment: 'The incident was a duplicate.' },
    needs: (_, { incident }) => needsIncident(incident),
    companions: (_, state, context) => tellsIncident('cancelled', state, context, null),
    decide: ({ comment }, state) => [
      emit('MajorIncidentCancelled', { ...ofIncident(state), comment: comment ?? null }),
    ],
  }),
};

/** What is known of the incident that is proposed. */
function proposed(named: string, incident: ReturnType<typeof incidentOf>) {
  return {
    incident: incident?.id ?? named,
    incidentNumber: incident?.number ?? named,
    title: incident?.title ?? null,
    service: incident?.service ?? null,
    impactBeganAt: incident?.impactBeganAt ?? null,
  };
}

/** Incidents of the service belong to it, also where a person proposed it. */
function patternOf(service: string | null): string | null {
  return service === null ? null : `service:${service}`.slice(0, textLimits.name);
}

/** In doubt the graver of two severities: the lower number. */
export function graverOf({
  severity,
  inDoubtWith,
}: {
  readonly severity: number;
  readonly inDoubtWith?: number | null;
}): number {
  return Math.min(severity, inDoubtWith ?? severity);
}
