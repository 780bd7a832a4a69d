import type { DataOf, RecordedEvent } from '@ledgerdesk/kernel';
import type { Folds } from '../shared/folding';
import type { EffortPart } from '../shared/blocks/effort.block';
import type { WatchersPart } from '../shared/blocks/watchers.block';
import type { IncidentEventTable } from './incident.events';
import type { IncidentFacts, IncidentRecord, MergedIncident } from './incident.state';

const EXCERPT_MAX = 500;

const notOnHold = {
  holdReason: null,
  holdReference: null,
  holdAwaited: null,
  heldAt: null,
} as const;

/** What each event changes of the facts, from any state: the log is the truth. */
export const incidentFactFolds: Folds<IncidentFacts, IncidentEventTable> = {
  IncidentRegistered: (_, event) => {
    const { description, ...facts } = event.data;
    // Spread last: V8 writes what comes behind a spread by the slow way.
    return {
      state: 'new',
      id: event.stream.slice(event.stream.indexOf('-') + 1),
      excerpt: excerptOf(description),
      openedAt: event.occurredAt,
      ...facts,
    };
  },
  IncidentClassified: (_, { data }) => ({ ...data }),
  IncidentReclassified: (_, { data: { category, subcategory, symptom } }) => ({
    category,
    subcategory,
    symptom,
  }),
  IncidentServiceChanged: (_, { data }) => ({ service: data.to }),
  IncidentConfigurationItemChanged: (_, { data }) => ({ configurationItem: data.to }),
  IncidentLocationChanged: (_, { data }) => ({ location: data.to }),
  IncidentTitleChanged: (_, { data }) => ({ title: data.to }),
  IncidentDescriptionChanged: (_, { data }) => ({ excerpt: excerptOf(data.to) }),
  IncidentCallerChanged: (_, { data }) => ({ caller: data.to }),
  IncidentPriorityDerived: (_, { data: { impact, urgency, priority }, policies }) => ({
    impact,
    urgency,
    priority,
    // The matrix is the first policy that such an event refers to; an import names its mapping too.
    priorityMatrix: policies[0] ?? null,
    isPriorityOverridden: false,
  }),
  IncidentPriorityOverridden: (_, { data }) => ({
    priority: data.priority,
    priorityMatrix: null,
    isPriorityOverridden: true,
  }),
  IncidentAssigned: (_, { data }) => ({
    state: data.state,
    assignmentGroup: data.group,
    assignee: data.assignee,
    ...(data.state !== 'on-hold' && notOnHold),
  }),
  IncidentReassigned: (_, { data }) => ({
    state: data.state,
    assignmentGroup: data.group,
    assignee: data.assignee,
    reassignmentCount: data.reassignmentCount,
    ...(data.state !== 'on-hold' && notOnHold),
  }),
  IncidentHandedOver: (_, { data }) => ({ assignee: data.assignee }),
  IncidentReturned: (_, { data }) => ({ state: data.state, assignee: null, ...notOnHold }),
  IncidentWorkStarted: ({ workStartedAt }, event) => ({
    state: 'in-progress',
    assignee: event.data.assignee,
    workStartedAt: workStartedAt ?? event.occurredAt,
    ...notOnHold,
  }),
  IncidentHeld: (_, { data, occurredAt }) => ({
    state: 'on-hold',
    holdReason: data.reason,
    holdReference: data.reference,
    holdAwaited: data.awaited,
    heldAt: occurredAt,
  }),
  IncidentResumed: (_, { data }) => ({ state: data.state, ...notOnHold }),
  IncidentResolved: ({ impactEndedAt }, event) => ({
    state: 'resolved',
    resolutionCode: event.data.code,
    resolvedBy: event.data.resolvedBy,
    resolvedAt: event.occurredAt,
    impactEndedAt: event.data.impactEndedAt ?? impactEndedAt,
    ...notOnHold,
  }),
  IncidentResolutionConfirmed: () => ({ isResolutionConfirmed: true }),
  IncidentResolutionDisputed: () => ({ isResolutionConfirmed: false }),
  IncidentReopened: (_, event) => ({
    state: event.data.state,
    reopenCount: event.data.reopenCount,
    reopenedAt: event.occurredAt,
    reopenedBy: event.actor,
    resolutionCode: null,
    resolvedAt: null,
    resolvedBy: null,
    isResolutionConfirmed: false,
    closedAt: null,
    closedBy: null,
  }),
  IncidentClosed: ({ resolutionCode }, event) => ({
    state: 'closed',
    closedAt: event.occurredAt,
    closedBy: event.actor,
    resolutionCode: event.data.code ?? resolutionCode,
    ...notOnHold,
  }),
  IncidentCancelled: (_, event) => ({
    ...cancelled(event),
    cancelReason: event.data.reason,
    duplicateOf: event.data.duplicateOf,
  }),
  IncidentMarkedDuplicate: (_, event) => ({
    ...cancelled(event),
    cancelReason: 'duplicate',
    duplicateOf: event.data.original,
  }),
  IncidentMergedInto: (_, event) => ({
    ...cancelled(event),
    cancelReason: 'merged',
    mergedInto: event.data.target,
  }),
  IncidentMergedFrom: () => ({}),
  IncidentSplitOff: () => ({}),
  IncidentFollowedUp: () => ({}),
  IncidentParentSet: (_, { data }) => ({ parent: data.parent }),
  IncidentParentCleared: () => ({ parent: null }),
  IncidentChildRecorded: () => ({}),
  IncidentChildRemoved: () => ({}),
  IncidentMajorStatusRecorded: (_, { data: { majorIncident, status, commander } }) => ({
    majorIncident,
    majorStatus: status,
    majorCommander: commander,
  }),
  IncidentImportedRowRecorded: () => ({}),
};

