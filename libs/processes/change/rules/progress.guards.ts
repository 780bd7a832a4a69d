import { refuse, type Refusal } from '@ledgerdesk/kernel';
import { areApproved, latestRoundOf } from '../../shared/approval-round';
import { isThere, utc } from '../../shared/fields';
import type { ChangeConflict, ChangeState } from '../change.state';
import type {
  AnswerChangeRisk,
  OverrideChangeFreeze,
  RecordChangeConflicts,
  ResolveChangeConflict,
} from '../commands/assessment.commands';
import type {
  ConcludeChangeReview,
  FinishChange,
  HoldChange,
  RecordChangeItemUpdate,
  ReleaseChange,
  StartChange,
  SubmitChange,
} from '../commands/progress.commands';
import { changePolicies } from '../policies/change-policies';
import { areAnswersComplete } from '../policies/change-risk';
import { changeGuard, type ChangeContext, type ChangeGuards } from './change-command';
import { freezeOf } from './related-views';

const HOUR_MS = 3_600_000;

const freezeKinds: readonly string[] = [
  'blackout',
  'parent-blackout',
  'child-blackout',
  'lockdown',
];

/** Questions about risk and conflicts. */
export const assessmentGuards: ChangeGuards = {
  isQuestionnaireKnown: changeGuard<AnswerChangeRisk>({
    unless: 'each question of the questionnaire has one of its answers',
    check: (_, { answers }, { policies }) =>
      areAnswersComplete(changePolicies(policies).changeRisk, answers),
  }),
  isScanOfThisPlan: changeGuard<RecordChangeConflicts>({
    unless: 'the scan looked at the window and the items as they are',
    check: checkScan,
  }),
  hasConflict: changeGuard<ResolveChangeConflict>({
    unless: 'the last scan found the conflict, it is not settled, and no freeze is behind it',
    check: ({ scan }, { conflict: key }) => {
      const found = scan?.conflicts.find((conflict) => conflict.key === key);
      if (found === undefined) {
        return refuse('no-such-conflict', `the last scan found no conflict ${key}`, {
          conflicts: scan?.conflicts.map((conflict) => conflict.key) ?? [],
        });
      }
      if (found.resolved !== null) return refuse('no-change', 'the conflict is settled already');
      return (
        !freezeKinds.includes(found.kind) ||
        refuse('freeze-conflict', 'a freeze is overridden by its authority, or its lockdown lifted')
      );
    },
  }),
  isAuthorityApart: changeGuard({
    unless: 'the authority is neither the requester nor an implementer',
    check: (state, _, context) => checkApart(state, context),
  }),
  isFreezeAuthority: changeGuard<OverrideChangeFreeze>({
    unless: 'the freeze names the actor, or the person acted for, as its authority',
    check: (state, { freezeWindow }, context) => {
      const freeze = freezeOf(context, freezeWindow);
      if (freeze === undefined) return missingFreeze(freezeWindow);
      const { authorities } = freeze.state;
      const authority = context.onBehalfOf ?? context.actor;
      if (!authorities.includes(authority)) {
        return refuse('not-freeze-authority', `${authority} is no authority of this freeze`, {
          authorities,
        });
      }
      return checkApart(state, context);
    },
  }),
};

