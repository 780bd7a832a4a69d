/** What a problem task is for. */
export const problemTaskKinds = ['root-cause-analysis', 'general'] as const;

/** One of {@link problemTaskKinds}. */
export type ProblemTaskKind = (typeof problemTaskKinds)[number];

/** How a problem task ended. */
export type ProblemTaskCloseCode = 'completed' | 'cancelled';
