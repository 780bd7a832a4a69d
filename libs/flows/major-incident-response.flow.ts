import {
  defineFlow,
  ticketIdOfStream,
  type FlowDefinition,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import {
  FREEZE,
  freezeOf,
  lift,
  PROBLEM,
  publish,
  PUBLISH,
  respond,
} from './major-incident-response.measures';
import {
  majorIncidentResponseV1,
  type MajorIncidentResponse,
} from './major-incident-response.policy';
import {
  audienceOf,
  dueTimers,
  remind,
  toldTimer,
  UPDATE_TIMERS,
} from './major-incident-response.updates';

interface ResponseState {
  readonly commander: string | null;
  readonly service: string | null;
  /** Id of the freeze window that was drafted last. */
  readonly freeze: string | null;
  /** How often an audience was not told in time, since it was last told. */
  readonly missed: Readonly<Record<string, number>>;
}

const OPEN_FREEZE = 'freeze-window.DraftFreezeWindow';

/**
 * S-4: a declared major incident gets its roles, a bridge, a freeze of its service and a problem;
 * who owes an audience an update is reminded, then it is escalated. The end of the response lifts
 * the freeze, a demotion or cancellation takes the problem back as well.
 *
 * It ends with its major incident: neither notes nor roles, freezes or problems lead back to it.
 */
export const majorIncidentResponse: FlowDefinition<ResponseState> = defineFlow<ResponseState>({
  name: 'major-incident-response',
  version: 1,
  title: 'Response to major incidents',
  summary: 'Gives a major incident roles, a bridge, a freeze, a problem and update reminders.',
  events: {
    MajorIncidentDeclared: 'starts',
    MajorIncidentCommandHandedOver: 'continues',
    MajorIncidentStatusUpdatePosted: 'continues',
    MajorIncidentSeverityChanged: 'continues',
    MajorIncidentResponseResumed: 'continues',
    MajorIncidentResolved: 'continues',
    MajorIncidentDemoted: 'continues',
    MajorIncidentCancelled: 'continues',
    MajorIncidentReviewClosed: 'continues',
    FlowCommandAccepted: 'continues',
    TimerElapsed: 'continues',
  },
  follows: {
    MajorIncidentDeclared: {
      commands: [
        'problem.RegisterProblem',
        OPEN_FREEZE,
        'major-incident.AssignMajorIncidentRole',
        'major-incident.OpenMajorIncidentBridge',
      ],
      timers: [UPDATE_TIMERS],
    },
    MajorIncidentStatusUpdatePosted: { timers: [UPDATE_TIMERS] },
    MajorIncidentSeverityChanged: { timers: [UPDATE_TIMERS] },
    MajorIncidentResponseResumed: { commands: [OPEN_FREEZE], timers: [UPDATE_TIMERS] },
    MajorIncidentResolved: {
      commands: ['freeze-window.EndFreezeWindow'],
      timers: [UPDATE_TIMERS],
    },
    MajorIncidentDemoted: { undoes: [PROBLEM], ends: true },
    MajorIncidentCancelled: { undoes: [PROBLEM], ends: true },
    MajorIncidentReviewClosed: { ends: true },
    [`FlowCommandAccepted ${FREEZE}`]: { commands: ['freeze-window.PublishFreezeWindow'] },
    TimerElapsed: {
      commands: ['major-incident.AddMajorIncidentNote', 'major-incident.EscalateMajorIncident'],
      timers: [UPDATE_TIMERS],
    },
    [`undo ${PROBLEM}`]: { commands: ['problem.CancelProblem'] },
    [`undo ${FREEZE}`]: { commands: ['freeze-window.CancelFreezeWindow'] },
    [`undo ${PUBLISH}`]: { commands: ['freeze-window.EndFreezeWindow'] },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: { commander: null, service: null, freeze: null, missed: {} },
  evolve,
  decide: (state, event, { key, now, policies }) => {
    const policy = policies['response'] as Policy<MajorIncidentResponse>;
    switch (event.type) {
      case 'MajorIncidentDeclared':
        return respond(key, event, now, policy);
      case 'MajorIncidentStatusUpdatePosted':
        return { timers: [toldTimer(event.data)] };
      case 'MajorIncidentSeverityChanged':
        return { timers: dueTimers(event.data['updatesDue']) };
      case 'MajorIncidentResponseResumed':
        return {
          commands: freezeOf(state, now, policy),
          timers: dueTimers(event.data['updatesDue']),
        };
      case 'MajorIncidentResolved':
        return {
          commands: state.freeze === null ? [] : [lift(state.freeze, 'The service works again.')],
          timers: dueTimers({}),
        };
      case 'MajorIncidentDemoted':
      case 'MajorIncidentCancelled':
        return { compensate: PROBLEM, complete: true };
      case 'MajorIncidentReviewClosed':
        return { complete: true };
      case 'FlowCommandAccepted':
        return event.data['step'] === FREEZE ? publish(event) : undefined;
      case 'TimerElapsed':
        return remind(key, missedOf(state, event), now, policy);
      default:
        return undefined;
    }
  },
  compensations: {
    [PROBLEM]: ({ ticket }) => ({
      process: 'problem',
      ticket,
      command: 'CancelProblem',
      body: { reason: 'It is no major incident after all.' },
      // It is analysed by now: people decide whether that goes on.
      tolerates: ['refused.state'],
    }),
    [FREEZE]: ({ ticket }) => ({
      process: 'freeze-window',
      ticket,
      command: 'CancelFreezeWindow',
      body: { reason: NO_MAJOR_INCIDENT },
      // It was published, and is ended instead.
      tolerates: ['refused.state'],
    }),
    [PUBLISH]: ({ ticket }) => lift(ticket, NO_MAJOR_INCIDENT),
  },
  policies: { response: majorIncidentResponseV1 },
});

const NO_MAJOR_INCIDENT = 'It is no major incident after all.';

function evolve(state: ResponseState, event: RecordedEvent): ResponseState {
  const { type, data } = event;
  switch (type) {
    case 'MajorIncidentDeclared':
      return {
        ...state,
        commander: String(data['commander']),
        service: typeof data['service'] === 'string' ? data['service'] : null,
      };
    case 'MajorIncidentCommandHandedOver':
      return { ...state, commander: String(data['commander']) };
    case 'MajorIncidentStatusUpdatePosted':
      return { ...state, missed: { ...state.missed, [String(data['audience'])]: 0 } };
    case 'MajorIncidentSeverityChanged':
    case 'MajorIncidentResponseResumed':
      return { ...state, missed: {} };
    case 'TimerElapsed': {
      const { audience, missed } = missedOf(state, event);
      return { ...state, missed: { ...state.missed, [audience]: missed + 1 } };
    }
    case 'FlowCommandAccepted':
      return data['step'] === FREEZE ? { ...state, freeze: String(data['ticket']) } : state;
    default:
      return state;
  }
}

function missedOf(
  { missed }: ResponseState,
  event: RecordedEvent,
): { readonly audience: string; readonly missed: number } {
  const audience = audienceOf(event);
  return { audience, missed: missed[audience] ?? 0 };
}