/** Questions about beginning and ending. */
export const progressGuards: ChangeGuards = {
  isNotHeld: changeGuard({
    unless: 'nothing holds the change: until then it can only be released or cancelled',
    stateOnly: true,
    check: ({ holds }) =>
      holds.length === 0 ||
      refuse('held', `it is held: ${holds.map(({ reason }) => reason).join('; ')}`, {
        lockdowns: holds.flatMap(({ lockdownId }) => lockdownId ?? []),
      }),
  }),
  isNotHeldSo: changeGuard<HoldChange>({
    unless: 'neither that lockdown nor, without one, a person holds it already',
    check: ({ holds }, { lockdown }) =>
      !holds.some(({ lockdownId }) => lockdownId === (lockdown ?? null)) ||
      refuse('already-held', `it is held already by ${lockdown ?? 'a person'}`),
  }),
  isHeldSo: changeGuard<ReleaseChange>({
    unless: 'that lockdown or, without one, a person holds it',
    check: ({ holds }, { lockdown }) =>
      holds.some(({ lockdownId }) => lockdownId === (lockdown ?? null)) ||
      refuse('not-held', `it is not held by ${lockdown ?? 'a person'}`, {
        lockdowns: holds.flatMap(({ lockdownId }) => lockdownId ?? []),
      }),
  }),
  isAssessorApart: changeGuard({
    unless: 'who assesses is neither the requester nor an implementer',
    check: (state, _, context) => checkApart(state, context),
  }),
  isDownAlready: changeGuard<Partial<SubmitChange>>({
    unless: 'the service that is down went down before now',
    check: (_, { serviceDownSince }, { now }) =>
      !isThere(serviceDownSince) ||
      utc(serviceDownSince) <= now ||
      refuse('future-time', `serviceDownSince lies in the future; give a time up to ${now}`, {
        now,
      }),
  }),
  isApprovedToStart: changeGuard({
    unless: 'it is authorised, or may be authorised afterwards as the service is down',
    stateOnly: true,
    check: ({ state, isAuthorised, isRetrospective }) =>
      (state === 'authorise' ? isRetrospective : isAuthorised) ||
      refuse('not-authorised', 'it is not authorised; only a retrospective emergency may begin so'),
  }),
  isWithinChangeWindow: changeGuard({
    unless: 'now is within the window',
    stateOnly: true,
    check: ({ plannedStart, plannedEnd }, _, { now }) =>
      (plannedStart !== null && plannedEnd !== null && plannedStart <= now && now <= plannedEnd) ||
      refuse('outside-window', `the window is ${plannedStart ?? '?'} to ${plannedEnd ?? '?'}`, {
        plannedStart,
        plannedEnd,
        now,
      }),
  }),
  hasFreshScan: changeGuard({
    unless: 'a conflict scan is younger than the last edit, and than its model allows',
    stateOnly: true,
    check: ({ scan, model }, _, { now }) => {
      if (scan === null) return refuse('no-scan', 'no conflict scan was recorded; run one');
      if (!scan.isFresh) {
        return refuse('stale-scan', 'the plan was edited after the last scan; run another');
      }
      const ageMs = Date.parse(now) - Date.parse(scan.at);
      const hoursMax = model?.scanAgeHoursMax ?? 24;
      return (
        ageMs <= hoursMax * HOUR_MS ||
        refuse('stale-scan', `the last scan is older than ${hoursMax} hours; run another`, {
          scannedAt: scan.at,
          hoursMax,
        })
      );
    },
  }),
  hasNoHardConflict: changeGuard({
    unless: 'every hard conflict is settled',
    stateOnly: true,
    check: ({ scan }) => checkConflicts(scan?.conflicts ?? [], () => true),
  }),
  isFreeOfHardFreeze: changeGuard<Partial<StartChange>>({
    unless:
      'no hard freeze that it names is in force now, or its authority lets the change through',
    check: checkFreezes,
  }),
  isItemOfChange: changeGuard<RecordChangeItemUpdate>({
    unless: 'the item is one that the change is about',
    check: ({ configurationItems, affectedItems }, { configurationItem }) =>
      configurationItems.includes(configurationItem) ||
      affectedItems.includes(configurationItem) ||
      refuse('other-item', `the change is not about ${configurationItem}`, { configurationItems }),
  }),
  hasBackOutPlan: changeGuard({
    unless: 'it has a back-out plan',
    stateOnly: true,
    check: ({ backOutPlan }) =>
      backOutPlan !== null || refuse('no-back-out-plan', 'no back-out plan was authorised'),
  }),
  areItemUpdatesRecorded: changeGuard<Partial<FinishChange>>({
    unless: 'updates of its items are recorded where it says so, and none where it says none',
    check: ({ itemUpdates: recorded }, { itemUpdates }) => {
      const isSo = itemUpdates === 'none' ? recorded.length === 0 : recorded.length > 0;
      return (
        isSo ||
        refuse('item-updates', `${recorded.length} item updates are recorded; say which holds`, {
          recorded: recorded.length,
        })
      );
    },
  }),
  isOutcomePossible: changeGuard<ConcludeChangeReview>({
    unless: 'a change that was backed out is so or unsuccessful, and no other is backed out',
    check: ({ isBackedOut }, { outcome }) => {
      const possible = isBackedOut
        ? ['backed-out', 'unsuccessful']
        : ['successful', 'successful-with-issues', 'unsuccessful'];
      return (
        possible.includes(outcome) ||
        refuse('outcome', `the outcome can only be ${possible.join(', ')}`, { possible })
      );
    },
  }),
  isApprovalDecided: changeGuard({
    unless: 'approvers have decided on it, before or after',
    stateOnly: true,
    check: ({ model, approvalRounds, isAuthorised }) => {
      if (isAuthorised) return true;
      const asked = model?.requiredApprovals ?? [];
      const isRejected = asked.some(
        (policy) => latestRoundOf(approvalRounds, policy)?.status === 'rejected',
      );
      return (
        isRejected ||
        areApproved(approvalRounds, asked) ||
        refuse('approval-pending', `still to be decided: ${asked.join(', ')}`, { asked })
      );
    },
  }),
};

