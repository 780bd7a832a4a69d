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

/** What is done by itself for a change that was handed in. */
interface ChangeAssessment {
  /** What those who are to approve are asked. */
  readonly question: string;
  /** How long before its start a scheduled change is scanned again; the scan must not be old. */
  readonly rescanHoursBeforeStart: number;
}

/** The assessment that ships with the system. */
const changeAssessmentV1: Policy<ChangeAssessment> = {
  name: 'change-assessment',
  version: 1,
  value: {
    question: 'May the change go ahead as it is planned?',
    rescanHoursBeforeStart: 1,
  },
};

const HOUR_MS = 3_600_000;
const RESCAN = 'RescanDue';

interface AssessmentState {
  readonly stage: 'draft' | 'assess' | 'authorise' | 'scheduled';
  /** Names of the approval policies that must say yes, by the model of the change. */
  readonly approvals: readonly string[];
  /** What the last judgement of the risk knew beside the change. */
  readonly riskFacts: Readonly<Record<string, unknown>>;
  /** The last command that edited the plan, and the first of its events: one scan is enough. */
  readonly edit: { readonly commandId: string; readonly event: string } | null;
}

/** Edits of where and when it happens and of who does it: scans look at these. */
const planEvents = [
  'ChangeWindowPlanned',
  'ChangeRescheduled',
  'ChangeConfigurationItemsChanged',
  'ChangeAffectedItemsChanged',
  'ChangeServiceChanged',
  'ChangeAssigned',
  'ChangeHandedOver',
];

const scan = { commands: ['change.RecordChangeRisk', 'change.ScanChange'] };
const ask = { commands: ['change.ScanChange', 'change.RequestChangeApproval'] };

/**
 * S-15: a change that is handed in is judged, scanned for conflicts and freezes, and put to those
 * who must approve it; an edit voids that and has it done again.
 *
 * It ends with the beginning of the change or its end. What its own commands lead to (a risk, a
 * scan, a round) is noted and answered by nothing, so it cannot run in a circle.
 */
