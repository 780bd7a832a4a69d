import { policyReference, type NewEvent, type PolicyReference } from '@ledgerdesk/kernel';
import type { KnownRow } from './known-row';
import { servicenowMapping, type ImportedState, type LinkMapping } from './servicenow.mapping';

/** What the events so far say about an incident: what the next row is compared with. */
export interface ImportedIncident {
  readonly row: KnownRow;
  readonly state: ImportedState;
  readonly holdReason: string | null;
  readonly reopenCount: number;
  readonly reassignmentCount: number;
  readonly impact: number | null;
  readonly urgency: number | null;
  readonly priority: number | null;
  /** Numbers of the links in force, by the column they come from. */
  readonly links: Readonly<Partial<Record<LinkMapping['column'], number>>>;
  readonly linkCount: number;
  /** Of the resolution in force; null where it was not told, or none is. */
  readonly resolution: Resolution | null;
  readonly closedAt: string | null;
}

interface Resolution {
  readonly at: string;
  readonly code: string | null;
  readonly by: string | null;
}

/** The events of one row in the making, and the incident as they leave it. */
export interface Draft {
  readonly events: NewEvent[];
  incident: ImportedIncident;
}

const MAPPED_BY: readonly PolicyReference[] = [policyReference(servicenowMapping)];

/** Adds an event to the draft; each refers to the mapping that made it. */
export function emit(
  draft: Draft,
  type: string,
  data: Readonly<Record<string, unknown>>,
  policy?: PolicyReference,
): void {
  draft.events.push({
    type,
    data,
    policies: policy === undefined ? MAPPED_BY : [policy, ...MAPPED_BY],
  });
}
