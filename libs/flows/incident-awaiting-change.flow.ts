import {
  defineFlow,
  policyReference,
  ticketIdOfStream,
  type FlowCommand,
  type FlowContext,
  type FlowDecision,
  type FlowDefinition,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

/** What becomes of an incident that waits for a change which nobody has drafted yet. */
interface AwaitedChanges {
  readonly draftsUnknown: boolean;
  /** Of the changes that are drafted. */
  readonly type: 'normal';
}

/** A change that is waited for is drafted, where it is not called by a number or id. */
const awaitedChangesAreDrafted: Policy<AwaitedChanges> = {
  name: 'awaited-changes',
  version: 1,
  value: { draftsUnknown: true, type: 'normal' },
};

interface AwaitedState {
  /** Ids of the incidents that wait, or waited, for the change. */
  readonly incidents: readonly string[];
  /** The incident that waits for a change which is not known yet, and what it calls it. */
  readonly unnamed: { readonly incident: string; readonly reference: string } | null;
}

const DRAFT = 'draft change';
const LINK = 'link change';
const RESUME = 'resume incident';
const TELL = 'tell change of ';
const DRAFT_KEY = 'draft-';

/** Incidents that are resumed because of one change: one decision sends 200 commands at most. */
const INCIDENTS_MAX = 200;
const TITLE_LENGTH_MAX = 200;
const COMMENT_LENGTH_MAX = 2_000;

/** What a change is called by: a wrong number is a mistake, not a change to be drafted. */
const CHANGE_NAME = /^(CHG-\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * S-5: an incident that is held for a change is linked to it, and resumed when the change is closed
 * or cancelled, or was over before. A change that nobody knows is drafted first: then the instance
 * of that incident hands over to the one of the change.
 *
 * It ends: naming the drafted change holds the incident again, but for a change that is known.
 */
export const incidentAwaitingChange: FlowDefinition<AwaitedState> = defineFlow<AwaitedState>({
  name: 'incident-awaiting-change',
  version: 1,
  title: 'Waiting for a change',
  summary: 'Links or drafts the change that an incident waits for, and resumes it afterwards.',
  events: {
    IncidentHeld: 'starts',
    ChangeClosed: 'continues',
    ChangeCancelled: 'continues',
    FlowCommandAccepted: 'continues',
    FlowCommandRefused: 'continues',
  },
  follows: {
    IncidentHeld: {
      commands: [
        'change.DraftChange',
        'incident.LinkIncident',
        'change.AddChangeNote',
        'incident.AddIncidentNote',
      ],
      ends: true,
    },
    [`FlowCommandAccepted ${DRAFT}`]: {
      commands: ['incident.NameIncidentHoldTarget'],
      ends: true,
    },
    ChangeClosed: { commands: ['incident.ResumeIncident'], ends: true },
    ChangeCancelled: { commands: ['incident.ResumeIncident'], ends: true },
    FlowCommandRefused: { commands: ['incident.ResumeIncident'], ends: true },
    [`undo ${DRAFT}`]: { commands: ['change.CancelChange'] },
  },
  correlate: ({ type, stream, data }) => {
    if (type !== 'IncidentHeld') return ticketIdOfStream(stream);
    if (data['reason'] !== 'awaiting-change') return undefined;
    const { awaited } = data;
    return typeof awaited === 'string' ? awaited : `${DRAFT_KEY}${ticketIdOfStream(stream)}`;
  },
  initial: { incidents: [], unnamed: null },
  evolve: (state, { type, stream, data }) => {
    if (type !== 'IncidentHeld') return state;
    const incident = ticketIdOfStream(stream);
    if (data['awaited'] === null) {
      return { ...state, unnamed: { incident, reference: referenceOf(data) } };
    }
    return state.incidents.includes(incident)
      ? state
      : { ...state, incidents: [...state.incidents, incident] };
  },
  decide: (state, event, context) => {
    switch (event.type) {
      case 'IncidentHeld':
        return event.data['awaited'] === null
          ? findChange(event, context)
          : linkChange(ticketIdOfStream(event.stream), context.key);
      case 'ChangeClosed':
        return resumeAll(state, context, `The change is closed: ${String(event.data['outcome'])}.`);
      case 'ChangeCancelled':
        return resumeAll(state, context, cancellationOf(event));
      case 'FlowCommandAccepted':
        return event.data['step'] === DRAFT ? nameChange(state, event) : undefined;
      case 'FlowCommandRefused':
        return onRefusal(state, event, context);
      default:
        return undefined;
    }
  },
  compensations: {
    [DRAFT]: ({ ticket }) => ({
      process: 'change',
      ticket,
      command: 'CancelChange',
      body: { reason: 'not-needed', comment: 'The flow that drafted it took it back.' },
      tolerates: ['refused.state'],
    }),
  },
  policies: { awaited: awaitedChangesAreDrafted },
});

/** What the incident was said to wait for, as it was typed. */
function referenceOf({ reference }: RecordedEvent['data']): string {
  return typeof reference === 'string' ? reference : '';
}

function linkChange(incident: string, change: string): FlowDecision {
  return {
    commands: [
      {
        process: 'incident',
        ticket: incident,
        command: 'LinkIncident',
        body: { type: 'blocked-by', targetKind: 'change', target: change },
        step: LINK,
        tolerates: ['refused.already-linked', 'refused.too-many'],
      },
      {
        process: 'change',
        ticket: change,
        command: 'AddChangeNote',
        body: { text: `The incident ${incident} waits for this change.`, visibility: 'internal' },
        step: `${TELL}${incident}`,
        tolerates: ['refused.too-many', 'refused.held'],
        // A change that is over takes no note: its end was before, and is not told again.
        branchesOnRefusal: true,
      },
    ],
  };
}

function findChange(event: RecordedEvent, { policies }: FlowContext): FlowDecision {
  const policy = policies['awaited'] as Policy<AwaitedChanges>;
  const { comment, service, configurationItem } = event.data;
  const name = referenceOf(event.data);
  const subject = {
    ...(typeof service === 'string' && { service }),
    ...(typeof configurationItem === 'string' && { configurationItems: [configurationItem] }),
  };
  const incident = ticketIdOfStream(event.stream);
  const isDraftable = name !== '' && !CHANGE_NAME.test(name) && Object.keys(subject).length > 0;
  if (!policy.value.draftsUnknown || !isDraftable) {
    const text = `There is no change ${name}: resume it, and hold it for one that is known.`;
    const note = { text, visibility: 'internal' };
    return {
      commands: [
        {
          process: 'incident',
          ticket: incident,
          command: 'AddIncidentNote',
          body: note,
          tolerates: ['refused.state', 'refused.too-many'],
        },
      ],
      policies: [policyReference(policy)],
      complete: true,
    };
  }
  const body = {
    ...subject,
    title: name.slice(0, TITLE_LENGTH_MAX),
    requester: event.actor,
    type: policy.value.type,
    justification: `The incident ${incident} waits for it.`,
    ...(typeof comment === 'string' && { description: comment }),
  };
  return {
    commands: [{ process: 'change', command: 'DraftChange', body, step: DRAFT }],
    policies: [policyReference(policy)],
  };
}

function nameChange({ unnamed }: AwaitedState, { data }: RecordedEvent): FlowDecision {
  if (unnamed === null) return { complete: true };
  return {
    commands: [
      {
        process: 'incident',
        ticket: unnamed.incident,
        command: 'NameIncidentHoldTarget',
        body: {
          previousReference: unnamed.reference,
          reference: data['number'],
          awaited: data['ticket'],
        },
        // It does not wait any more, or waits for something else: the draft is left to people.
        tolerates: ['refused.state', 'refused.waits-otherwise'],
      },
    ],
    complete: true,
  };
}

function resumeAll(
  { incidents }: AwaitedState,
  { key }: FlowContext,
  comment: string,
): FlowDecision {
  const left = incidents.length - INCIDENTS_MAX;
  return {
    commands: incidents
      .slice(0, INCIDENTS_MAX)
      .map((incident) => resumption(incident, key, comment)),
    notes: left > 0 ? [`${left} more incidents wait for it; resume them by hand.`] : [],
    complete: true,
  };
}

function resumption(incident: string, change: string, comment: string): FlowCommand {
  return {
    process: 'incident',
    ticket: incident,
    command: 'ResumeIncident',
    body: {
      cause: 'linked-record-finished',
      awaited: change,
      comment: comment.slice(0, COMMENT_LENGTH_MAX),
    },
    step: RESUME,
    // A person was faster, or it waits for something else by now.
    tolerates: ['refused.state', 'refused.waits-otherwise'],
  };
}

function cancellationOf({ data }: RecordedEvent): string {
  return `The change was cancelled (${String(data['reason'])}): ${String(data['comment'])}`;
}

function onRefusal(
  { incidents }: AwaitedState,
  { data }: RecordedEvent,
  { key }: FlowContext,
): FlowDecision | undefined {
  const incident = String(data['step']).slice(TELL.length);
  if (data['code'] !== 'refused.state' || !incidents.includes(incident)) return undefined;
  const comment = `The change is ${String(data['state'])} already.`;
  return { commands: [resumption(incident, key, comment)], complete: true };
}
