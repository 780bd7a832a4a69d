import { emit, type Draft } from './imported-incident';
import type { KnownRow } from './known-row';
import type { ImportedState } from './servicenow.mapping';

const UNRESOLVED: readonly ImportedState[] = ['new', 'assigned', 'in-progress'];

/**
 * Who has the incident. The source's own counter decides what is a reassignment, so that both
 * counts agree; any other change of group or person is an assignment, a handover or a return.
 */
export function assign(
  draft: Draft,
  row: KnownRow,
  previous: KnownRow | null,
  target: ImportedState,
): void {
  const change = assignmentOf(draft, row, previous, target);
  if (row.reassignmentCount > draft.incident.reassignmentCount) {
    emit(draft, 'IncidentReassigned', {
      assignee: change.assignee,
      comment: null,
      group: change.group,
      previousAssignee: change.previousAssignee,
      previousGroup: change.previousGroup,
      reassignmentCount: row.reassignmentCount,
      state: change.state,
    });
    draft.incident = {
      ...draft.incident,
      reassignmentCount: row.reassignmentCount,
      state: change.state,
    };
    return;
  }
  if (change.group !== change.previousGroup) emitAssigned(draft, change);
  else if (change.assignee !== change.previousAssignee) changePerson(draft, change, target);
}

/** The same group and person in another state: assigned again, or not yet. */
export function keepAssigned(draft: Draft, row: KnownRow, target: ImportedState): void {
  emitAssigned(draft, { ...assignmentOf(draft, row, row, target), state: target });
}

interface Assignment {
  readonly group: string | null;
  readonly assignee: string | null;
  readonly previousGroup: string | null;
  readonly previousAssignee: string | null;
  /** The state that the assignment leaves the incident in. */
  readonly state: ImportedState;
}

function assignmentOf(
  draft: Draft,
  row: KnownRow,
  previous: KnownRow | null,
  target: ImportedState,
): Assignment {
  const { state } = draft.incident;
  // An assignment moves an incident that waits for work; all other moves have events of their own.
  const isMove = UNRESOLVED.includes(state) && (target === 'new' || target === 'assigned');
  return {
    group: row.cells.assignment_group,
    assignee: row.cells.assigned_to,
    previousGroup: previous?.cells.assignment_group ?? null,
    previousAssignee: previous?.cells.assigned_to ?? null,
    state: isMove ? target : state,
  };
}

function changePerson(draft: Draft, change: Assignment, target: ImportedState): void {
  const { assignee, previousAssignee } = change;
  const { state } = draft.incident;
  if (assignee === null) {
    if (change.state !== 'assigned' || state === 'on-hold') emitAssigned(draft, change);
    else {
      emit(draft, 'IncidentReturned', { comment: null, previousAssignee, state: change.state });
      draft.incident = { ...draft.incident, state: change.state };
    }
    return;
  }
  if (previousAssignee !== null) {
    emit(draft, 'IncidentHandedOver', { assignee, comment: null, previousAssignee });
    return;
  }
  // The start of work that follows names the person.
  const startsWork = target === 'in-progress' && (state === 'new' || state === 'assigned');
  if (!startsWork) emitAssigned(draft, change);
}

function emitAssigned(draft: Draft, change: Assignment): void {
  const { assignee, group, previousAssignee, previousGroup, state } = change;
  emit(draft, 'IncidentAssigned', { assignee, group, previousAssignee, previousGroup, state });
  draft.incident = { ...draft.incident, state };
}
