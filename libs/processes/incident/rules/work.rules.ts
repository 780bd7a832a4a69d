import { ticketKey, type DecisionNeeds, type NewEvent } from '@ledgerdesk/kernel';
import { isThere } from '../../shared/fields';
import {
  AssignIncident,
  HandOverIncident,
  HoldIncident,
  NameIncidentHoldTarget,
  ReassignIncident,
  ResumeIncident,
  ReturnIncident,
  StartIncidentWork,
  TakeIncident,
} from '../commands/work.commands';
import type { IncidentState } from '../incident.state';
import { teamsAskedFor } from '../incident.teams';
import { awaitedProcesses, type HoldReason } from '../incident.vocabulary';
import {
  emit,
  incidentCommand,
  type IncidentCommands,
  type IncidentContext,
} from './incident-command';

/** Who has the incident, and whether work goes on or waits. */
export const workCommands: IncidentCommands = {
  AssignIncident: incidentCommand<AssignIncident>({
    type: AssignIncident,
    summary: 'Give a new incident to a group, and perhaps to a person of it.',
    route: 'assign',
    permission: 'incident:assign',
    emits: ['IncidentAssigned'],
    example: { group: 'messaging', assignee: 'li.w' },
    decide: ({ group, assignee }, state, context) => [
      assigned(state, { group, assignee: assignee ?? null }, context),
    ],
  }),
  ReassignIncident: incidentCommand<ReassignIncident>({
    type: ReassignIncident,
    summary: 'Give the incident to another group or person; it counts as a reassignment.',
    route: 'reassign',
    permission: 'incident:assign',
    emits: ['IncidentReassigned'],
    example: { group: 'network', comment: 'The relay is not reachable.' },
    decide: ({ group, assignee, comment }, state, context) => {
      const target = { group: group ?? state.assignmentGroup, assignee: assignee ?? null };
      return [reassigned(state, target, context, comment ?? null)];
    },
  }),
  HandOverIncident: incidentCommand<HandOverIncident>({
    type: HandOverIncident,
    summary: 'Have another person of the same group go on, as at the end of a shift.',
    route: 'hand-over',
    permission: 'incident:assign',
    emits: ['IncidentHandedOver'],
    example: { assignee: 'omar.s', comment: 'Vendor calls back at 18:00.' },
    decide: ({ assignee, comment }, state, context) => [
      emit(
        'IncidentHandedOver',
        { assignee, previousAssignee: state.assignee, comment: comment ?? null },
        teamsAskedFor(state.assignmentGroup, assignee, context),
      ),
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
    decide: (_, { assignmentGroup, assignee }, context) => [
      workStarted({ group: assignmentGroup, assignee }, context),
    ],
  }),
  TakeIncident: incidentCommand<TakeIncident>({
    type: TakeIncident,
    summary: 'Make the actor the assignee, and begin work.',
    route: 'take',
    permission: 'incident:work',
    emits: ['IncidentAssigned', 'IncidentReassigned', 'IncidentWorkStarted'],
    example: { group: 'messaging' },
    decide: ({ group }, state, context) => {
      const target = { group: state.assignmentGroup ?? group ?? null, assignee: context.actor };
      return [...taken(state, target, context), workStarted(target, context)];
    },
  }),
  HoldIncident: incidentCommand<HoldIncident>({
    type: HoldIncident,
    summary: 'Stop work to wait for the caller, a change, a problem or a vendor.',
    route: 'hold',
    permission: 'incident:work',
    emits: ['IncidentHeld'],
    example: { reason: 'awaiting-caller', comment: 'Which version of Outlook is it?' },
    needs: ({ reason, reference }) => needsAwaited(reason, reference),
    decide: ({ reason, reference, comment }, state, context) => [
      emit('IncidentHeld', {
        reason,
        previousReason: state.holdReason,
        reference: reference ?? null,
        awaited: awaitedBy(reason, { reference, caller: state.caller }, context),
        service: state.service,
        configurationItem: state.configurationItem,
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
  NameIncidentHoldTarget: incidentCommand<NameIncidentHoldTarget>({
    type: NameIncidentHoldTarget,
    summary: 'Name the change or problem that it waits for, once there is one.',
    route: null,
    internal: true,
    permission: 'incident:work',
    emits: ['IncidentHeld'],
    example: {
      previousReference: 'A relay with more memory',
      reference: 'CHG-000007',
      awaited: '0197c6a2-6a4e-7c1e-8f00-000000000007',
    },
    decide: ({ reference, awaited }, state) => [
      emit('IncidentHeld', {
        reason: state.holdReason ?? '',
        previousReason: state.holdReason,
        reference,
        awaited,
        service: state.service,
        configurationItem: state.configurationItem,
        comment: state.holdComment,
      }),
    ],
  }),
};

/** Asks for the change or problem that is waited for; it need not be known here. */
export function needsAwaited(
  reason: HoldReason,
  reference: string | null | undefined,
): DecisionNeeds {
  const process = awaitedProcesses[reason];
  return process === undefined || !isThere(reference)
    ? {}
    : { related: [{ process, ticket: reference }] };
}

/** Whom or what it waits for: the caller, the vendor's contract, or the id of the record. */
export function awaitedBy(
  reason: HoldReason,
  named: { readonly reference?: string | null | undefined; readonly caller: string | null },
  { related }: Pick<IncidentContext, 'related'>,
): string | null {
  const { reference = null, caller } = named;
  if (reason === 'awaiting-caller') return caller;
  const process = awaitedProcesses[reason];
  if (process === undefined || reference === null) return reference;
  return related.get(ticketKey({ process, ticket: reference }))?.id ?? null;
}

/** Whose the incident is to be. */
interface Target {
  readonly group: string | null;
  readonly assignee: string | null;
}

function taken(
  state: IncidentState,
  target: Target,
  context: IncidentContext,
): readonly NewEvent[] {
  if (state.state === 'assigned' && state.assignee === target.assignee) return [];
  const isAnothers = state.assignee !== null && state.assignee !== target.assignee;
  return [isAnothers ? reassigned(state, target, context, null) : assigned(state, target, context)];
}

/** The event by which an incident that nobody has gets into somebody's hands. */
export function assigned(
  state: Pick<IncidentState, 'assignmentGroup' | 'assignee'>,
  { group, assignee }: Target,
  context: IncidentContext,
): NewEvent {
  return emit(
    'IncidentAssigned',
    {
      group,
      assignee,
      previousGroup: state.assignmentGroup,
      previousAssignee: state.assignee,
      state: 'assigned',
    },
    teamsAskedFor(group, assignee, context),
  );
}

function reassigned(
  state: IncidentState,
  { group, assignee }: Target,
  context: IncidentContext,
  comment: string | null,
): NewEvent {
  return emit(
    'IncidentReassigned',
    {
      group,
      assignee,
      previousGroup: state.assignmentGroup,
      previousAssignee: state.assignee,
      reassignmentCount: state.reassignmentCount + 1,
      state: 'assigned',
      comment,
    },
    teamsAskedFor(group, assignee, context),
  );
}

/** The event of the beginning of work; the actor was looked up in the group's team. */
export function workStarted({ group, assignee }: Target, context: IncidentContext): NewEvent {
  const teams = teamsAskedFor(group, context.actor, context);
  return emit('IncidentWorkStarted', { assignee }, teams);
}
