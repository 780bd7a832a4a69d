import { defineEvents } from './event-definition';

/** Name of the process whose tickets are policies: whoever runs it looks policies up in the log. */
export const POLICY_PROCESS = 'policy';

/** How a version came to be published. */
const publicationCauses = ['proposal', 'preset', 'roll-back'] as const;

/** The facts of a policy from which the versions in force are folded. */
export const policyEvents = defineEvents({
  PolicyIntroduced: {
    version: 1,
    summary: 'The log took a policy over from the build, with the value that was in force.',
    fields: {
      number: 'text',
      policy: 'text',
      title: 'text',
      version: 'integer',
      value: 'json',
      builtIn: 'text',
      reason: 'text',
    },
  },
  PolicyVersionPublished: {
    version: 1,
    summary: 'A version is in force from a time on; what was decided before stays as it was.',
    fields: {
      policy: 'text',
      version: 'integer',
      value: 'json',
      effectiveFrom: 'time',
      cause: publicationCauses,
      preset: 'text|null',
      ofVersion: 'integer|null',
      proposedBy: 'text|null',
      reason: 'text',
    },
  },
  PolicyRetired: {
    version: 1,
    summary: 'No version of the log is in force any more; what the build brings is again.',
    fields: { policy: 'text', version: 'integer', reason: 'text' },
  },
});

/** The types of the events from which the versions in force are folded. */
export const policyEventTypes: readonly string[] = Object.keys(policyEvents);
