import { policyReference, type NewEvent } from '@ledgerdesk/kernel';
import { ticketPolicies } from '../../policies/policy-set';
import { isThere, utc } from '../../shared/fields';
import {
  CancelIncident,
  CloseIncident,
  ConfirmIncidentResolution,
  DisputeIncidentResolution,
  ReopenIncident,
  ResolveIncident,
} from '../commands/outcome.commands';
import type { IncidentState } from '../incident.state';
import {
  emit,
  incidentCommand,
  type IncidentCommands,
  type IncidentContext,
} from './incident-command';
import { serviceChange } from './triage.rules';

/** How incidents end, and come back. */
export const outcomeCommands: IncidentCommands = {
  ResolveIncident: incidentCommand<ResolveIncident>({
    type: ResolveIncident,
    summary: 'Say that the service works again, and how that was achieved.',
    route: 'resolve',
    permission: 'incident:resolve',
    emits: ['IncidentServiceChanged', 'IncidentResolved'],
    example: { code: 'solved-permanently', notes: 'The relay was restarted.' },
    needs: (_, { children }) => ({ tickets: children }),
    decide: (command, state, { actor }) => [
      ...serviceChange(command.service, state.service),
      emit('IncidentResolved', {
        code: command.code,
        notes: command.notes,
        resolvedBy: actor,
        impactEndedAt: !isThere(command.impactEndedAt) ? null : utc(command.impactEndedAt),
        excludedChildren: command.excludedChildren ?? [],
      }),
    ],
  }),
  ConfirmIncidentResolution: incidentCommand<ConfirmIncidentResolution>({
    type: ConfirmIncidentResolution,
    summary: 'Confirm the resolution as the caller; it closes the incident.',
    route: 'confirm',
    permission: 'incident:confirm',
    emits: ['IncidentResolutionConfirmed', 'IncidentClosed'],
    example: { comment: 'Works again, thanks.' },
    decide: ({ comment }) => [
      emit('IncidentResolutionConfirmed', { comment: comment ?? null }),
      emit('IncidentClosed', { cause: 'confirmed', code: null, comment: null }),
    ],
  }),
  DisputeIncidentResolution: incidentCommand<DisputeIncidentResolution>({
    type: DisputeIncidentResolution,
    summary: 'Dispute the resolution as the caller; it reopens the incident.',
    route: 'dispute',
    permission: 'incident:confirm',
    emits: ['IncidentResolutionDisputed', 'IncidentReopened'],
    example: { comment: 'It fails again after a restart.' },
    decide: ({ comment }, state, context) => [
      emit('IncidentResolutionDisputed', { comment }),
      reopened(comment, state, context),
    ],
  }),
  ReopenIncident: incidentCommand<ReopenIncident>({
    type: ReopenIncident,
    summary: 'Take up a resolved incident again, within the window since its resolution.',
    route: 'reopen',
    permission: 'incident:reopen',
    emits: ['IncidentReopened'],
    example: { reason: 'The error came back.' },
    decide: ({ reason }, state, context) => [reopened(reason, state, context)],
  }),
  CloseIncident: incidentCommand<CloseIncident>({
    type: CloseIncident,
    summary: 'End a resolved incident for good.',
    route: 'close',
    permission: 'incident:close',
    emits: ['IncidentClosed'],
    example: { comment: 'Caller agreed on the phone.' },
    decide: ({ cause, comment }) => [
      emit('IncidentClosed', { cause: cause ?? 'agent', code: null, comment: comment ?? null }),
    ],
  }),
  CancelIncident: incidentCommand<CancelIncident>({
    type: CancelIncident,
    summary: 'End an incident that is none, or that nobody needs.',
    route: 'cancel',
    permission: 'incident:cancel',
    emits: ['IncidentCancelled'],
    example: { reason: 'not-an-incident', comment: 'A question about licences.' },
    needs: ({ duplicateOf }) => (!isThere(duplicateOf) ? {} : { tickets: [duplicateOf] }),
    decide: ({ reason, duplicateOf, comment }, _, { tickets }) => [
      emit('IncidentCancelled', {
        reason,
        duplicateOf: !isThere(duplicateOf) ? null : (tickets.get(duplicateOf)?.id ?? null),
        comment: comment ?? null,
      }),
    ],
  }),
};

function reopened(
  reason: string,
  { reopenCount }: IncidentState,
  { policies }: IncidentContext,
): NewEvent {
  return emit(
    'IncidentReopened',
    {
      reason,
      reopenCount: reopenCount + 1,
      previousState: 'resolved',
      state: 'in-progress',
    },
    [policyReference(ticketPolicies(policies).reopenWindow)],
  );
}
