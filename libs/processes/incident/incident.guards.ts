import { refuse, type DecisionContext, type Guard, type Refusal } from '@ledgerdesk/kernel';
import { isThere, refusalOfFuture } from '../shared/fields';
import { ticketPolicies } from '../policies/policy-set';
import { derivePriority, priorityRange } from '../policies/priority-matrix';
import { isWithinReopenWindow } from '../policies/reopen-window';
import { defineGuard } from '../shared/command-definition';
import type { CancelIncident, ResolveIncident } from './commands/outcome.commands';
import type {
  MarkIncidentDuplicate,
  MergeIncident,
  SetIncidentParent,
} from './commands/relation.commands';
import type { OverrideIncidentPriority } from './commands/triage.commands';
import type {
  AssignIncident,
  HandOverIncident,
  NameIncidentHoldTarget,
  ReassignIncident,
  ResumeIncident,
  TakeIncident,
} from './commands/work.commands';
import { unresolvedStates } from './incident.lifecycle';
import type { IncidentState } from './incident.state';
import { teamGuards } from './incident.teams';

type Context = DecisionContext<IncidentState>;

/** The questions that the lifecycle of the incident asks, by name. */
export const incidentGuards: Readonly<Record<string, Guard<IncidentState>>> = {
  hasLevelsOfMatrix: defineGuard<
    IncidentState,
    { impact?: number | null; urgency?: number | null }
  >({
    unless: 'the priority matrix in force knows the impact and urgency levels',
    check: (_, { impact, urgency }, { policies }) => {
      if (!isThere(impact) || !isThere(urgency)) return true;
      const priority = derivePriority(ticketPolicies(policies).priorityMatrix, impact, urgency);
      return typeof priority === 'number' || priority;
    },
  }),
  isPriorityOfMatrix: defineGuard<IncidentState, OverrideIncidentPriority>({
    unless: 'the priority is one that the matrix in force can give',
    check: (_, { priority }, { policies }) => {
      const { first, last } = priorityRange(ticketPolicies(policies).priorityMatrix);
      return (
        (priority >= first && priority <= last) ||
        refuse('priority-level', `priorities go from ${first} to ${last}`, { first, last })
      );
    },
  }),
  isUnclassified: defineGuard<IncidentState>({
    unless: 'it has no category yet',
    stateOnly: true,
    check: ({ category }) =>
      category === null ||
      refuse('already-classified', `it is classified as ${category}; reclassify it instead`),
  }),
  isClassified: defineGuard<IncidentState>({
    unless: 'it has a category',
    stateOnly: true,
    check: ({ category }) =>
      category !== null || refuse('not-classified', 'it has no category yet; classify it instead'),
  }),
  isFreeToAssign: defineGuard<IncidentState, Partial<AssignIncident>>({
    unless: 'it is new, or only the person within its group is still to be named',
    check: checkFreeToAssign,
  }),
  isOtherAssignment: defineGuard<IncidentState, ReassignIncident>({
    unless: 'the group or the person changes',
    check: (state, { group, assignee }) => {
      const changesGroup = isThere(group) && group !== state.assignmentGroup;
      const changesPerson = isThere(assignee) && assignee !== state.assignee;
      return (
        changesGroup ||
        changesPerson ||
        refuse('no-change', 'name another group or person; to give it back to the group, return it')
      );
    },
  }),
  hasAssignmentGroup: defineGuard<IncidentState>({
    unless: 'a group has it',
    stateOnly: true,
    check: ({ assignmentGroup }) =>
      assignmentGroup !== null || refuse('no-group', 'no group has it yet; assign it first'),
  }),
  hasAssignee: defineGuard<IncidentState>({
    unless: 'a person has it',
    stateOnly: true,
    check: ({ assignee }) =>
      assignee !== null || refuse('no-assignee', 'nobody has it yet; take it, or assign a person'),
  }),
  isOtherPerson: defineGuard<IncidentState, HandOverIncident>({
    unless: 'the person is another one',
    check: (state, { assignee }) =>
      assignee !== state.assignee || refuse('no-change', `${assignee} has it already`),
  }),
  hasGroupToTake: defineGuard<IncidentState, TakeIncident>({
    unless: 'a group has it, or the command names one',
    check: ({ assignmentGroup }, { group }) => {
      if (assignmentGroup === null) {
        return isThere(group) || refuse('no-group', 'no group has it yet; name yours');
      }
      const isSame = !isThere(group) || group === assignmentGroup;
      return (
        isSame || refuse('other-group', `${assignmentGroup} has it; reassign it to your group`)
      );
    },
  }),
  ...teamGuards,
  isAwaited: defineGuard<IncidentState, ResumeIncident>({
    unless: 'it still waits for what has come, where the command says what that is',
    check: ({ holdAwaited, holdReason }, { awaited }) =>
      !isThere(awaited) ||
      awaited === holdAwaited ||
      refuse('waits-otherwise', `it is ${holdReason ?? 'waiting'}, and not for ${awaited}`, {
        awaited: holdAwaited,
      }),
  }),
  isAwaitedUnnamed: defineGuard<IncidentState, NameIncidentHoldTarget>({
    unless: 'it waits for a change or problem of that name which was not known',
    check: ({ holdReason, holdReference, holdAwaited }, { previousReference }) =>
      (holdAwaited === null && holdReference === previousReference) ||
      refuse('waits-otherwise', `it is ${holdReason ?? 'waiting'}, and not for such a record`, {
        awaited: holdAwaited,
        reference: holdReference,
      }),
  }),
  hasServiceToResolve: defineGuard<IncidentState, Partial<ResolveIncident>>({
    unless: 'the affected service is known, or the command names it',
    check: (state, { service }) =>
      (state.service ?? service ?? null) !== null ||
      refuse('no-service', 'the affected service is not known yet; name it'),
  }),
  isImpactPast: defineGuard<
    IncidentState,
    { impactBeganAt?: string | null; impactEndedAt?: string | null }
  >({
    unless:
      'the times of the impact do not lie in the future, and the end not before the beginning',
    check: (state, { impactBeganAt, impactEndedAt }, { now }) =>
      refusalOfFuture('impactBeganAt', impactBeganAt, now) ??
      refusalOfFuture('impactEndedAt', impactEndedAt, now) ??
      refusalOfDisorder(impactBeganAt ?? state.impactBeganAt, impactEndedAt) ??
      true,
  }),
  areChildrenHandled: defineGuard<IncidentState, Partial<ResolveIncident>>({
    unless: 'every child is resolved, closed or cancelled, excluded by name, or resolved with it',
    check: checkChildrenHandled,
  }),
  isWithinReopenWindow: defineGuard<IncidentState>({
    unless: 'the window since the resolution is open',
    stateOnly: true,
    check: ({ resolvedAt }, _, { policies, now }) =>
      isWithinReopenWindow(ticketPolicies(policies).reopenWindow, resolvedAt, now),
  }),
  hasOriginal: defineGuard<IncidentState, MarkIncidentDuplicate>({
    unless: 'the original is another incident, and no duplicate itself',
    check: (state, { original }, context) => checkOriginal(state, original, context),
  }),
  hasOriginalIfDuplicate: defineGuard<IncidentState, CancelIncident>({
    unless: 'the original, where one is named, is another incident and no duplicate itself',
    check: (state, { duplicateOf }, context) =>
      !isThere(duplicateOf) || checkOriginal(state, duplicateOf, context),
  }),
  hasMergeTarget: defineGuard<IncidentState, MergeIncident>({
    unless: 'the target is another incident that is neither closed nor cancelled',
    check: (state, { target }, context) => {
      const other = context.tickets.get(target)?.state;
      if (other === undefined) return missing(target);
      if (other.id === state.id) return refuse('self-reference', 'it cannot be merged into itself');
      return (
        (other.state !== 'closed' && other.state !== 'cancelled') ||
        refuse('merge-target-over', `${nameOf(other)} is ${other.state}; name an active one`)
      );
    },
  }),
  hasNoChildren: defineGuard<IncidentState>({
    unless: 'it is no parent itself: families have two generations',
    stateOnly: true,
    check: ({ children }) =>
      children.length === 0 ||
      refuse('has-children', 'it has children, so it cannot have a parent', { children }),
  }),
  hasNoParent: defineGuard<IncidentState>({
    unless: 'it is no child itself: families have two generations',
    stateOnly: true,
    check: ({ parent }) =>
      parent === null ||
      refuse('parent-is-child', 'it has a parent, so it cannot have children', { parent }),
  }),
  hasFittingParent: defineGuard<IncidentState, SetIncidentParent>({
    unless: 'the parent is another unresolved incident without a parent of its own',
    check: checkParent,
  }),
  hasParent: defineGuard<IncidentState>({
    unless: 'it has a parent',
    stateOnly: true,
    check: ({ parent }) => parent !== null || refuse('no-parent', 'it has no parent'),
  }),
};