/** Refused where a hard conflict that matters is not settled. */
export function checkConflicts(
  conflicts: readonly ChangeConflict[],
  matters: (conflict: ChangeConflict) => boolean,
): true | Refusal {
  const open = conflicts.filter(
    (conflict) => conflict.severity === 'hard' && conflict.resolved === null && matters(conflict),
  );
  if (open.length === 0) return true;
  const [first] = open;
  return refuse(
    'hard-conflict',
    `${open.length} hard conflicts are not settled, the first is ${first?.key ?? ''}`,
    { conflicts: open.map(({ key }) => key) },
  );
}

/** Whether a conflict comes of a freeze or a lockdown. */
export function isFreezeConflict({ kind }: ChangeConflict): boolean {
  return freezeKinds.includes(kind);
}

/** Everybody who does some of the work. */
export function implementersOf({ assignee, workOrders }: ChangeState): readonly (string | null)[] {
  return [
    assignee,
    ...workOrders.filter(({ state }) => state !== 'cancelled').map((order) => order.assignee),
  ];
}

/** Everybody who has a hand in it: who does some of the work, and who began it. */
export function partiesAtWork(state: ChangeState): readonly (string | null)[] {
  return [...implementersOf(state), state.startedBy];
}

function checkApart(state: ChangeState, { actor, onBehalfOf }: ChangeContext): true | Refusal {
  const people = [actor, ...(onBehalfOf === null ? [] : [onBehalfOf])];
  const involved = [state.requester, ...partiesAtWork(state)];
  const both = people.find((person) => involved.includes(person));
  return (
    both === undefined ||
    refuse(
      'separation-of-duties',
      `${both} asked for the change or carries it out, so somebody else has to do this`,
      {
        person: both,
      },
    )
  );
}

function checkScan(state: ChangeState, command: RecordChangeConflicts): true | Refusal {
  const items = [...command.configurationItems].sort();
  const isSame =
    utc(command.plannedStart) === state.plannedStart &&
    utc(command.plannedEnd) === state.plannedEnd &&
    [...state.configurationItems].sort().join('\n') === items.join('\n');
  return (
    isSame ||
    refuse('stale-scan', 'the plan is another one than was scanned; run the scan again', {
      plannedStart: state.plannedStart,
      plannedEnd: state.plannedEnd,
      configurationItems: state.configurationItems,
    })
  );
}

function checkFreezes(
  { freezeOverrides }: ChangeState,
  { freezeWindows }: Partial<StartChange>,
  context: ChangeContext,
): true | Refusal {
  if (!isThere(freezeWindows)) return true;
  for (const reference of freezeWindows) {
    const freeze = freezeOf(context, reference);
    if (freeze === undefined) return missingFreeze(reference);
    const { state, kind, entries, number } = freeze.state;
    const isInForce =
      state === 'in-force' &&
      kind === 'hard' &&
      entries.some(({ start, end }) => start <= context.now && context.now < end);
    if (isInForce && !freezeOverrides.includes(freeze.id)) {
      return refuse('frozen', `${number ?? reference} is in force; its authority may override it`, {
        freezeWindow: number,
        authorities: freeze.state.authorities,
      });
    }
  }
  return true;
}

function missingFreeze(reference: string): Refusal {
  return refuse(
    'related-missing',
    `there is no freeze window ${reference}; name one that is there`,
    { reference },
  );
}
