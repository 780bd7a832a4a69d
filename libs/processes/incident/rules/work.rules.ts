import type { NewEvent } from '@ledgerdesk/kernel';
import {
  AssignIncident,
  HandOverIncident,
  HoldIncident,
  ReassignIncident,
  ResumeIncident,
  ReturnIncident,
  StartIncidentWork,
  TakeIncident,
} from '../commands/work.commands';
import type { IncidentState } from '../incident.state';
import { emit, incidentCommand, type IncidentCommands } from './incident-command';

/** Who has the incident, and whether work goes on or waits. */
export const workCommands: IncidentCommands = {
  AssignIncident: incidentCommand<AssignIncident>({
    type: AssignIncident,
    summary: 'Give a new incident to a group, and perhaps to a person of it.',
    route: 'assign',
    permission: 'incident:assign',
    emits: ['IncidentAssigned'],
    example: { group: 'messaging', assignee: 'li.w' },
    decide: ({ group, assignee }, state) => [
      emit('IncidentAssigned', {
        group,
        assignee: assignee ?? null,
        previousGroup: state.assignmentGroup,
        previousAssignee: state.assignee,
        state: 'assigned',
      }),
    ],
  }),
  ReassignIncident: incidentCommand<ReassignIncident>({
    type: ReassignIncident,
    summary: 'Give the incident to another group or person; it counts as a reassignment.',
    route: 'reassign',
    permission: 'incident:assign',
    emits: ['IncidentReassigned'],
    example: { group: 'network', comment: 'The relay is not reachable.' },
    decide: ({ group, assignee, comment }, state) => [
      reassigned(state, group ?? state.assignmentGroup, assignee ?? null, comment ?? null),
    ],
  }),
  HandOverIncident: incidentCommand<HandOverIncident>({
    type: HandOverIncident,
    summary: 'Have another person of the same group go on, as at the end of a shift.',
    route: 'hand-over',
    permission: 'incident:assign',
    emits: ['IncidentHandedOver'],
    example: { assignee: 'omar.s', comment: 'Vendor calls back at 18:00.' },
    decide: ({ assignee, comment }, state) => [
      emit('IncidentHandedOver', {
        assignee,
        previousAssignee: state.assignee,
        comment: comment ?? null,
      }),
    ],
  }),
  ReturnIncident: incidentCommand<ReturnIncident>({
    type: ReturnIncident,
    summary: 'Give the incident back to its group.',
    route: 'return',
    permission: 'incident:work',
    emits: ['IncidentReturned'],
    example: { comment: 'Needs somebody with access to the relay.' },
    decide: ({ comment }, { assignee }) => [
      emit('IncidentReturned', {
        previousAssignee: assignee,
        state: 'assigned',
        comment: comment ?? null,
      }),
    ],
  }),
  StartIncidentWork: incidentCommand<StartIncidentWork>({
    type: StartIncidentWork,
    summary: 'Begin work by the person who has the incident; it stops the response clock.',
    route: 'start-work',
    permission: 'incident:work',
    emits: ['IncidentWorkStarted'],
    example: {},
    decide: (_, { assignee }) => [emit('IncidentWorkStarted', { assignee })],
  }),
  TakeIncident: incidentCommand<TakeIncident>({
    type: TakeIncident,
    summary: 'Make the actor the assignee, and begin work.',
    route: 'take',
    permission: 'incident:work',
    emits: ['IncidentAssigned', 'IncidentReassigned', 'IncidentWorkStarted'],
    example: { group: 'messaging' },
    decide: ({ group }, state, { actor }) => [
      ...taken(state, state.assignmentGroup ?? group ?? null, actor),
      emit('IncidentWorkStarted', { assignee: actor }),
    ],
  }),
  HoldIncident: incidentCommand<HoldIncident>({
    type: HoldIncident,
    summary: 'Stop work to wait for the caller, a change, a problem or a vendor.',
    route: 'hold',
    permission: 'incident:work',
    emits: ['IncidentHeld'],
    example: { reason: 'awaiting-caller', comment: 'Which version of Outlook is it?' },
    decide: ({ reason, reference, comment }, { holdReason }) => [
      emit('IncidentHeld', {
        reason,
        previousReason: holdReason,
        reference: reference ?? null,
        comment: comment ?? null,
      }),
    ],
  }),
  ResumeIncident: incidentCommand<ResumeIncident>({
    type: ResumeIncident,
    summary: 'Go on with the work, as what was waited for has come.',
    route: 'resume',
    permission: 'incident:work',
    emits: ['IncidentResumed'],
    example: { cause: 'caller-reply' },
    decide: ({ cause, comment }, { holdReason }) => [
      emit('IncidentResumed', {
        cause: cause ?? 'agent',
        previousReason: holdReason,
        state: 'in-progress',
        comment: comment ?? null,
      }),
    ],
  }),
};

function taken(state: IncidentState, group: string | null, actor: string): readonly NewEvent[] {
  if (state.state === 'assigned' && state.assignee === actor) return [];
  if (state.assignee !== null && state.assignee !== actor) {
    return [reassigned(state, group, actor, null)];
  }
  return [
    emit('IncidentAssigned', {
      group,
      assignee: actor,
      previousGroup: state.assignmentGroup,
      previousAssignee: state.assignee,
      state: 'assigned',
    }),
  ];
}

function reassigned(
  state: IncidentState,
  group: string | null,
  assignee: string | null,
  comment: string | null,
): NewEvent {
  return emit('IncidentReassigned', {
    group,
    assignee,
    previousGroup: state.assignmentGroup,
    previousAssignee: state.assignee,
    reassignmentCount: state.reassignmentCount + 1,
    state: 'assigned',
    comment,
  });
}
