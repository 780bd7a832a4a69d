import { ticketIdOfStream, type RecordedEvent } from '@ledgerdesk/kernel';
import type { ApprovalsPart } from '../shared/blocks/approvals.events';
import { excerptOf } from '../shared/excerpt';
import type { Folds } from '../shared/folding';
import { replaceEntry, stamp } from '../shared/ticket-log';
import type { changeEvents, changeWorkOrderEvents } from './change.events';
import type {
  ChangeConflict,
  ChangeFacts,
  ChangeRecord,
  ChangeWorkOrder,
  ConflictScan,
} from './change.state';
import type { ChangeModel } from './policies/change-models';

const nothing = (): object => ({});

/** What each event changes of the facts, from any state: the log is the truth. */
export const changeFactFolds: Folds<ChangeFacts, typeof changeEvents> = {
  ChangeDrafted: (_, event) => {
    const { number, title, requester, type, service, configurationItems, impact } = event.data;
    const { changeManager, template, templateVersion, majorIncident, securityIncident } =
      event.data;
    return {
      state: 'new',
      id: ticketIdOfStream(event.stream),
      ...{ number, title, requester, type, service, configurationItems, impact, changeManager },
      ...{ template, templateVersion, majorIncident, securityIncident },
      primary: event.data.primary,
      excerpt: excerptOf(event.data.description),
      openedBy: event.actor,
      openedAt: event.occurredAt,
      modelName: modelOf(event.data.model)?.name ?? null,
      modelPolicy: event.policies[0] ?? null,
    };
  },
  UnauthorisedChangeDetected: (_, event) => ({
    state: 'authorise',
    id: ticketIdOfStream(event.stream),
    number: event.data.number,
    title: event.data.title,
    type: 'emergency',
    configurationItems: [event.data.configurationItem],
    excerpt: excerptOf(event.data.finding),
    openedBy: event.actor,
    openedAt: event.occurredAt,
    isUnauthorised: true,
    detectedAt: event.data.detectedAt,
    modelName: modelOf(event.data.model)?.name ?? null,
    modelPolicy: event.policies[0] ?? null,
  }),
  ChangeTypeChanged: (_, event) => ({
    type: event.data.to,
    majorIncident: event.data.majorIncident,
    securityIncident: event.data.securityIncident,
    modelName: modelOf(event.data.model)?.name ?? null,
    modelPolicy: event.policies[0] ?? null,
  }),
  ChangeImpactSet: (_, { data }) => ({ impact: data.to }),
  ChangeWindowPlanned: (_, { data: { plannedStart, plannedEnd } }) => ({
    plannedStart,
    plannedEnd,
  }),
  ChangeRescheduled: (_, { data: { plannedStart, plannedEnd, state } }) => ({
    plannedStart,
    plannedEnd,
    state,
  }),
  ChangeRiskAnswered: nothing,
  ChangeRiskDerived: (_, { data }) => ({ risk: data.risk }),
  ChangeConflictsRecorded: nothing,
  ChangeConflictResolved: nothing,
  ChangeFreezeOverridden: nothing,
  ChangeSubmitted: (_, { data: { state, isRetrospective } }) => ({ state, isRetrospective }),
  ChangeAssessed: (_, { data }) => ({ state: data.state }),
  ChangeRejected: (_, { data }) => ({ state: data.state, ...notAuthorised }),
  ChangeAuthorised: (_, event) => ({
    state: event.data.state,
    isAuthorised: true,
    authorisedAt: event.occurredAt,
    approvalDueAt: null,
  }),
  ChangeAuthorisationRevoked: (_, { data }) => ({ state: data.state, ...notAuthorised }),
  ChangeReverted: () => ({ state: 'new', isRetrospective: false, ...notAuthorised }),
  ChangeStarted: (_, event) => ({
    state: 'implement',
    startedAt: event.occurredAt,
    startedBy: event.actor,
    approvalDueAt: event.data.approvalDueAt,
  }),
  ChangeItemUpdateRecorded: nothing,
  ChangeAnnounced: nothing,
  ChangeReviewRequested: (_, { data }) => ({ reviewDueAt: data.dueAt }),
  ChangeBackedOut: (_, event) => ({
    state: 'review',
    isBackedOut: true,
    implementedAt: event.occurredAt,
  }),
  ChangeImplemented: (_, event) => ({ state: 'review', implementedAt: event.occurredAt }),
  ChangeReviewed: (_, { data }) => ({ outcome: data.outcome }),
  ChangeClosed: (_, event) => ({
    state: 'closed',
    outcome: event.data.outcome,
    closedAt: event.occurredAt,
    closedBy: event.actor,
  }),
  ChangeCancelled: (_, event) => ({
    state: 'cancelled',
    cancelReason: event.data.reason,
    closedAt: event.occurredAt,
    closedBy: event.actor,
    isHeld: false,
  }),
  ChangeHeld: () => ({ isHeld: true }),
  ChangeReleased: (_, { data }) => ({ isHeld: data.isStillHeld }),
  ChildChangesRequested: nothing,
  ChildGenerationCompleted: nothing,
};

