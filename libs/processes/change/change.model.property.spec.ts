import type { ProcessModel } from '@ledgerdesk/kernel/testing';
import { isLive } from '../shared/approval-round';
import { blobsOf, customFieldBodies, describeProcessModel, ticketBodies } from '../testing';
import { changeProcess } from './change.process';
import type { ChangeState } from './change.state';
import { stepOf } from './policies/change-models';
import { partiesAtWork } from './rules/progress.guards';
import { checkExecutor } from './rules/work-order.guards';

type Bodies = ProcessModel<ChangeState>['bodies'];
type Body = Readonly<Record<string, unknown>>;

const other = (value: string | null, one: string, two: string): string =>
  value === one ? two : one;

const START = '2026-03-02T00:00:00.000Z';
const END = '2026-03-03T00:00:00.000Z';

const free = (body: (state: ChangeState) => Body | undefined) => (state: ChangeState) =>
  state.isHeld ? undefined : body(state);

const both = (body: (state: ChangeState) => Body | undefined) => free(apart(body));

const onOrder =
  (states: readonly string[], fields: Body = {}) =>
  ({ workOrders }: ChangeState): Body | undefined => {
    const order = workOrders.find(({ state, after }) => states.includes(state) && after.length < 1);
    return order && { workOrder: order.id, ...fields };
  };

const people = ['ada', 'ben', 'cleo', 'dan'];

/** Whoever acts may be an implementer: then a «no» is right. */
const apart =
  (body: (state: ChangeState) => Body | undefined) =>
  (state: ChangeState): Body | undefined =>
    partiesAtWork(state).some((person) => person === 'ada' || person === 'ben')
      ? undefined
      : body(state);

const inModel =
  (command: string, fields: Body = {}) =>
  (state: ChangeState): Body | undefined =>
    stepOf(state.model, command, state.state) === undefined ? undefined : fields;

const isComplete = (state: ChangeState): boolean =>
  (state.model?.mandatory ?? []).every((field) => {
    const value: unknown = Reflect.get(state, field);
    return Array.isArray(value) ? value.length > 0 : value !== null;
  });

const plans = {
  description: 'd',
  justification: 'j',
  implementationPlan: 'i',
  testPlan: 't',
  backOutPlan: 'b',
  impact: 2,
};

let drafts = 0;

const customFields = customFieldBodies<ChangeState>('Change');