/** True for an incident on which somebody still has to do something. */
function isUnresolved({ state }: Pick<IncidentState, 'state'>): boolean {
  return (unresolvedStates as readonly (string | null)[]).includes(state);
}

function refusalOfDisorder(
  beganAt: string | null,
  endedAt: string | null | undefined,
): Refusal | undefined {
  if (beganAt === null || !isThere(endedAt) || Date.parse(endedAt) >= Date.parse(beganAt)) {
    return undefined;
  }
  return refuse('impact-end', `the impact began at ${beganAt}; it cannot have ended before`, {
    impactBeganAt: beganAt,
  });
}

function checkFreeToAssign(state: IncidentState, command: Partial<AssignIncident>): true | Refusal {
  if (state.state === 'new') return true;
  const namesPerson =
    state.assignee === null && isThere(command.assignee) && command.group === state.assignmentGroup;
  if (namesPerson) return true;
  const holder = state.assignee ?? state.assignmentGroup ?? 'somebody';
  return refuse('already-assigned', `${holder} has it already; reassign it instead`);
}

function checkChildrenHandled(
  state: IncidentState,
  command: Partial<ResolveIncident>,
  { tickets }: Context,
): true | Refusal {
  const excluded = command.excludedChildren ?? [];
  const known = state.children.flatMap((child) => [child, tickets.get(child)?.state.number]);
  const strangers = excluded.filter((name) => !known.includes(name));
  if (strangers.length > 0) {
    return refuse(
      'no-such-child',
      `not among its children: ${strangers.join(', ')}; leave them out of excludedChildren`,
      { strangers, children: state.children },
    );
  }
  if (command.withChildren === true) return true;
  const open = state.children
    .flatMap((child) => tickets.get(child)?.state ?? [])
    // A child that was recorded but never got the parent, or got another, is none.
    .filter((child) => child.parent === state.id && isUnresolved(child))
    .filter(({ id, number }) => !excluded.includes(id ?? '') && !excluded.includes(number ?? ''));
  if (open.length === 0) return true;
  const names = open.map(nameOf);
  return refuse(
    'open-children',
    `children are still open: ${names.join(', ')}; resolve them, list them in excludedChildren, ` +
      'or say withChildren',
    { children: names },
  );
}

