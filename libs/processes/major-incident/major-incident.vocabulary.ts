/** The roles of a response, as PagerDuty names them. */
export const majorIncidentRoles = [
  'incident-commander',
  'deputy',
  'scribe',
  'subject-matter-expert',
  'customer-liaison',
  'internal-liaison',
] as const;

/** One of {@link majorIncidentRoles}. */
export type MajorIncidentRole = (typeof majorIncidentRoles)[number];

/** Exactly one person has it at any instant; it passes on by a hand-over only. */
export const COMMANDER = 'incident-commander' satisfies MajorIncidentRole;

/** The role that several people may have at once. */
export const EXPERT = 'subject-matter-expert' satisfies MajorIncidentRole;

/** Whom an update is for. */
export const audiences = ['responders', 'management', 'employees', 'customers', 'public'] as const;

/** One of {@link audiences}. */
export type Audience = (typeof audiences)[number];

/** Outside of the organisation. */
export const externalAudiences: readonly Audience[] = ['customers', 'public'];

/** How an update reaches its audience. */
export const updateChannels = [
  'status-page',
  'email',
  'chat',
  'sms',
  'phone',
  'intranet',
  'social-media',
] as const;

/** One of {@link updateChannels}. */
export type UpdateChannel = (typeof updateChannels)[number];

/** Where responders meet. */
export const bridgeKinds = ['video', 'phone', 'chat', 'room'] as const;

/** One of {@link bridgeKinds}. */
export type BridgeKind = (typeof bridgeKinds)[number];

/** As what an action of a review is recorded. */
export const actionRecordKinds = [
  'problem',
  'change',
  'improvement',
  'knowledge',
  'request',
  'risk',
] as const;

/** One of {@link actionRecordKinds}. */
export type ActionRecordKind = (typeof actionRecordKinds)[number];

/** SEV-1 is the gravest. */
export const severityRange = { first: 1, last: 5 } as const;