const bodies: Bodies = {
  ...Object.fromEntries(Object.entries(customFields).map(([name, body]) => [name, free(body)])),
  CancelChange: () => ({ reason: 'other', comment: 'c' }),
  DraftChange: () => {
    drafts += 1;
    const type = (['normal', 'standard', 'emergency'] as const)[drafts % 3];
    return {
      title: 'Replace the relay',
      requester: 'rita',
      type,
      configurationItems: ['relay-1'],
      changeManager: 'ada',
      ...(type === 'standard' ? { template: 'TPL-000001' } : plans),
      ...(type === 'emergency' && { emergencyReason: 'Mail is down.', majorIncident: 'MI-000001' }),
    };
  },
  RegisterUnauthorisedChange: () => ({
    configurationItem: 'relay-1',
    finding: 'Differs.',
    detectedAt: START,
    detectedBy: 'discovery',
  }),
  EditChange: free(({ state, type, testPlan, title, changeManager }) => {
    if (type === 'standard') {
      return state === 'scheduled' ? undefined : { title: other(title, 'One', 'Two') };
    }
    const text = other(testPlan, 'One', 'Two');
    return {
      ...{ description: text, justification: text, implementationPlan: text, testPlan: text },
      ...{ backOutPlan: text, service: text, changeManager: other(changeManager, 'ada', 'ben') },
      ...{ title: text, configurationItems: [text], affectedItems: [text] },
    };
  }),
  ReclassifyChange: free(({ type, approvalRounds }) => {
    const isOpen = approvalRounds.some(isLive);
    if (isOpen || type === 'standard') return undefined;
    return type === 'normal'
      ? { type: 'emergency', emergencyReason: 'r', majorIncident: 'MI-000001' }
      : { type: 'normal' };
  }),
  SetChangeImpact: free(({ impact, type }) =>
    type === 'standard' ? undefined : { impact: impact === 1 ? 2 : 1 },
  ),
  PlanChangeWindow: free(({ plannedEnd }) => ({
    plannedStart: START,
    plannedEnd: other(plannedEnd, END, '2026-03-03T00:10:00.000Z'),
  })),
  RescheduleChange: free(({ plannedEnd }) => ({
    plannedStart: START,
    plannedEnd:
      plannedEnd === END
        ? '2026-03-03T00:10:00.000Z'
        : other(plannedEnd, '2026-03-04T00:00:00.000Z', END),
    reason: 'r',
  })),
  AnswerChangeRisk: free(() => ({
    answers: {
      'outage-needed': 'no',
      'tested-before': 'yes',
      'back-out-tried': 'no',
      'first-of-its-kind': 'no',
    },
  })),
  RecordChangeRisk: free(() => ({ facts: { successScore: 3 } })),
  RecordChangeConflicts: ({ plannedStart, plannedEnd, configurationItems }) =>
    plannedStart === null
      ? undefined
      : {
          mode: 'advanced',
          kinds: ['assignee-busy'],
          position: '7',
          ...{ plannedStart, plannedEnd, configurationItems },
          conflicts: [{ key: 'busy', kind: 'assignee-busy', with: 'li.w' }],
        },
  ResolveChangeConflict: both(({ scan }) => {
    const open = scan?.conflicts.find(({ resolved }) => resolved === null);
    return open && { conflict: open.key, reason: 'r' };
  }),
  OverrideChangeFreeze: both(() => ({ freezeWindow: 'FRZ-000001', reason: 'r' })),
  ScanChange: ({ plannedStart }) => (plannedStart === null ? undefined : {}),
  AnnounceChange: ({ announcement, isAuthorised, plannedEnd, state }) => {
    if (announcement !== null && announcement.kind !== 'withdrawn') return { kind: 'withdrawn' };
    const isAhead = isAuthorised && (state === 'scheduled' || state === 'implement');
    return isAhead && plannedEnd !== null ? { kind: 'scheduled' } : undefined;
  },
  RequestChangeReview: free(({ reviewDueAt }) => ({
    dueAt: other(reviewDueAt, '2026-06-01T00:00:00.000Z', '2026-06-02T00:00:00.000Z'),
  })),
  AdoptCabDecision: free(({ id, model: itsModel, approvalRounds, ...state }) => {
    const asked = ['cab', 'ecab'].find((policy) => itsModel?.requiredApprovals.includes(policy));
    const isGiven = approvalRounds.some(
      ({ policy, status }) => policy === asked && status === 'approved',
    );
    if (asked === undefined || isGiven || id !== TICKET_ID) return undefined;
    const schedules = stepOf(itsModel, 'ApproveChange', state.state) === 'scheduled';
    return { meeting: schedules && state.scan?.isFresh !== true ? 'CAB-000002' : 'CAB-000001' };
  }),
  SubmitChange: free((state) => {
    if (!isComplete(state) && state.type !== 'standard') return undefined;
    if (state.type === 'standard') return state.plannedStart === null ? undefined : {};
    return state.type === 'emergency' ? { retrospective: true, serviceDownSince: START } : {};
  }),
  TechnicalApproveChange: both(inModel('TechnicalApproveChange')),
  TechnicalRejectChange: both(inModel('TechnicalRejectChange', { reason: 'r' })),
  RevertChange: free((state) =>
    state.state === 'new' ? undefined : inModel('RevertChange', { reason: 'r' })(state),
  ),
  StartChange: free((state) => {
    const { isAuthorised, isRetrospective, scan, plannedStart, workOrders } = state;
    const mayStart = state.state === 'authorise' ? isRetrospective : isAuthorised;
    const isReady = !workOrders.some(
      ({ state: order, after }) =>
        order === 'created' || (order === 'accepted' && after.length < 1),
    );
    if (!mayStart || scan?.isFresh !== true || plannedStart === null || !isReady) return undefined;
    // Whoever acts may be an approver: then a «no» is right.
    if (['ada', 'ben'].some((actor) => checkExecutor(state, actor) !== true)) return undefined;
    return inModel('StartChange')(state);
  }),
  RequestChangeApproval: free((state) => {
    const asked = ['change-manager', 'cab', 'ecab', 'peer'].find(
      (policy) => !state.approvalRounds.some((round) => round.policy === policy && isLive(round)),
    );
    const implementers = partiesAtWork(state);
    if (asked === 'change-manager') {
      const mayAsk = state.changeManager !== null && !implementers.includes(state.changeManager);
      return mayAsk ? { policy: asked, question: 'May it?' } : undefined;
    }
    const approvers = people.filter((person) => !implementers.includes(person));
    return asked === undefined ? undefined : { policy: asked, approvers, question: 'May it?' };
  }),
  ApproveChange: () => undefined,
  RejectChange: () => undefined,
  WithdrawChangeApproval: free(({ approvalRounds }) => {
    const round = approvalRounds.find(({ status }) => status === 'pending');
    return round && { round: round.id, reason: 'r' };
  }),
  DelegateChangeApproval: () => undefined,
  AssignChange: free(({ assignee }) => ({
    group: 'messaging',
    assignee: other(assignee, 'li.w', 'omar.s'),
  })),
  TakeChange: () => undefined,
  HandOverChange: free(({ assignee }) =>
    assignee === null ? undefined : { assignee: other(assignee, 'li.w', 'omar.s') },
  ),
  ReturnChange: free(({ assignee }) => (assignee === null ? undefined : {})),
  RecordChangeItemUpdate: free(({ configurationItems }) => ({
    configurationItem: configurationItems[0],
    summary: 's',
  })),
  BackOutChange: free(({ backOutPlan }) => (backOutPlan === null ? undefined : { reason: 'r' })),
  FinishChange: free(({ workOrders, itemUpdates }) =>
    workOrders.every(({ state }) => state === 'closed' || state === 'cancelled')
      ? { itemUpdates: itemUpdates.length > 0 ? 'recorded' : 'none' }
      : undefined,
  ),
  ConcludeChangeReview: free(({ isBackedOut, isAuthorised }) =>
    isAuthorised
      ? {
          outcome: isBackedOut ? 'backed-out' : 'successful',
          notes: 'n',
          isObjectiveMet: true,
          incidentsCaused: [],
        }
      : undefined,
  ),
  HoldChange: ({ holds }) => (holds.length === 0 ? { reason: 'r' } : undefined),
  ReleaseChange: ({ holds }) => (holds.length === 0 ? undefined : {}),
  AddChangeWorkOrder: free(({ workOrders }) =>
    workOrders.length > 1 ? undefined : { title: 'Work', assignee: 'li.w', after: [] },
  ),
  AssignChangeWorkOrder: free(({ workOrders }) => {
    const order = workOrders.find(({ state }) => state !== 'closed' && state !== 'cancelled');
    return order && { workOrder: order.id, assignee: other(order.assignee, 'li.w', 'omar.s') };
  }),
  AcceptChangeWorkOrder: free(onOrder(['created'])),
  MakeChangeWorkOrderReady: free(onOrder(['accepted'])),
  StartChangeWorkOrder: free(onOrder(['ready'])),
  CompleteChangeWorkOrder: free(onOrder(['in-progress'])),
  FailChangeWorkOrder: free(onOrder(['in-progress'], { reason: 'r' })),
  CancelChangeWorkOrder: free(onOrder(['created', 'accepted', 'ready'], { reason: 'r' })),
  RequestChildChanges: free(({ isGeneratingChildren }) =>
    isGeneratingChildren ? undefined : { configurationItems: ['a', 'b'] },
  ),
  CompleteChildGeneration: ({ isGeneratingChildren }) =>
    isGeneratingChildren ? { drafted: 2, failed: [] } : undefined,
};