const notAuthorised = { isAuthorised: false, authorisedAt: null } as const;

type Whole = ChangeFacts & ChangeRecord & ApprovalsPart;

/** What some events change beyond the facts. */
export const changeRecordFolds: Partial<Folds<Whole, typeof changeEvents>> &
  Folds<Whole, typeof changeWorkOrderEvents> = {
  ChangeDrafted: (_, { data }) => ({
    description: data.description,
    justification: data.justification,
    implementationPlan: data.implementationPlan,
    testPlan: data.testPlan,
    backOutPlan: data.backOutPlan,
    affectedItems: data.affectedItems,
    templateVariables: data.templateVariables,
    emergencyReason: data.emergencyReason,
    model: modelOf(data.model),
  }),
  UnauthorisedChangeDetected: (_, { data }) => ({
    description: data.finding,
    model: modelOf(data.model),
  }),
  ChangeTypeChanged: (_, { data }) => ({
    model: modelOf(data.model),
    emergencyReason: data.emergencyReason,
  }),
  ChangeWindowPlanned: ({ scan }, event) => edited(scan, event),
  ChangeRescheduled: ({ scan }, event) => edited(scan, event),
  ChangeSubmitted: (_, { occurredAt }) => ({ substanceAt: occurredAt }),
  ChangeRiskAnswered: (_, { data }) => ({
    riskAnswers: data.answers as Readonly<Record<string, string>>,
  }),
  ChangeRiskDerived: (_, { data }) => ({
    riskFacts: data.facts as Readonly<Record<string, number>>,
  }),
  ChangeConflictsRecorded: ({ scan: before }, event) => {
    const { mode, kinds, position, conflicts } = event.data;
    const found = conflicts as unknown as readonly ChangeConflict[];
    return {
      scan: {
        ...{ mode, kinds, position },
        at: event.occurredAt,
        isFresh: true,
        conflicts: found.map((conflict) => ({
          ...conflict,
          resolved: resolutionOf(before, conflict.key),
        })),
      },
    };
  },
  ChangeConflictResolved: ({ scan }, event) =>
    scan === null
      ? {}
      : {
          scan: settled(scan, ({ key }) => key === event.data.conflict, {
            ...stamp(event),
            by: event.data.authority,
            reason: event.data.reason,
          }),
        },
  ChangeFreezeOverridden: ({ freezeOverrides, scan }, event) => {
    const { freezeWindow, freezeNumber, authority, reason } = event.data;
    const isOfFreeze = (conflict: ChangeConflict): boolean =>
      conflict.with === freezeWindow || conflict.with === freezeNumber;
    return {
      freezeOverrides: [...new Set([...freezeOverrides, freezeWindow])],
      scan:
        scan === null
          ? null
          : settled(scan, isOfFreeze, { ...stamp(event), by: authority, reason }),
    };
  },
  ChangeAssessed: (_, event) => ({ assessedBy: event.actor }),
  ChangeReverted: () => ({ assessedBy: null }),
  ChangeItemUpdateRecorded: ({ itemUpdates }, event) => ({
    itemUpdates: [...itemUpdates, { ...stamp(event), ...event.data }],
  }),
  ChangeAnnounced: (_, { data: { kind, plannedStart, plannedEnd } }) => ({
    announcement: { kind, plannedStart, plannedEnd },
  }),
  ChangeReviewRequested: (_, { data }) => ({ reviewer: data.reviewer }),
  ChangeReviewed: (_, { data: { notes, isObjectiveMet, incidentsCaused } }) => ({
    reviewNotes: notes,
    isObjectiveMet,
    incidentsCaused,
  }),
  ChangeCancelled: () => ({ holds: [] }),
  ChangeHeld: ({ holds }, event) => ({
    holds: [...holds, { ...stamp(event), ...event.data }],
  }),
  ChangeReleased: ({ holds }, { data }) => ({
    holds: holds.filter(({ lockdownId }) => lockdownId !== data.lockdownId),
  }),
  ChildChangesRequested: (_, { data }) => ({
    requestedChildren: data.configurationItems.length,
    isGeneratingChildren: true,
  }),
  ChildGenerationCompleted: () => ({ isGeneratingChildren: false }),
  ChangeWorkOrderAdded: ({ workOrders }, { data }) => {
    const { workOrder: id, after, ...order } = data;
    const added: ChangeWorkOrder = {
      id,
      ...order,
      after: Array.isArray(after) ? (after as readonly number[]) : [],
      state: 'created',
      outcome: null,
      report: null,
      startedAt: null,
      closedAt: null,
    };
    return { workOrders: [...workOrders, added] };
  },
  ChangeWorkOrderAssigned: (state, { data: { workOrder, assignee } }) =>
    orderWith(state, workOrder, { assignee }),
  ChangeWorkOrderAccepted: (state, { data: { workOrder, assignee } }) =>
    orderWith(state, workOrder, { state: 'accepted', assignee }),
  ChangeWorkOrderReadied: (state, { data }) => orderWith(state, data.workOrder, { state: 'ready' }),
  ChangeWorkOrderStarted: (state, { data, occurredAt }) =>
    orderWith(state, data.workOrder, { state: 'in-progress', startedAt: occurredAt }),
  ChangeWorkOrderClosed: (state, { data: { workOrder, outcome, report }, occurredAt }) =>
    orderWith(state, workOrder, { state: 'closed', outcome, report, closedAt: occurredAt }),
  ChangeWorkOrderCancelled: (state, { data, occurredAt }) =>
    orderWith(state, data.workOrder, {
      state: 'cancelled',
      report: data.reason,
      closedAt: occurredAt,
    }),
};

