import { keepAssigned } from './assignment-events';
import { emit, type Draft } from './imported-incident';
import type { KnownRow } from './known-row';
import { linkMappings, type ImportedState, type MappedState } from './servicenow.mapping';

const CAUSE = 'imported';
const HOLD_REFERENCES: Readonly<Record<string, 'problem_id' | 'vendor'>> = {
  'awaiting-problem': 'problem_id',
  'awaiting-vendor': 'vendor',
};

/** Moves the incident from the state that its events left it in to that of the row. */
export function moveTo(draft: Draft, row: KnownRow, target: MappedState): void {
  const { state } = draft.incident;
  const isOver = state === 'resolved' || state === 'closed';
  if (isOver && target.state !== 'resolved' && target.state !== 'closed') {
    reopen(draft, target.state === 'on-hold' ? 'in-progress' : target.state);
  }
  switch (target.state) {
    case 'new':
    case 'assigned':
    case 'in-progress':
      takeUp(draft, row, target.state);
      break;
    case 'on-hold':
      hold(draft, row, target.holdReason ?? 'unknown');
      break;
    case 'resolved':
      resolve(draft, row);
      break;
    case 'closed':
      close(draft, row);
      break;
  }
}

function reopen(draft: Draft, state: ImportedState): void {
  const reopenCount = draft.incident.reopenCount + 1;
  const previousState = draft.incident.state;
  emit(draft, 'IncidentReopened', { previousState, reason: null, reopenCount, state });
  draft.incident = { ...draft.incident, state, reopenCount, resolution: null, closedAt: null };
}

function takeUp(draft: Draft, row: KnownRow, target: 'new' | 'assigned' | 'in-progress'): void {
  const { state, holdReason } = draft.incident;
  if (state === target) return;
  if (state === 'on-hold') {
    const resumed = { cause: CAUSE, comment: null, previousReason: holdReason, state: target };
    emit(draft, 'IncidentResumed', resumed);
  } else if (target === 'in-progress') {
    emit(draft, 'IncidentWorkStarted', { assignee: row.cells.assigned_to });
  } else {
    keepAssigned(draft, row, target);
  }
  draft.incident = { ...draft.incident, state: target, holdReason: null };
}

function hold(draft: Draft, row: KnownRow, reason: string): void {
  const { state, holdReason } = draft.incident;
  if (state === 'on-hold' && holdReason === reason) return;
  const column = linkMappings.find((link) => link.column === HOLD_REFERENCES[reason])?.column;
  emit(draft, 'IncidentHeld', {
    awaited: null,
    comment: null,
    configurationItem: null,
    previousReason: state === 'on-hold' ? holdReason : null,
    reason,
    reference: column === undefined ? null : row.cells[column],
    service: null,
  });
  draft.incident = { ...draft.incident, state: 'on-hold', holdReason: reason };
}

/**
 * A row that is resolved already is a resolution of its own where the source says that it was
 * resolved then, and only then: what came before had no code and no resolver yet.
 */
function resolve(draft: Draft, row: KnownRow): void {
  const { state, resolution } = draft.incident;
  const { closed_code: code, resolved_by: by } = row.cells;
  const isToldOnlyNow =
    resolution !== null &&
    resolution.code === null &&
    resolution.by === null &&
    (code !== null || by !== null);
  if (state === 'resolved' && !isToldOnlyNow) return;
  emit(draft, 'IncidentResolved', {
    code,
    excludedChildren: [],
    impactEndedAt: null,
    notes: null,
    resolvedBy: by,
  });
  draft.incident = {
    ...draft.incident,
    state: 'resolved',
    holdReason: null,
    resolution: { at: row.updatedAt, code, by },
  };
}

function close(draft: Draft, row: KnownRow): void {
  if (draft.incident.state === 'closed') return;
  const { closed_code: code } = row.cells;
  emit(draft, 'IncidentClosed', { cause: CAUSE, code, comment: null });
  const { resolution } = draft.incident;
  draft.incident = {
    ...draft.incident,
    state: 'closed',
    holdReason: null,
    resolution: { at: resolution?.at ?? row.updatedAt, code, by: resolution?.by ?? null },
    closedAt: row.updatedAt,
  };
}
