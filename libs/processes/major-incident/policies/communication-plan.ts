import { valueChecks, type Policy, type PolicyKind } from '@ledgerdesk/kernel';
import {
  audiences,
  updateChannels,
  type Audience,
  type UpdateChannel,
} from '../major-incident.vocabulary';

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

const { fields, list, map, whole, word } = valueChecks;

const kind: PolicyKind = {
  name: 'communication-plan',
  title: 'Communication in major incidents',
  faults: map(
    list(
      fields({
        audience: word(audiences),
        channel: word(updateChannels),
        everyMinutes: whole(1, 100_000),
      }),
      { max: 50 },
    ),
    { max: 5 },
  ),
  presets: {},
};

/** The plan that ships with the system. */
export const communicationPlanV1: Policy<CommunicationPlan> = {
  name: 'communication-plan',
  version: 1,
  kind,
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
