import { refuse, ticketKey, type DecisionContext, type Guard } from '@ledgerdesk/kernel';
import { defineGuard } from '../shared/command-definition';
import {
  RecordIncidentMajorStatus,
  type MajorStatus,
} from '../shared/commands/incident-major-status.commands';
import type { CloseIncident } from './commands/outcome.commands';
import type { IncidentState } from './incident.state';
import { emit, incidentCommand, type IncidentCommands } from './rules/incident-command';

const MAJOR_INCIDENT = 'major-incident';

/** The major incident goes on, or its review does. */
const ongoing: readonly MajorStatus[] = ['proposed', 'declared', 'resolved', 'reviewed'];

/** Nobody has decided yet, or the decision was no. */
const notMajor: readonly MajorStatus[] = ['proposed', 'rejected', 'demoted', 'cancelled'];

/** What an incident knows of the major incident that it is, and what that forbids. */
export const majorGuards: Readonly<Record<string, Guard<IncidentState>>> = {
  isFreeForMajorIncident: defineGuard<IncidentState, RecordIncidentMajorStatus>({
    unless: 'it is active, no child, and neither proposed nor handled as another major incident',
    check: (state, { majorIncident, status }, context) =>
      status === 'proposed'
        ? checkCandidate(state, majorIncident, context)
        : state.majorIncident === majorIncident ||
          refuse(
            'other-major-incident',
            `it is not handled as the major incident ${majorIncident}`,
          ),
  }),
  isNoMajorIncident: defineGuard<IncidentState>({
    unless: 'it is neither proposed nor handled as a major incident',
    stateOnly: true,
    check: ({ majorIncident, majorStatus }) =>
      !isOngoing(majorStatus) ||
      refuse('major-incident', `it is ${majorStatus} as a major incident, so it has no parent`, {
        majorIncident,
      }),
  }),
  isResolvedByCommander: defineGuard<IncidentState>({
    unless: 'the actor is the major incident manager, where it is a declared major incident',
    stateOnly: true,
    check: ({ majorStatus, majorCommander, majorIncident }, _, { actor, onBehalfOf }) =>
      majorStatus !== 'declared' ||
      majorCommander === actor ||
      majorCommander === onBehalfOf ||
      refuse(
        'not-commander',
        `it is a major incident; only ${majorCommander ?? 'its commander'} resolves it, or ` +
          'anybody once the major incident is resolved',
        { majorIncident, commander: majorCommander },
      ),
  }),
  isReviewedIfMajor: defineGuard<IncidentState>({
    unless: 'the review of the major incident is concluded, where it is one',
    stateOnly: true,
    check: ({ majorStatus, majorIncident }) =>
      (majorStatus !== 'declared' && majorStatus !== 'resolved') ||
      refuse('major-review', 'it is a major incident; conclude the review of that first', {
        majorIncident,
        majorStatus,
      }),
  }),
  isClosedByPersonIfMajor: defineGuard<IncidentState, Partial<CloseIncident>>({
    unless: 'a person closes it, where it is a major incident',
    check: ({ majorStatus, majorIncident }, { cause }) =>
      cause !== 'timer' ||
      majorStatus === null ||
      notMajor.includes(majorStatus) ||
      refuse('major-close', 'it is a major incident; a person closes it, never a timer', {
        majorIncident,
      }),
  }),
};

/** How the incident hears of the major incident that it is. */
export const majorCommands: IncidentCommands = {
  RecordIncidentMajorStatus: incidentCommand<RecordIncidentMajorStatus>({
    type: RecordIncidentMajorStatus,
    summary: 'Note on the incident how far the major incident has come, and who is in charge.',
    route: null,
    internal: true,
    permission: 'major-incident:manage',
    emits: ['IncidentMajorStatusRecorded'],
    example: {
      majorIncident: '0197c6a2-6a4e-7c1e-8f00-000000000005',
      status: 'proposed',
    },
    needs: (_, { majorIncident }) =>
      majorIncident === null
        ? {}
        : { related: [{ process: MAJOR_INCIDENT, ticket: majorIncident }] },
    decide: ({ majorIncident, status, commander }, state) => [
      emit('IncidentMajorStatusRecorded', {
        majorIncident,
        status,
        previousStatus: state.majorIncident === majorIncident ? state.majorStatus : null,
        commander: commander ?? null,
      }),
    ],
  }),
};

function isOngoing(status: MajorStatus | null): boolean {
  return status !== null && ongoing.includes(status);
}

function checkCandidate(
  state: IncidentState,
  majorIncident: string,
  { related }: DecisionContext<IncidentState>,
): true | ReturnType<typeof refuse> {
  if (state.state === 'closed' || state.state === 'cancelled') {
    return refuse(
      'incident-over',
      `the incident is ${state.state}; only an active one is proposed`,
    );
  }
  if (state.parent !== null) {
    return refuse('incident-is-child', 'the incident has a parent; propose that one', {
      parent: state.parent,
    });
  }
  const other = state.majorIncident;
  if (other === null || other === majorIncident || !isOngoing(state.majorStatus)) return true;
  // A proposal that was noted here but never came to be, after a crash, stands in nobody's way.
  return (
    !related.has(ticketKey({ process: MAJOR_INCIDENT, ticket: other })) ||
    refuse('already-proposed', `the incident is ${state.majorStatus ?? ''} as a major incident`, {
      majorIncident: other,
      majorStatus: state.majorStatus,
    })
  );
}