const TEMPLATE = {
  id: 'template-1',
  state: {
    state: 'published',
    number: 'TPL-000001',
    publishedVersion: 2,
    content: { ...plans, variables: ['configurationItems'] },
  },
};
const FREEZE = {
  id: 'freeze-1',
  state: {
    ...{ state: 'in-force', number: 'FRZ-000001', kind: 'hard', entries: [] },
    authorities: ['ada', 'ben'],
  },
};

/** Of the ticket that a model lives through. */
const TICKET_ID = 'model';

const meeting = (number: string, decision: string) => ({
  id: number,
  state: {
    ...{ state: 'in-session', number },
    items: [
      {
        ...{ change: TICKET_ID, decision, decidedAt: '2099-01-01T00:00:00.000Z', notes: null },
        votes: [
          { member: 'cleo', votedBy: 'dan', vote: 'approve', comment: null },
          { member: 'eve', votedBy: 'eve', vote: 'reject', comment: 'No.' },
        ],
      },
    ],
  },
});
const nothingListed = { tickets: [], position: '7', isCut: false };

type Opening = NonNullable<ProcessModel<ChangeState>['openings']>[number];

const draft = {
  title: 'Replace the relay',
  requester: 'rita',
  type: 'normal',
  configurationItems: ['relay-1'],
  changeManager: 'ada',
  ...plans,
};
const scan = {
  ...{ mode: 'basic', kinds: ['blackout'], position: '7', configurationItems: ['relay-1'] },
  ...{ plannedStart: START, plannedEnd: END, conflicts: [] },
};
const planned: Opening = [
  ['PlanChangeWindow', { plannedStart: START, plannedEnd: END }],
  ['RecordChangeRisk', { facts: {} }],
  ['RecordChangeConflicts', scan],
];
const toNew: Opening = [['DraftChange', draft], ...planned];
const toAssess: Opening = [...toNew, ['SubmitChange', {}]];
const toAuthorise: Opening = [
  ['DraftChange', draft],
  ...planned,
  ['AddChangeWorkOrder', { title: 'Work', assignee: 'li.w' }],
  ['AcceptChangeWorkOrder', { workOrder: 1 }],
  ['MakeChangeWorkOrderReady', { workOrder: 1 }],
  ['SubmitChange', {}],
  ['TechnicalApproveChange', {}],
];
const toScheduled: Opening = [
  ...toAuthorise,
  ['RequestChangeApproval', { policy: 'change-manager', question: 'May it?' }],
  ['ApproveChange', {}],
  ['RequestChangeApproval', { policy: 'cab', approvers: ['ada', 'ben'], question: 'May it?' }],
  ['ApproveChange', {}],
];
// Who approved it does not begin it.
const toImplement: Opening = [...toScheduled, ['StartChange', {}, 'ben']];
const toWork: Opening = [...toImplement, ['StartChangeWorkOrder', { workOrder: 1 }]];
const toReview: Opening = [
  ...toWork,
  ['CompleteChangeWorkOrder', { workOrder: 1 }],
  ['FinishChange', { itemUpdates: 'none' }],
];
const toRetrospective: Opening = [
  [
    'DraftChange',
    { ...draft, type: 'emergency', emergencyReason: 'Mail is down.', majorIncident: 'MI-000001' },
  ],
  ...planned,
  ['SubmitChange', { retrospective: true, serviceDownSince: START }],
  ['StartChange', {}, 'ben'],
  ['RequestChangeApproval', { policy: 'ecab', approvers: ['ada'], question: 'Was it right?' }],
];
const standardOpening: Opening = [
  [
    'DraftChange',
    {
      title: 'Restart',
      requester: 'rita',
      type: 'standard',
      configurationItems: ['relay-1'],
      template: 'TPL-000001',
    },
  ],
  ...planned,
  ['SubmitChange', {}],
];

const model: ProcessModel<ChangeState> = {
  process: changeProcess,
  openings: [
    ...[toNew, toAssess, toAuthorise, toScheduled, toImplement, toWork, toReview, toRetrospective],
    standardOpening,
  ],
  bodies: { ...ticketBodies<ChangeState>('Change', 'requester'), ...bodies },
  surroundings: (body) => ({
    blobs: blobsOf(body),
    related: new Map<string, { id: string; state: { state: string } }>([
      ['change-template/TPL-000001', TEMPLATE],
      ['change-template/template-1', TEMPLATE],
      ['freeze-window/FRZ-000001', FREEZE],
      ['cab-meeting/CAB-000001', meeting('CAB-000001', 'approved')],
      ['cab-meeting/CAB-000002', meeting('CAB-000002', 'rejected')],
    ]),
    listed: { changes: nothingListed, freezes: nothingListed, lockdowns: nothingListed },
  }),
};

describeProcessModel(model, { seed: 20260302, runs: 200, steps: 60 });