export const changeAssessment: FlowDefinition<AssessmentState> = defineFlow<AssessmentState>({
  name: 'change-assessment',
  version: 1,
  title: 'Assess changes',
  summary: 'Judges the risk of a change, scans for what is in its way and asks for approval.',
  events: {
    ChangeDrafted: 'starts',
    UnauthorisedChangeDetected: 'starts',
    ChangeTypeChanged: 'continues',
    ChangeRiskDerived: 'continues',
    ChangeSubmitted: 'continues',
    ChangeAssessed: 'continues',
    ...Object.fromEntries(planEvents.map((type) => [type, 'continues' as const])),
    ChangeChangeManagerChanged: 'continues',
    ChangeApprovalsVoided: 'continues',
    ChangeAuthorisationRevoked: 'continues',
    ChangeReleased: 'continues',
    ChangeAuthorised: 'continues',
    ChangeRejected: 'continues',
    ChangeReverted: 'continues',
    ChangeStarted: 'continues',
    ChangeCancelled: 'continues',
    ChangeClosed: 'continues',
    TimerElapsed: 'continues',
  },
  follows: {
    UnauthorisedChangeDetected: ask,
    ChangeSubmitted: { commands: [...scan.commands, 'change.RequestChangeApproval'] },
    ChangeAssessed: ask,
    ...Object.fromEntries(planEvents.map((type) => [type, scan])),
    ChangeRescheduled: { ...scan, timers: [RESCAN] },
    ChangeChangeManagerChanged: ask,
    ChangeApprovalsVoided: ask,
    ChangeAuthorisationRevoked: { ...ask, timers: [RESCAN] },
    ChangeReleased: ask,
    ChangeAuthorised: { timers: [RESCAN], ends: true },
    ChangeRejected: { timers: [RESCAN] },
    ChangeStarted: { ends: true },
    ChangeCancelled: { ends: true },
    ChangeClosed: { ends: true },
    TimerElapsed: { commands: ['change.ScanChange'] },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: { stage: 'draft', approvals: [], riskFacts: {}, edit: null },
  evolve: (state, event) =>
    planEvents.includes(event.type) ? edited(state, event) : evolve(state, event),
  decide: (state, event, { key, policies }) => {
    const policy = policies['assessment'] as Policy<ChangeAssessment>;
    return planEvents.includes(event.type)
      ? onEdit(state, event, key, policy)
      : decide(state, event, key, policy);
  },
  // A scan and a risk are findings; a question that is open is voided with what it is about.
  compensations: {},
  policies: { assessment: changeAssessmentV1 },
});

function edited(state: AssessmentState, { id, commandId }: RecordedEvent): AssessmentState {
  return state.edit?.commandId === commandId ? state : { ...state, edit: { commandId, event: id } };
}

function evolve(state: AssessmentState, { type, data }: RecordedEvent): AssessmentState {
  switch (type) {
    case 'ChangeDrafted':
    case 'ChangeTypeChanged':
      return { ...state, approvals: approvalsOf(data) };
    case 'UnauthorisedChangeDetected':
      return { ...state, approvals: approvalsOf(data), stage: 'authorise' };
    case 'ChangeRiskDerived':
      return JSON.stringify(data['facts']) === JSON.stringify(state.riskFacts)
        ? state
        : { ...state, riskFacts: data['facts'] as AssessmentState['riskFacts'] };
    case 'ChangeSubmitted':
    case 'ChangeAssessed':
    case 'ChangeAuthorised':
    case 'ChangeAuthorisationRevoked':
    case 'ChangeRejected':
      return { ...state, stage: stageOf(data['state']) };
    case 'ChangeReverted':
      return { ...state, stage: 'draft' };
    default:
      return state;
  }
}

function decide(
  state: AssessmentState,
  { type, data }: RecordedEvent,
  key: string,
  policy: Policy<ChangeAssessment>,
): FlowDecision {
  const isToApprove = state.stage === 'authorise';
  switch (type) {
    case 'ChangeSubmitted':
      return {
        commands: [
          judged(state, key),
          scanned(key),
          ...(isToApprove ? asked(state, key, policy) : []),
        ],
        policies: [policyReference(policy)],
      };
    case 'ChangeAssessed':
    case 'UnauthorisedChangeDetected':
      return askAgain(state, key, policy);
    case 'ChangeAuthorisationRevoked':
      return { ...askAgain(state, key, policy), timers: [{ cancel: RESCAN }] };
    case 'ChangeChangeManagerChanged':
      return isToApprove ? askAgain(state, key, policy) : {};
    case 'ChangeReleased':
      return isToApprove && data['isStillHeld'] === false ? askAgain(state, key, policy) : {};
    case 'ChangeApprovalsVoided': {
      const isEdit = (data['changed'] as readonly string[]).length > 0;
      return isToApprove && isEdit ? askAgain(state, key, policy) : {};
    }
    case 'ChangeAuthorised':
      return onAuthorised(state, data['plannedStart'], policy);
    case 'ChangeRejected':
      return { timers: [{ cancel: RESCAN }] };
    case 'ChangeStarted':
    case 'ChangeCancelled':
    case 'ChangeClosed':
      return { complete: true };
    case 'TimerElapsed':
      return { commands: [scanned(key)] };
    default:
      return {};
  }
}

/** Before it is handed in, whoever drafts it scans and judges when they like. */
function onEdit(
  { stage, edit, ...state }: AssessmentState,
  { id, type, data }: RecordedEvent,
  key: string,
  policy: Policy<ChangeAssessment>,
): FlowDecision {
  if (stage === 'draft' || edit?.event !== id) return {};
  const isOfItems = type.endsWith('ItemsChanged');
  const commands = [...(isOfItems ? [judged(state, key)] : []), scanned(key)];
  const isMoved = type === 'ChangeRescheduled' && data['isBeyondTolerance'] === false;
  return isMoved ? { commands, ...rescanBefore(data['plannedStart'], policy) } : { commands };
}

function onAuthorised(
  { stage }: AssessmentState,
  plannedStart: unknown,
  policy: Policy<ChangeAssessment>,
): FlowDecision {
  // What is approved afterwards has begun already.
  return stage === 'scheduled' ? rescanBefore(plannedStart, policy) : { complete: true };
}

function rescanBefore(plannedStart: unknown, policy: Policy<ChangeAssessment>): FlowDecision {
  if (typeof plannedStart !== 'string') return {};
  const dueMs = Date.parse(plannedStart) - policy.value.rescanHoursBeforeStart * HOUR_MS;
  return {
    timers: [{ set: RESCAN, dueAt: new Date(dueMs).toISOString() }],
    policies: [policyReference(policy)],
  };
}

function askAgain(
  state: AssessmentState,
  key: string,
  policy: Policy<ChangeAssessment>,
): FlowDecision {
  return {
    commands: [scanned(key), ...asked(state, key, policy)],
    policies: [policyReference(policy)],
  };
}

function judged({ riskFacts }: Pick<AssessmentState, 'riskFacts'>, change: string): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'RecordChangeRisk',
    body: { facts: riskFacts },
    // It went on or was stopped a moment ago.
    tolerates: ['refused.state', 'refused.held'],
  };
}

function scanned(change: string): FlowCommand {
  return {
    process: 'change',
    ticket: change,
    command: 'ScanChange',
    body: {},
    // What is not scanned is not authorised, and whoever tries is told why.
    tolerates: ['refused.state', 'refused.no-window', 'refused.scan-too-wide'],
  };
}

function asked(
  { approvals }: Pick<AssessmentState, 'approvals'>,
  change: string,
  { value: { question } }: Policy<ChangeAssessment>,
): readonly FlowCommand[] {
  return approvals.map((policy) => ({
    process: 'change',
    ticket: change,
    command: 'RequestChangeApproval',
    body: { policy, question },
    step: `ask ${policy}`,
    tolerates: [
      'refused.state',
      'refused.held',
      'refused.already-requested',
      // Nobody is on record who could be asked, or only people with a hand in the change: a person
      // names somebody, or a meeting of the board decides.
      'refused.too-few-approvers',
      'refused.separation-of-duties',
    ],
  }));
}

function approvalsOf({ model }: Readonly<Record<string, unknown>>): readonly string[] {
  const { requiredApprovals } = model as { readonly requiredApprovals?: readonly string[] };
  return requiredApprovals ?? [];
}

function stageOf(state: unknown): AssessmentState['stage'] {
  if (state === 'new') return 'draft';
  return state === 'assess' || state === 'authorise' ? state : 'scheduled';
}
