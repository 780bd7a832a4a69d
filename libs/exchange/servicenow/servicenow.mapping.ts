import type { Policy } from '@ledgerdesk/kernel';

/**
 * How a state of ServiceNow stands for one of ours. `Active` depends on whether somebody has it.
 */
export interface StateMapping {
  readonly state: ImportedState | 'in-hands';
  readonly holdReason?: string;
}

export type ImportedState = 'new' | 'assigned' | 'in-progress' | 'on-hold' | 'resolved' | 'closed';

/**
 * What an import decides by. A change is a new version, and belongs into docs/reference/servicenow-
 * import.md.
 */
export interface ServiceNowMapping {
  readonly states: Readonly<Record<string, StateMapping>>;
  /** `contact_type` by our channels; any other is `other`, and kept as a fact. */
  readonly channels: Readonly<Record<string, string>>;
  /**
   * States that the source itself calls invalid: kept as a fact, the incident stays where it is.
   */
  readonly invalidStates: readonly string[];
  /** The log names no time zone. */
  readonly timeZone: 'UTC';
}

/** Version 1 of the mapping; each imported event refers to it. */
export const servicenowMapping: Policy<ServiceNowMapping> = {
  name: 'servicenow-incident-import',
  version: 1,
  value: {
    states: {
      New: { state: 'new' },
      Active: { state: 'in-hands' },
      'Awaiting User Info': { state: 'on-hold', holdReason: 'awaiting-caller' },
      'Awaiting Problem': { state: 'on-hold', holdReason: 'awaiting-problem' },
      'Awaiting Vendor': { state: 'on-hold', holdReason: 'awaiting-vendor' },
      'Awaiting Evidence': { state: 'on-hold', holdReason: 'awaiting-evidence' },
      Resolved: { state: 'resolved' },
      Closed: { state: 'closed' },
    },
    channels: { Phone: 'phone', 'Self service': 'self-service', Email: 'email' },
    invalidStates: ['-100'],
    timeZone: 'UTC',
  },
};

/**
 * The matrix that the source's own rows obey without exception: impact by urgency, level 1 the
 * gravest. It knows no incident of high impact and low urgency.
 */
export const servicenowUciMatrix: Policy<readonly (readonly (number | null)[])[]> = {
  name: 'servicenow-uci-3x3',
  version: 1,
  value: [
    [1, 2, null],
    [2, 3, 4],
    [3, 4, 4],
  ],
};

/** A column that links the incident to something else. */
export interface LinkMapping {
  readonly column: 'problem_id' | 'rfc' | 'caused_by' | 'vendor';
  readonly type: string;
  readonly inverse: string;
  readonly targetKind: string;
}

export const linkMappings: readonly LinkMapping[] = [
  {
    column: 'problem_id',
    type: 'investigated-by',
    inverse: 'investigates',
    targetKind: 'problem',
  },
  { column: 'rfc', type: 'fixed-by', inverse: 'fixes', targetKind: 'change' },
  { column: 'caused_by', type: 'caused-by', inverse: 'causes', targetKind: 'change' },
  { column: 'vendor', type: 'handled-by', inverse: 'handles', targetKind: 'vendor' },
];

/** The state that a row's own state and assignee stand for; undefined for an invalid one. */
export function mappedState(sourceState: string, assignee: string | null): MappedState | undefined {
  const mapping = Object.hasOwn(servicenowMapping.value.states, sourceState)
    ? servicenowMapping.value.states[sourceState]
    : undefined;
  if (mapping === undefined) return undefined;
  if (mapping.state !== 'in-hands') {
    return { state: mapping.state, holdReason: mapping.holdReason ?? null };
  }
  return { state: assignee === null ? 'assigned' : 'in-progress', holdReason: null };
}

export interface MappedState {
  readonly state: ImportedState;
  readonly holdReason: string | null;
}

/** The channel of a `contact_type`. */
export function mappedChannel(contactType: string | null): string | null {
  if (contactType === null) return null;
  const { channels } = servicenowMapping.value;
  return (Object.hasOwn(channels, contactType) ? channels[contactType] : undefined) ?? 'other';
}