type Whole = IncidentFacts & IncidentRecord & WatchersPart & EffortPart;

/** What some events change beyond the facts: texts and lists that only the ticket itself shows. */
export const incidentRecordFolds: Partial<Folds<Whole, IncidentEventTable>> = {
  IncidentRegistered: (_, { data }) => ({ description: data.description }),
  IncidentDescriptionChanged: (_, { data }) => ({ description: data.to }),
  IncidentHeld: (_, { data }) => ({ holdComment: data.comment }),
  IncidentResumed: () => ({ holdComment: null }),
  IncidentResolved: (_, { data }) => ({ resolutionNotes: data.notes, holdComment: null }),
  IncidentReopened: (state, event) => ({
    reopenings: [
      ...state.reopenings,
      {
        at: event.occurredAt,
        by: event.actor,
        reason: event.data.reason,
        resolvedAt: state.resolvedAt,
        resolvedBy: state.resolvedBy,
        resolutionCode: state.resolutionCode,
        resolutionNotes: state.resolutionNotes,
        closedAt: state.closedAt,
      },
    ],
    resolutionNotes: null,
  }),
  IncidentMergedFrom: (state, { data }) => mergedFrom(state, data),
  IncidentSplitOff: ({ splitInto }, { data }) => ({
    splitInto: withMember(splitInto, data.incident),
  }),
  IncidentFollowedUp: ({ followedUpBy }, { data }) => ({
    followedUpBy: withMember(followedUpBy, data.incident),
  }),
  IncidentChildRecorded: ({ children }, { data }) => ({
    children: withMember(children, data.child),
  }),
  IncidentChildRemoved: ({ children }, { data }) =>
    children.includes(data.child)
      ? { children: children.filter((child) => child !== data.child) }
      : {},
  IncidentImportedRowRecorded: ({ importedRows }) => ({ importedRows: importedRows + 1 }),
};

/** The beginning of a text, never cut inside a surrogate pair. */
export function excerptOf(description: string | null): string | null {
  if (description === null || description.length <= EXCERPT_MAX) return description;
  const cut = description.slice(0, EXCERPT_MAX);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

function cancelled(event: RecordedEvent): Partial<IncidentFacts> {
  return {
    state: 'cancelled',
    cancelledAt: event.occurredAt,
    cancelledBy: event.actor,
    ...notOnHold,
  };
}

function withMember(members: readonly string[], member: string): readonly string[] {
  return members.includes(member) ? members : [...members, member];
}

/** A merge that was recorded twice, after a lost race, counts with its later amounts. */
function mergedFrom(
  state: Whole,
  data: DataOf<IncidentEventTable['IncidentMergedFrom']['fields']>,
): Partial<Whole> {
  const merged: MergedIncident = {
    id: data.incident,
    number: data.incidentNumber,
    minutesLogged: data.minutesLogged,
    costMinorByCurrency: amountsOf(data.costMinorByCurrency),
  };
  const before = state.mergedFrom.find(({ id }) => id === merged.id);
  return {
    mergedFrom: [...state.mergedFrom.filter(({ id }) => id !== merged.id), merged],
    watchers: [...new Set([...state.watchers, ...data.watchers])],
    minutesLogged: state.minutesLogged - (before?.minutesLogged ?? 0) + merged.minutesLogged,
    costMinorByCurrency: addAmounts(
      addAmounts(state.costMinorByCurrency, before?.costMinorByCurrency ?? {}, -1),
      merged.costMinorByCurrency,
      1,
    ),
  };
}

function amountsOf(amounts: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  const entries = Object.entries(amounts).filter(([, amount]) => typeof amount === 'number');
  return Object.fromEntries(entries) as Readonly<Record<string, number>>;
}

function addAmounts(
  sums: Readonly<Record<string, number>>,
  more: Readonly<Record<string, number>>,
  sign: 1 | -1,
): Readonly<Record<string, number>> {
  const total = { ...sums };
  for (const [currency, amount] of Object.entries(more)) {
    total[currency] = (total[currency] ?? 0) + sign * amount;
  }
  return total;
}