function checkOriginal(state: IncidentState, reference: string, context: Context): true | Refusal {
  const original = context.tickets.get(reference)?.state;
  if (original === undefined) return missing(reference);
  if (original.id === state.id) {
    return refuse('self-reference', 'an incident is no duplicate of itself');
  }
  // Naming only originals that stand on their own keeps duplicates from going round in a ring.
  const further = original.duplicateOf ?? original.mergedInto;
  return (
    further === null ||
    refuse('duplicate-of-duplicate', `${nameOf(original)} is a duplicate itself; name ${further}`, {
      original: further,
    })
  );
}

function checkParent(
  state: IncidentState,
  { parent: reference }: SetIncidentParent,
  { tickets }: Context,
): true | Refusal {
  const parent = tickets.get(reference)?.state;
  if (parent === undefined) return missing(reference);
  if (parent.id === state.id) return refuse('self-reference', 'it cannot be its own parent');
  if (parent.id === state.parent) {
    return refuse('no-change', `${nameOf(parent)} is its parent already`);
  }
  if (!isUnresolved(parent)) {
    return refuse(
      'parent-done',
      `${nameOf(parent)} is ${parent.state ?? 'not there'}; name an open one`,
    );
  }
  return (
    parent.parent === null ||
    refuse('parent-is-child', `${nameOf(parent)} has a parent itself; name that one`, {
      parent: parent.parent,
    })
  );
}

function missing(reference: string): Refusal {
  return refuse('related-missing', `there is no incident ${reference}; name one that is there`, {
    reference,
  });
}

function nameOf({ number, id }: IncidentState): string {
  return number ?? id ?? 'an unnamed incident';
}
