import {
  policyReference,
  type FlowCommand,
  type FlowDecision,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { dueTimers } from './major-incident-response.updates';
import type { MajorIncidentResponse } from './major-incident-response.policy';

/** Steps of the response, as its compensations call them. The problem is the first of all. */
export const PROBLEM = 'register problem';
export const FREEZE = 'draft freeze';
export const PUBLISH = 'publish freeze';

const HOUR_MS = 3_600_000;
const TITLE_LENGTH_MAX = 200;

/** What a freeze is about, and who may let changes happen within it. */
interface Frozen {
  readonly service: string | null;
  readonly commander: string | null;
}

/** All that follows from a declaration at once. */
export function respond(
  majorIncident: string,
  { data }: RecordedEvent,
  now: string,
  policy: Policy<MajorIncidentResponse>,
): FlowDecision {
  const { roles, bridge } = policy.value;
  const severity = Number(data['severity']);
  const service = typeof data['service'] === 'string' ? data['service'] : null;
  const named = roles.filter(({ upToSeverity }) => severity <= upToSeverity);
  return {
    commands: [
      problemOf(data, service, policy.value),
      ...freezeOf({ service, commander: String(data['commander']) }, now, policy),
      ...named.map(({ role, person }) =>
        measure(majorIncident, 'AssignMajorIncidentRole', { role, person }),
      ),
      ...(bridge === null ? [] : [bridgeOf(majorIncident, bridge)]),
    ],
    timers: dueTimers(data['updatesDue']),
    notes: service === null ? ['No service is named, so no changes are frozen.'] : [],
    policies: [policyReference(policy)],
  };
}

/** A freeze of changes on the service from now on; none where no service or no freeze is named. */
export function freezeOf(
  { service, commander }: Frozen,
  now: string,
  { value: { freeze } }: Policy<MajorIncidentResponse>,
): readonly FlowCommand[] {
  if (service === null || freeze === null) return [];
  const end = new Date(Date.parse(now) + freeze.hours * HOUR_MS).toISOString();
  return [
    {
      process: 'freeze-window',
      command: 'DraftFreezeWindow',
      body: {
        title: `Major incident on ${service}`.slice(0, TITLE_LENGTH_MAX),
        kind: freeze.kind,
        reason: 'A major incident is worked on: nothing else is to change meanwhile.',
        entries: [{ start: now, end }],
        services: [service],
        authorities: commander === null ? [] : [commander],
      },
      step: FREEZE,
    },
  ];
}

/** Puts the drafted freeze in force. */
export function publish({ data }: RecordedEvent): FlowDecision {
  return {
    commands: [
      {
        process: 'freeze-window',
        ticket: String(data['ticket']),
        command: 'PublishFreezeWindow',
        body: {},
        step: PUBLISH,
        tolerates: ['refused.state'],
      },
    ],
  };
}

/** Ends a freeze that may have ended already. */
export function lift(freeze: string, reason: string): FlowCommand {
  return {
    process: 'freeze-window',
    ticket: freeze,
    command: 'EndFreezeWindow',
    body: { reason },
    tolerates: ['refused.state'],
  };
}

function problemOf(
  { incident, businessImpact }: RecordedEvent['data'],
  service: string | null,
  { problem }: MajorIncidentResponse,
): FlowCommand {
  const subject = service === null ? 'a major incident' : `a major incident on ${service}`;
  return {
    process: 'problem',
    command: 'RegisterProblem',
    body: {
      ...problem,
      origin: 'reactive',
      title: `Cause of ${subject}`.slice(0, TITLE_LENGTH_MAX),
      statement: String(businessImpact),
      incidents: [incident],
      ...(service !== null && { service }),
    },
    step: PROBLEM,
  };
}

function bridgeOf(
  majorIncident: string,
  { kind, address }: { readonly kind: string; readonly address: string },
): FlowCommand {
  const body = { kind, address: address.replaceAll('{id}', majorIncident) };
  return measure(majorIncident, 'OpenMajorIncidentBridge', body);
}

function measure(ticket: string, command: string, body: FlowCommand['body']): FlowCommand {
  return {
    process: 'major-incident',
    ticket,
    command,
    body,
    // People were faster: it is done, or the response is over.
    tolerates: ['refused.no-change', 'refused.state', 'refused.too-many'],
  };
}
