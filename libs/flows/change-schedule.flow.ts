import {
  defineFlow,
  ticketIdOfStream,
  type FlowCommand,
  type FlowDecision,
  type FlowDefinition,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

interface ScheduleState {
  readonly configurationItems: readonly string[];
  /** Why the schedule is given up, for those who were told of it. */
  readonly reason: string | null;
}

/** The step that is undone when the schedule is given up. */
const SCHEDULE = 'schedule';
/** Entries of one change in the calendars of items; with the notice, a decision has no more. */
const ITEMS_MAX = 199;
const REASON_LENGTH_MAX = 2_000;

const entering = ['configuration-item.RecordCIChangeOpened', 'change.AnnounceChange'];
const leaving = 'configuration-item.RecordCIChangeClosed';

/**
 * S-16: a change that is authorised gets an entry in the calendar of each of its items, and those
 * concerned are told; a move within the tolerance moves both, and each is undone when the change is
 * cancelled or has to be authorised again.
 *
 * It ends with the change or its authorisation, and sees nothing of what it does: no circle.
 */
export const changeSchedule: FlowDefinition<ScheduleState> = defineFlow<ScheduleState>({
  name: 'change-schedule',
  version: 1,
  title: 'Enter changes in the calendar',
  summary: 'Enters an authorised change in the calendar of its items and tells those concerned.',
  events: {
    ChangeAuthorised: 'starts',
    ChangeRescheduled: 'continues',
    ChangeAuthorisationRevoked: 'continues',
    ChangeCancelled: 'continues',
    ChangeClosed: 'continues',
  },
  follows: {
    ChangeAuthorised: { commands: entering },
    ChangeRescheduled: { commands: entering },
    ChangeAuthorisationRevoked: { undoes: [SCHEDULE], ends: true },
    ChangeCancelled: { undoes: [SCHEDULE], ends: true },
    ChangeClosed: { commands: [leaving], ends: true },
    [`undo ${SCHEDULE}`]: { commands: [leaving, 'change.AnnounceChange'] },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: { configurationItems: [], reason: null },
  evolve: (state, event) => evolve(state, event),
  decide: ({ configurationItems: items }, { type, data }, { key }) => {
    switch (type) {
      case 'ChangeAuthorised':
        return data['state'] === 'scheduled' ? scheduled(items, data, key) : {};
      case 'ChangeRescheduled':
        // Beyond the tolerance it has to be authorised again, which says so itself.
        return data['isBeyondTolerance'] === true ? {} : moved(items, data, key);
      case 'ChangeAuthorisationRevoked':
      case 'ChangeCancelled':
        return { compensate: SCHEDULE, complete: true };
      case 'ChangeClosed':
        return { commands: entriesOf(items).map((item) => left(item, key)), complete: true };
      default:
        return {};
    }
  },
  compensations: {
    [SCHEDULE]: ({ command, ticket, body }, { reason }) =>
      command === 'AnnounceChange'
        ? withdrawn(ticket, reason)
        : left(ticket, String(body['change'])),
  },
  policies: {},
});

function evolve(state: ScheduleState, { type, data }: RecordedEvent): ScheduleState {
  switch (type) {
    case 'ChangeAuthorised':
      return data['state'] === 'scheduled'
        ? { ...state, configurationItems: data['configurationItems'] as readonly string[] }
        : state;
    case 'ChangeAuthorisationRevoked': {
      const changed = (data['changed'] as readonly string[]).join(', ');
      return { ...state, reason: `It has to be authorised again; what changed: ${changed}.` };
    }
    case 'ChangeCancelled':
      return { ...state, reason: String(data['comment']) };
    default:
      return state;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function scheduled(items: readonly string[], window: Fields, change: string): FlowDecision {
  return {
    commands: [
      ...entriesOf(items).map((item) => ({ ...entered(item, window, change), step: SCHEDULE })),
      { ...told(change, { kind: 'scheduled', reason: null }), step: SCHEDULE },
    ],
    ...(items.length > ITEMS_MAX && {
      notes: [`Only the first ${ITEMS_MAX} of its ${items.length} items get an entry.`],
    }),
  };
}

/** Steps of other names: what was scheduled first is undone once. */
function moved(items: readonly string[], window: Fields, change: string): FlowDecision {
  return {
    commands: [
      ...entriesOf(items).map((item) => ({ ...entered(item, window, change), step: 'move' })),
      { ...told(change, { kind: 'moved', reason: window['reason'] ?? null }), step: 'tell again' },
    ],
  };
}

function entriesOf(items: readonly string[]): readonly string[] {
  return items.slice(0, ITEMS_MAX);
}

function entered(item: string, { plannedStart, plannedEnd }: Fields, change: string): FlowCommand {
  return {
    process: 'configuration-item',
    ticket: item,
    command: 'RecordCIChangeOpened',
    body: { change, plannedStart, plannedEnd },
    // A change may name items that are not under control, or no longer.
    tolerates: ['missing.ticket', 'refused.state'],
  };
}

function left(item: string, change: string): FlowCommand {
  return {
    process: 'configuration-item',
    ticket: item,
    command: 'RecordCIChangeClosed',
    body: { change },
    tolerates: ['missing.ticket', 'refused.state'],
  };
}

function told(change: string, body: Fields): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'AnnounceChange',
    body,
    // It was moved, or went back, a moment ago: that is told by its own event.
    tolerates: ['refused.not-scheduled', 'refused.no-change', 'refused.state'],
  };
}

function withdrawn(change: string, reason: string | null): FlowCommand {
  return {
    ...told(change, {
      kind: 'withdrawn',
      reason: reason?.slice(0, REASON_LENGTH_MAX) ?? null,
    }),
    tolerates: ['refused.not-announced', 'refused.state'],
  };
}
