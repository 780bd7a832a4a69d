import {
  defineFlow,
  policyReference,
  ticketIdOfStream,
  type FlowContext,
  type FlowCounting,
  type FlowDecision,
  type FlowDefinition,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import { COUNTED_MAX, within, withIncident, type CountedIncident } from './counted-incidents';

/** When incidents that have something in common are proposed as a major incident. */
interface MajorIncidentSurge {
  /** At most 100. */
  readonly atLeast: number;
  readonly withinMinutes: number;
  /** After a proposal was turned down, nothing is proposed for so long. */
  readonly quietHours: number;
}

/** For incidents of one service. */
const serviceSurgeOf10InAnHour: Policy<MajorIncidentSurge> = {
  name: 'service-surge',
  version: 1,
  value: { atLeast: 10, withinMinutes: 60, quietHours: 24 },
};

/** For incidents of one configuration item. */
const itemSurgeOf5InAnHour: Policy<MajorIncidentSurge> = {
  name: 'configuration-item-surge',
  version: 1,
  value: { atLeast: 5, withinMinutes: 60, quietHours: 24 },
};

interface SurgeState {
  /** `proposed`: as a major incident that goes on, or is not decided yet. */
  readonly stage: 'counting' | 'proposed' | 'quiet';
}

type Incidents = readonly CountedIncident[];

/** Incidents since the last decision of a person. */
const counting: FlowCounting<Incidents> = {
  version: 1,
  initial: [],
  fold: (incidents, { type, stream, occurredAt }) => {
    switch (type) {
      case 'IncidentRegistered':
      case 'IncidentServiceChanged':
      case 'IncidentConfigurationItemChanged':
        return withIncident(incidents, ticketIdOfStream(stream), occurredAt);
      case 'FlowCommandRefused':
        return incidents;
      default:
        return [];
    }
  },
};

interface Surge {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** What the incidents have in common: the field of `IncidentRegistered`. */
  readonly subject: 'service' | 'configurationItem';
  readonly changedBy: 'IncidentServiceChanged' | 'IncidentConfigurationItemChanged';
  /** What the patterns, and so the keys of the instances, begin with. */
  readonly prefix: string;
  readonly policy: Policy<MajorIncidentSurge>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const QUIET = 'QuietOver';
const PROPOSE = 'ProposeMajorIncident';
const PROPOSAL = { commands: [`major-incident.${PROPOSE}`] } as const;
const TURNED_DOWN = { timers: [QUIET] } as const;
const REASON_LENGTH_MAX = 2_000;

/**
 * S-3: many incidents on one service or configuration item in a short time are proposed as a major
 * incident, by the one that is the last straw; a person decides. While the proposal or the major
 * incident goes on, nothing is proposed; once it was turned down, nothing is for a while.
 *
 * At most 100 incidents are counted for each service or item, and anew behind each decision of a
 * person. An instance begins only where they are many. It ends: what it sends leads to no further
 * incident.
 */
function surgeFlow(surge: Surge): FlowDefinition<SurgeState> {
  const { name, title, summary, subject, changedBy, prefix, policy } = surge;
  return defineFlow<SurgeState>({
    name,
    version: 2,
    title,
    summary,
    events: {
      IncidentRegistered: 'starts',
      [changedBy]: 'starts',
      MajorIncidentProposed: 'starts',
      MajorIncidentResponseResumed: 'starts',
      MajorIncidentRejected: 'continues',
      MajorIncidentDemoted: 'continues',
      MajorIncidentCancelled: 'continues',
      MajorIncidentResolved: 'continues',
      FlowCommandRefused: 'continues',
      TimerElapsed: 'continues',
    },
    follows: {
      IncidentRegistered: PROPOSAL,
      [changedBy]: PROPOSAL,
      MajorIncidentProposed: { timers: [QUIET] },
      MajorIncidentResponseResumed: { timers: [QUIET] },
      MajorIncidentRejected: TURNED_DOWN,
      MajorIncidentDemoted: TURNED_DOWN,
      MajorIncidentCancelled: { ends: true },
      MajorIncidentResolved: { ends: true },
      TimerElapsed: { ends: true },
      [`undo ${PROPOSE}`]: { commands: ['major-incident.RejectMajorIncident'] },
    },
    correlate: ({ type, data }) => {
      if (type.startsWith('MajorIncident')) {
        const pattern = data['pattern'];
        return typeof pattern === 'string' && pattern.startsWith(prefix) ? pattern : undefined;
      }
      const value = type === 'IncidentRegistered' ? data[subject] : data['to'];
      return typeof value === 'string' ? `${prefix}${value}` : undefined;
    },
    counting,
    initial: { stage: 'counting' },
    evolve,
    decide,
    compensations: {
      [PROPOSE]: ({ ticket }) => ({
        process: 'major-incident',
        ticket,
        command: 'RejectMajorIncident',
        body: { reason: 'The proposal was taken back.' },
        tolerates: ['refused.state'],
      }),
    },
    policies: { surge: policy },
  });
}

/** S-3 for services. */
export const serviceToMajorIncident: FlowDefinition<SurgeState> = surgeFlow({
  name: 'service-to-major-incident',
  title: 'Many incidents on a service',
  summary: 'Proposes a major incident where many incidents hit one service in a short time.',
  subject: 'service',
  changedBy: 'IncidentServiceChanged',
  prefix: 'service:',
  policy: serviceSurgeOf10InAnHour,
});

/** S-3 for configuration items. */
export const itemToMajorIncident: FlowDefinition<SurgeState> = surgeFlow({
  name: 'item-to-major-incident',
  title: 'Many incidents on a configuration item',
  summary: 'Proposes a major incident where many incidents hit one item in a short time.',
  subject: 'configurationItem',
  changedBy: 'IncidentConfigurationItemChanged',
  prefix: 'item:',
  policy: itemSurgeOf5InAnHour,
});

function evolve(state: SurgeState, { type }: RecordedEvent): SurgeState {
  switch (type) {
    case 'MajorIncidentProposed':
    case 'MajorIncidentResponseResumed':
      return { stage: 'proposed' };
    case 'MajorIncidentRejected':
    case 'MajorIncidentDemoted':
      return { stage: 'quiet' };
    default:
      return state;
  }
}

function decide(
  state: SurgeState,
  event: RecordedEvent,
  context: FlowContext,
): FlowDecision | undefined {
  const policy = context.policies['surge'] as Policy<MajorIncidentSurge>;
  switch (event.type) {
    case 'IncidentRegistered':
    case 'IncidentServiceChanged':
    case 'IncidentConfigurationItemChanged':
      return state.stage === 'counting' ? proposal(event, context, policy) : undefined;
    case 'MajorIncidentProposed':
    case 'MajorIncidentResponseResumed':
      return { timers: [{ cancel: QUIET }] };
    case 'MajorIncidentRejected':
    case 'MajorIncidentDemoted':
      return {
        timers: [{ set: QUIET, dueAt: hoursAfter(context.now, policy.value.quietHours) }],
        policies: [policyReference(policy)],
      };
    case 'MajorIncidentCancelled':
    case 'MajorIncidentResolved':
    case 'TimerElapsed':
      return { complete: true };
    case 'FlowCommandRefused':
      return onRefusal(event);
    default:
      return undefined;
  }
}

function proposal(
  { stream, occurredAt }: RecordedEvent,
  { key, issued, count }: FlowContext,
  policy: Policy<MajorIncidentSurge>,
): FlowDecision | undefined {
  // It is under way, or was accepted and is not heard of yet.
  if (issued.some(({ step }) => step === PROPOSE)) return undefined;
  const { atLeast, withinMinutes } = policy.value;
  const counted = within(count as Incidents, occurredAt, withinMinutes * MINUTE_MS);
  if (counted.length < Math.min(atLeast, COUNTED_MAX)) return undefined;
  const names = counted.map(({ incident }) => incident).join(', ');
  const reason = `${counted.length} incidents within ${withinMinutes} minutes (${key}): ${names}`;
  return {
    commands: [
      {
        process: 'major-incident',
        command: PROPOSE,
        body: {
          incident: ticketIdOfStream(stream),
          pattern: key,
          reason: reason.slice(0, REASON_LENGTH_MAX),
        },
        branchesOnRefusal: true,
      },
    ],
    policies: [policyReference(policy)],
  };
}

/** A candidate that is a child, over or proposed already is none: the next incident is another. */
function onRefusal({ data }: RecordedEvent): FlowDecision | undefined {
  const code = String(data['code']);
  return code.startsWith('refused.') ? { notes: [`Not proposed: ${code}.`] } : undefined;
}

function hoursAfter(instant: string, hours: number): string {
  return new Date(Date.parse(instant) + hours * HOUR_MS).toISOString();
}
