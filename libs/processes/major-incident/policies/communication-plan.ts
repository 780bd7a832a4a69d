import type { Policy } from '@ledgerdesk/kernel';
import type { Audience, UpdateChannel } from '../major-incident.vocabulary';

/** Who is told, by what, and how often at least, while the response goes on. */
interface PlannedUpdate {
  readonly audience: Audience;
  readonly channel: UpdateChannel;
  readonly everyMinutes: number;
}

/** By severity, 1 to 5; a severity that is not named has no plan. */
export type CommunicationPlan = Readonly<Record<string, readonly PlannedUpdate[]>>;

/** By when each audience of the plan is to hear next. */
export type UpdatesDue = Readonly<Record<string, string>>;

const MINUTE_MS = 60_000;

/** The plan that ships with the system. */
export const communicationPlanV1: Policy<CommunicationPlan> = {
  name: 'communication-plan',
  version: 1,
  value: {
    1: [
      { audience: 'responders', channel: 'chat', everyMinutes: 15 },
      { audience: 'management', channel: 'email', everyMinutes: 30 },
      { audience: 'employees', channel: 'intranet', everyMinutes: 60 },
      { audience: 'customers', channel: 'status-page', everyMinutes: 30 },
    ],
    2: [
      { audience: 'responders', channel: 'chat', everyMinutes: 30 },
      { audience: 'management', channel: 'email', everyMinutes: 60 },
      { audience: 'customers', channel: 'status-page', everyMinutes: 60 },
    ],
    3: [
      { audience: 'responders', channel: 'chat', everyMinutes: 60 },
      { audience: 'management', channel: 'email', everyMinutes: 240 },
    ],
  },
};

/** When each audience of a severity's plan is to hear next, counted from now. */
export function updatesDue(
  plan: Policy<CommunicationPlan>,
  severity: number,
  now: string,
): UpdatesDue {
  const planned = plan.value[severity] ?? [];
  return Object.fromEntries(
    planned.map(({ audience, everyMinutes }) => [audience, minutesAfter(now, everyMinutes)]),
  );
}

/** When the audience is to hear again after an update now; null where the plan asks for none. */
export function nextUpdateDue(
  plan: Policy<CommunicationPlan>,
  severity: number,
  audience: Audience,
  now: string,
): string | null {
  const planned = plan.value[severity]?.find((update) => update.audience === audience);
  return planned === undefined ? null : minutesAfter(now, planned.everyMinutes);
}

function minutesAfter(now: string, minutes: number): string {
  return new Date(Date.parse(now) + minutes * MINUTE_MS).toISOString();
}
