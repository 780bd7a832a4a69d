import { policyReference } from '@ledgerdesk/kernel';
import { emit, type Draft } from './imported-incident';
import type { KnownRow } from './known-row';
import { linkMappings, servicenowUciMatrix } from './servicenow.mapping';
import type { Column } from './source-row';

const CLASSIFICATION = ['category', 'subcategory', 'u_symptom'] as const;
const MATRIX = policyReference(servicenowUciMatrix);

/** The columns that have an event of their own, with one field, for each change. */
const FIELD_EVENTS = [
  ['caller_id', 'IncidentCallerChanged'],
  ['location', 'IncidentLocationChanged'],
  ['cmdb_ci', 'IncidentConfigurationItemChanged'],
] as const satisfies readonly (readonly [Column, string])[];

/** What the incident is about: caller, place, thing and classification. */
export function describeIncident(draft: Draft, row: KnownRow, previous: KnownRow | null): void {
  if (previous !== null) {
    for (const [column, type] of FIELD_EVENTS) {
      const from = previous.cells[column];
      const to = row.cells[column];
      if (from !== to) emit(draft, type, { from, to });
    }
  }
  classify(draft, row, previous);
}

function classify(draft: Draft, { cells }: KnownRow, previous: KnownRow | null): void {
  if (CLASSIFICATION.every((column) => cells[column] === (previous?.cells[column] ?? null))) return;
  const isFirst = CLASSIFICATION.every((column) => (previous?.cells[column] ?? null) === null);
  const now = { category: cells.category, subcategory: cells.subcategory };
  if (previous === null || isFirst) {
    emit(draft, 'IncidentClassified', { ...now, symptom: cells.u_symptom });
    return;
  }
  emit(draft, 'IncidentReclassified', {
    category: cells.category,
    previousCategory: previous.cells.category,
    previousSubcategory: previous.cells.subcategory,
    previousSymptom: previous.cells.u_symptom,
    subcategory: cells.subcategory,
    symptom: cells.u_symptom,
  });
}

/**
 * Impact and urgency give the priority by the matrix. A row that contradicts the matrix keeps its
 * own priority, recorded as one that was set by hand.
 */
export function prioritise(draft: Draft, row: KnownRow, previous: KnownRow | null): void {
  const { impact, urgency } = row;
  const derived =
    impact === null || urgency === null
      ? null
      : (servicenowUciMatrix.value[impact - 1]?.[urgency - 1] ?? null);
  const isOther = impact !== previous?.impact || urgency !== previous.urgency;
  if (isOther && derived !== null) {
    emit(
      draft,
      'IncidentPriorityDerived',
      {
        impact,
        previousImpact: previous?.impact ?? null,
        previousPriority: draft.incident.priority,
        previousUrgency: previous?.urgency ?? null,
        priority: derived,
        urgency,
      },
      MATRIX,
    );
    draft.incident = { ...draft.incident, impact, urgency, priority: derived };
  }
  if (row.priority === null || row.priority === draft.incident.priority) return;
  emit(draft, 'IncidentPriorityOverridden', {
    previousPriority: draft.incident.priority,
    priority: row.priority,
    reason: `The imported row has priority ${row.priority}, which the matrix does not give.`,
  });
  draft.incident = { ...draft.incident, priority: row.priority };
}

/**
 * Links to problems, changes and vendors, taken up and taken away as the columns fill and change.
 */
export function link(draft: Draft, row: KnownRow, previous: KnownRow | null): void {
  for (const { column, type, inverse, targetKind } of linkMappings) {
    const from = previous?.cells[column] ?? null;
    const to = row.cells[column];
    if (from === to) continue;
    const { links, linkCount } = draft.incident;
    const old = links[column];
    if (from !== null && old !== undefined) {
      emit(draft, 'IncidentUnlinked', { link: old, reason: null, target: from, targetKind, type });
    }
    if (to === null) continue;
    const number = linkCount + 1;
    emit(draft, 'IncidentLinked', { inverse, link: number, target: to, targetKind, type });
    draft.incident = {
      ...draft.incident,
      links: { ...links, [column]: number },
      linkCount: number,
    };
  }
}
