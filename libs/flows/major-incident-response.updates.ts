import {
  policyReference,
  type FlowCommand,
  type FlowDecision,
  type FlowTimerAction,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { audiences } from '@ledgerdesk/processes';
import type { MajorIncidentResponse } from './major-incident-response.policy';

const PREFIX = 'UpdateDue ';
const MINUTE_MS = 60_000;

/** The names of the timers, one for each audience. */
export const UPDATE_TIMERS = `${PREFIX}*`;

/** By when each audience is to hear next; timers of those that are not named are cancelled. */
export function dueTimers(updatesDue: unknown): readonly FlowTimerAction[] {
  const due = (updatesDue ?? {}) as Readonly<Record<string, string>>;
  return audiences.map((audience) => {
    const dueAt = due[audience];
    return dueAt === undefined ? { cancel: nameOf(audience) } : { set: nameOf(audience), dueAt };
  });
}

/** An audience was told: it hears again when the plan says, or no more. */
export function toldTimer({ audience, nextDueAt }: RecordedEvent['data']): FlowTimerAction {
  const name = nameOf(String(audience));
  return typeof nextDueAt === 'string' ? { set: name, dueAt: nextDueAt } : { cancel: name };
}

/** The audience whose timer elapsed. */
export function audienceOf({ data }: RecordedEvent): string {
  return String(data['name']).slice(PREFIX.length);
}

/** An audience was not told in time, for the so many-th time in a row. */
export function remind(
  majorIncident: string,
  { audience, missed }: { readonly audience: string; readonly missed: number },
  now: string,
  policy: Policy<MajorIncidentResponse>,
): FlowDecision {
  const { remindEveryMinutes, remindersMax, escalateTo } = policy.value.updates;
  const policies = [policyReference(policy)];
  if (missed > remindersMax) {
    const reason = `The update for ${audience} is overdue in spite of ${remindersMax} reminders.`;
    const body = { kind: 'hierarchic', to: escalateTo, reason };
    return { commands: [command(majorIncident, 'EscalateMajorIncident', body)], policies };
  }
  const text = `Reminder ${missed}: an update for ${audience} is due.`;
  const dueAt = new Date(Date.parse(now) + remindEveryMinutes * MINUTE_MS).toISOString();
  return {
    commands: [command(majorIncident, 'AddMajorIncidentNote', { text, visibility: 'internal' })],
    timers: [{ set: nameOf(audience), dueAt }],
    policies,
  };
}

function command(ticket: string, name: string, body: FlowCommand['body']): FlowCommand {
  return {
    process: 'major-incident',
    ticket,
    command: name,
    body,
    tolerates: ['refused.state', 'refused.too-many', 'refused.no-change'],
  };
}

function nameOf(audience: string): string {
  return `${PREFIX}${audience}`;
}
