/** How much ceremony a change needs. */
export const changeTypes = ['normal', 'standard', 'emergency'] as const;

/** One of {@link changeTypes}. */
export type ChangeType = (typeof changeTypes)[number];

/** How a change ended, as its review found. */
export const changeOutcomes = [
  'successful',
  'successful-with-issues',
  'unsuccessful',
  'backed-out',
] as const;

/** One of {@link changeOutcomes}. */
export type ChangeOutcome = (typeof changeOutcomes)[number];

/** Why a change was cancelled. */
export const changeCancelReasons = [
  'not-needed',
  'superseded',
  'too-risky',
  'false-positive',
  'other',
] as const;

/** One of {@link changeCancelReasons}. */
export type ChangeCancelReason = (typeof changeCancelReasons)[number];

/** What those concerned are told of the schedule. */
export const announcementKinds = ['scheduled', 'moved', 'withdrawn'] as const;

/** One of {@link announcementKinds}. */
export type AnnouncementKind = (typeof announcementKinds)[number];

/** How much could go wrong, the mildest first. */
export const riskLevels = ['low', 'moderate', 'high', 'very-high'] as const;

/** One of {@link riskLevels}. */
export type RiskLevel = (typeof riskLevels)[number];

/** Every kind of conflict that a scan looks for. */
export const conflictKinds = [
  'same-item-scheduled',
  'parent-item-scheduled',
  'child-item-scheduled',
  'outside-maintenance-window',
  'outside-parent-maintenance-window',
  'outside-child-maintenance-window',
  'outside-item-schedule',
  'blackout',
  'parent-blackout',
  'child-blackout',
  'lockdown',
  'other-service',
  'assignee-busy',
] as const;

/** One of {@link conflictKinds}. */
export type ConflictKind = (typeof conflictKinds)[number];

/** What a scan looks at: the items themselves, or the affected items both ways too. */
export const conflictModes = ['basic', 'advanced'] as const;

/** One of {@link conflictModes}. */
export type ConflictMode = (typeof conflictModes)[number];

/** A hard conflict stops a change, a soft one warns. */
export type ConflictSeverity = 'hard' | 'soft';

/** The states of a work order. */
export type WorkOrderState =
  'created' | 'accepted' | 'ready' | 'in-progress' | 'closed' | 'cancelled';
