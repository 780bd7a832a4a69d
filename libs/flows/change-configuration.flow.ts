import {
  defineFlow,
  policyReference,
  ticketIdOfStream,
  type FlowCommand,
  type FlowDecision,
  type FlowDefinition,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';
import {
  configurationEvents,
  restoration,
  restoringCommands,
  undoingOf,
  type RecordedUndoing,
} from './configuration-restoration';

/** When changes are looked back at. */
interface ChangeReview {
  /** Days of 24 hours from the end of the work until the review is to be over. */
  readonly days: number;
  /** Who is told of one that is not. */
  readonly escalateTo: string;
}

/** The review that ships with the system. */
const changeReviewWithin5Days: Policy<ChangeReview> = {
  name: 'change-review',
  version: 1,
  value: { days: 5, escalateTo: 'change-management' },
};

/** An item of a baseline: its number, and what tells whether it is still so. */
interface Item {
  readonly id: string;
  readonly number: string;
  readonly digest: string;
}

interface ConfigurationState {
  readonly configurationItems: readonly string[];
  readonly before: readonly Item[] | null;
  /** The baseline that the comparison waits for. */
  readonly awaits: string | null;
  readonly compared: readonly Item[];
  /** What was done to the records of items under the change, and what undoes it, in order. */
  readonly undoings: readonly RecordedUndoing[];
  readonly isCut: boolean;
  readonly isOver: boolean;
}

const DAY_MS = 86_400_000;
const OWN = 'flow:change-configuration';
const BASELINE = 'take baseline';
const REVIEW = 'ReviewDue';
const BEFORE = 'Before the change';
const AFTER = 'After the change';
const RESTORED = 'After the back-out';
/** Items of one baseline. */
const ITEMS_MAX = 200;
const UNDOINGS_MAX = 150;
const NAMES_MAX = 20;

const taking = 'configuration-baseline.TakeBaseline';
const reviewing = 'change.RequestChangeReview';

/**
 * S-17: a baseline before and one after a change tell which items it altered, which is recorded on
 * the change, and its review is asked for; where it was backed out, what was done to the records of
 * items under it is undone, last first, and compared with the baseline before.
 *
 * It ends with the change. It does not look at what it does to records itself: no circle.
 */
export const changeConfiguration: FlowDefinition<ConfigurationState> =
  defineFlow<ConfigurationState>({
    name: 'change-configuration',
    version: 1,
    title: 'Keep the configuration in step with changes',
    summary: 'Records what a change made of its items, asks for its review, undoes a failed one.',
    events: {
      ChangeStarted: 'starts',
      BaselineTaken: 'continues',
      ...Object.fromEntries(configurationEvents.map((type) => [type, 'continues' as const])),
      ChangeImplemented: 'continues',
      ChangeBackedOut: 'continues',
      ChangeClosed: 'continues',
      ChangeCancelled: 'continues',
      TimerElapsed: 'continues',
      FlowCommandRefused: 'continues',
    },
    follows: {
      ChangeStarted: { commands: [taking] },
      BaselineTaken: { commands: ['change.RecordChangeItemUpdate'], ends: true },
      ChangeImplemented: { commands: [taking, reviewing], timers: [REVIEW] },
      ChangeBackedOut: {
        commands: [...restoringCommands, taking, reviewing],
        timers: [REVIEW],
      },
      ChangeClosed: { timers: [REVIEW], ends: true },
      ChangeCancelled: { ends: true },
      TimerElapsed: { commands: ['change.EscalateChange'] },
      FlowCommandRefused: { ends: true },
    },
    correlate: ({ type, stream, data }) => {
      if (type.startsWith('Change')) return ticketIdOfStream(stream);
      return typeof data['change'] === 'string' ? data['change'] : undefined;
    },
    initial: {
      configurationItems: [],
      before: null,
      awaits: null,
      compared: [],
      undoings: [],
      isCut: false,
      isOver: false,
    },
    evolve: (state, event) => evolve(state, event),
    decide: (state, event, { key, policies }) =>
      decide(state, event, key, policies['review'] as Policy<ChangeReview>),
    // A baseline is a finding; what a change did is undone by backing it out.
    compensations: {},
    policies: { review: changeReviewWithin5Days },
  });

function evolve(state: ConfigurationState, event: RecordedEvent): ConfigurationState {
  const { type, actor, data } = event;
  switch (type) {
    case 'ChangeStarted': {
      const configurationItems = data['configurationItems'] as readonly string[];
      return {
        ...state,
        configurationItems,
        awaits: configurationItems.length > 0 ? BEFORE : null,
      };
    }
    case 'ChangeImplemented':
    case 'ChangeBackedOut': {
      // Nothing is compared with a baseline that is not there.
      const purpose = type === 'ChangeImplemented' ? AFTER : RESTORED;
      return state.before === null ? state : { ...state, awaits: purpose };
    }
    case 'BaselineTaken':
      return data['purpose'] === state.awaits && actor === OWN ? taken(state, data) : state;
    case 'FlowCommandRefused':
      return data['step'] === BASELINE ? { ...state, awaits: null } : state;
    case 'ChangeClosed':
      return { ...state, isOver: true };
    default:
      return actor === OWN ? state : noted(state, event);
  }
}

function taken(state: ConfigurationState, { items }: RecordedEvent['data']): ConfigurationState {
  const found = (items as readonly Item[]).map(({ id, number, digest }) => ({
    ...{ id, number, digest },
  }));
  return state.awaits === BEFORE
    ? { ...state, before: found, awaits: null }
    : { ...state, compared: found, awaits: null };
}

function noted(state: ConfigurationState, event: RecordedEvent): ConfigurationState {
  if (!configurationEvents.includes(event.type)) return state;
  const undoing = undoingOf(event, ticketIdOfStream(event.stream));
  if (undoing === undefined) return state;
  return state.undoings.length >= UNDOINGS_MAX
    ? { ...state, isCut: true }
    : { ...state, undoings: [...state.undoings, undoing] };
}

function decide(
  state: ConfigurationState,
  event: RecordedEvent,
  change: string,
  policy: Policy<ChangeReview>,
): FlowDecision | undefined {
  const { type, data, occurredAt } = event;
  switch (type) {
    case 'ChangeStarted':
      return { commands: baselines(state, BEFORE, change) };
    case 'ChangeImplemented': {
      const review = data['needsReview'] === true ? reviewBy(occurredAt, change, policy) : {};
      const commands = [...baselines(state, AFTER, change), ...(review.commands ?? [])];
      return { ...review, commands };
    }
    case 'ChangeBackedOut':
      return backedOut(state, occurredAt, change, policy);
    case 'BaselineTaken':
      return event.actor === OWN ? compared(state, data, change) : {};
    case 'ChangeClosed':
      return state.awaits === null ? { complete: true } : { timers: [{ cancel: REVIEW }] };
    case 'ChangeCancelled':
      return { complete: true };
    case 'TimerElapsed':
      return { commands: [overdue(change, policy)], policies: [policyReference(policy)] };
    case 'FlowCommandRefused':
      return onRefusal(state, data);
    default:
      return {};
  }
}

function baselines(
  { configurationItems, before }: ConfigurationState,
  purpose: string,
  change: string,
): readonly FlowCommand[] {
  if (configurationItems.length === 0 || (purpose !== BEFORE && before === null)) return [];
  return [
    {
      process: 'configuration-baseline',
      command: 'TakeBaseline',
      body: {
        name: purpose,
        purpose,
        change,
        // Afterwards the same ones: a change may have gained items since.
        configurationItems: before?.map(({ id }) => id) ?? configurationItems.slice(0, ITEMS_MAX),
      },
      step: BASELINE,
      branchesOnRefusal: true,
    },
  ];
}

function reviewBy(endedAt: string, change: string, policy: Policy<ChangeReview>): FlowDecision {
  const dueAt = new Date(Date.parse(endedAt) + policy.value.days * DAY_MS).toISOString();
  return {
    commands: [
      {
        process: 'change',
        ticket: change,
        command: 'RequestChangeReview',
        body: { dueAt },
        // Reviewed already, or the engine was down for longer than that.
        tolerates: ['refused.state', 'refused.past-time', 'refused.held', 'refused.no-change'],
      },
    ],
    timers: [{ set: REVIEW, dueAt }],
    policies: [policyReference(policy)],
  };
}

function backedOut(
  state: ConfigurationState,
  endedAt: string,
  change: string,
  policy: Policy<ChangeReview>,
): FlowDecision {
  const review = reviewBy(endedAt, change, policy);
  return {
    ...review,
    commands: [
      ...restoration(state.undoings, change),
      ...baselines(state, RESTORED, change),
      ...(review.commands ?? []),
    ],
    ...(state.isCut && {
      notes: [`Only the first ${UNDOINGS_MAX} alterations of records are undone.`],
    }),
  };
}

/** Compares with the baseline before; says of each item that differs that the change altered it. */
function compared(
  { before, compared: now, configurationItems, isOver }: ConfigurationState,
  { purpose }: RecordedEvent['data'],
  change: string,
): FlowDecision {
  if (purpose === BEFORE || before === null) return {};
  const digests = new Map(before.map(({ id, digest }) => [id, digest]));
  const altered = now.filter(({ id, digest }) => digests.get(id) !== digest);
  const names = altered.slice(0, NAMES_MAX).map(({ number }) => number);
  const summary =
    purpose === AFTER
      ? 'Differs from the baseline before the change.'
      : 'Still differs from the baseline before the change after its back-out.';
  const found = `${altered.length} of ${now.length} items differ from the baseline before`;
  return {
    // A change that needed no review is closed by now, and takes nothing any more.
    commands: isOver
      ? []
      : altered.flatMap(({ id, number }) => {
          const named = configurationItems.find((item) => item === id || item === number);
          return named === undefined ? [] : [itemUpdate(change, named, summary)];
        }),
    notes: [names.length === 0 ? `${found}.` : `${found}: ${names.join(', ')}.`],
    ...(isOver && { complete: true }),
  };
}

function itemUpdate(change: string, configurationItem: string, summary: string): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'RecordChangeItemUpdate',
    body: { configurationItem, summary },
    tolerates: ['refused.state', 'refused.held', 'refused.other-item', 'refused.too-many'],
  };
}

function overdue(change: string, { value }: Policy<ChangeReview>): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'EscalateChange',
    body: { kind: 'hierarchic', to: value.escalateTo, reason: 'Its review is overdue.' },
    tolerates: ['refused.no-change', 'refused.state'],
  };
}

/** Of items that are not all under control there is no baseline; all else needs a person. */
function onRefusal(
  { isOver }: ConfigurationState,
  { code, step }: RecordedEvent['data'],
): FlowDecision | undefined {
  if (step !== BASELINE || code !== 'refused.related-missing') return undefined;
  return {
    notes: ['Not all of its items are under configuration control: there is no baseline.'],
    ...(isOver && { complete: true }),
  };
}
