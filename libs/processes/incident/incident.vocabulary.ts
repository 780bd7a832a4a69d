/** How an incident reached the service desk. */
export const incidentChannels = [
  'phone',
  'email',
  'portal',
  'self-service',
  'chat',
  'in-person',
  'monitoring',
  'api',
  'other',
] as const;

/** One of {@link incidentChannels}. */
export type IncidentChannel = (typeof incidentChannels)[number];

/** For whom or what an incident waits. */
export const holdReasons = [
  'awaiting-caller',
  'awaiting-change',
  'awaiting-problem',
  'awaiting-vendor',
] as const;

/** One of {@link holdReasons}. */
export type HoldReason = (typeof holdReasons)[number];

/** What each hold reason names by its reference. */
export const holdReferences: Readonly<Partial<Record<HoldReason, string>>> = {
  'awaiting-change': 'the change',
  'awaiting-problem': 'the problem',
  'awaiting-vendor': 'the contract with the vendor',
};

/** The process of the record that a hold reason names, where that is one of this system. */
export const awaitedProcesses: Readonly<Partial<Record<HoldReason, string>>> = {
  'awaiting-change': 'change',
  'awaiting-problem': 'problem',
};

/** What ended a wait. */
export const resumeCauses = [
  'agent',
  'caller-reply',
  'linked-record-finished',
  'follow-up-timer',
] as const;

/** One of {@link resumeCauses}. */
export type ResumeCause = (typeof resumeCauses)[number];

/** How an incident was resolved. */
export const resolutionCodes = [
  'solved-permanently',
  'solved-workaround',
  'solved-remotely',
  'solved-by-caller',
  'solved-by-vendor',
  'solved-by-change',
  'resolved-by-problem',
  'no-fault-found',
  'not-reproducible',
  'user-error',
  'no-response',
  'other',
] as const;

/** One of {@link resolutionCodes}. */
export type ResolutionCode = (typeof resolutionCodes)[number];

/** Why an incident was cancelled by a person. */
export const cancelReasons = ['duplicate', 'not-an-incident', 'unnecessary'] as const;

/** One of {@link cancelReasons}. */
export type CancelReason = (typeof cancelReasons)[number];

/** What made an incident close. */
export const closeCauses = ['agent', 'timer'] as const;

/** One of {@link closeCauses}. */
export type CloseCause = (typeof closeCauses)[number];