type EditFold = (state: Whole, event: Pick<RecordedEvent, 'occurredAt'>) => Partial<Whole>;

const substance: EditFold = (_, { occurredAt }) => ({ substanceAt: occurredAt });

/** An edit of the items makes the last scan stale, whatever else it changes. */
export const changeEditFolds: Readonly<Record<string, EditFold>> = {
  ChangeConfigurationItemsChanged: ({ scan }, event) => edited(scan, event),
  ChangeAffectedItemsChanged: ({ scan }, event) => edited(scan, event),
  ChangeServiceChanged: ({ scan }, event) => edited(scan, event),
  ChangeDescriptionChanged: substance,
  ChangeImplementationPlanChanged: substance,
  ChangeTestPlanChanged: substance,
  ChangeBackOutPlanChanged: substance,
  ChangeAssigned: ({ scan }) => staleScan(scan),
  ChangeHandedOver: ({ scan }) => staleScan(scan),
};

function edited(
  scan: ConflictScan | null,
  { occurredAt }: Pick<RecordedEvent, 'occurredAt'>,
): Pick<ChangeRecord, 'scan' | 'substanceAt'> {
  return { ...staleScan(scan), substanceAt: occurredAt };
}

function staleScan(scan: ConflictScan | null): Pick<ChangeRecord, 'scan'> {
  return { scan: scan === null ? null : { ...scan, isFresh: false } };
}

/** What was settled stays so while the plan is the same; a changed plan is another question. */
function resolutionOf(scan: ConflictScan | null, key: string): ChangeConflict['resolved'] {
  if (scan?.isFresh !== true) return null;
  return scan.conflicts.find((conflict) => conflict.key === key)?.resolved ?? null;
}

function settled(
  scan: ConflictScan,
  isMeant: (conflict: ChangeConflict) => boolean,
  resolved: ChangeConflict['resolved'],
): ConflictScan {
  return {
    ...scan,
    conflicts: scan.conflicts.map((conflict) =>
      isMeant(conflict) ? { ...conflict, resolved } : conflict,
    ),
  };
}

function orderWith(
  { workOrders }: Pick<ChangeRecord, 'workOrders'>,
  id: number,
  changes: Partial<ChangeWorkOrder>,
): Pick<ChangeRecord, 'workOrders'> {
  return { workOrders: replaceEntry(workOrders, id, (order) => ({ ...order, ...changes })) };
}

/** The model that an event carries; null where it is none. */
function modelOf(value: Readonly<Record<string, unknown>>): ChangeModel | null {
  return typeof value['name'] === 'string' && Array.isArray(value['steps'])
    ? (value as unknown as ChangeModel)
    : null;
}
