import { refuse, type CommandDefinition, type Guard, type Refusal } from '@ledgerdesk/kernel';
import {
  defineCommand,
  defineGuard,
  makeCommand,
  type TypedCommandDefinition,
} from '../shared/command-definition';
import { SpanEntry } from '../shared/commands/spans.commands';
import { emitterOf } from '../shared/folding';
import { areSoundSpans, spansOf } from '../shared/spans';
import {
  ApproveChangeLockdown,
  CancelChangeLockdown,
  DraftChangeLockdown,
  EnforceChangeLockdown,
  LOCKED_CHANGES_MAX,
  PreviewChangeLockdown,
  RecordChangeLockdownHold,
  RevertChangeLockdown,
  SetChangeLockdownEntries,
  SetChangeLockdownScope,
  SubmitChangeLockdown,
} from './change-lockdown.commands';
import type { changeLockdownEvents } from './change-lockdown.events';
import type { ChangeLockdownState } from './change-lockdown.state';

const emit = emitterOf<typeof changeLockdownEvents>();

type Commands = Readonly<Record<string, CommandDefinition<ChangeLockdownState>>>;

function command<Command extends object>(
  definition: TypedCommandDefinition<ChangeLockdownState, Command>,
): CommandDefinition<ChangeLockdownState> {
  return defineCommand(definition);
}

const storm = makeCommand(SpanEntry, {
  start: '2026-12-18T18:00:00Z',
  end: '2026-12-19T06:00:00Z',
});

const drafting: Commands = {
  DraftChangeLockdown: command<DraftChangeLockdown>({
    type: DraftChangeLockdown,
    summary: 'Draft a stop for changes in flight.',
    route: null,
    permission: 'change-lockdown:draft',
    emits: ['LockdownDrafted'],
    example: { title: 'Storm', reason: 'The site may lose power.', entries: [storm] },
    decide: (asked, _, { number }) => [
      emit('LockdownDrafted', {
        number,
        title: asked.title,
        reason: asked.reason,
        entries: spansOf(asked.entries),
        configurationItems: asked.configurationItems ?? [],
        services: asked.services ?? [],
      }),
    ],
  }),
  SetChangeLockdownEntries: command<SetChangeLockdownEntries>({
    type: SetChangeLockdownEntries,
    summary: 'Replace the calendar of the draft.',
    route: 'set-entries',
    permission: 'change-lockdown:draft',
    emits: ['LockdownEntriesChanged'],
    example: { entries: [storm] },
    decide: ({ entries }, { entries: from }) => [
      emit('LockdownEntriesChanged', { from, to: spansOf(entries) }),
    ],
  }),
  SetChangeLockdownScope: command<SetChangeLockdownScope>({
    type: SetChangeLockdownScope,
    summary: 'Replace the scope of the draft; without any list it is about every change.',
    route: 'set-scope',
    permission: 'change-lockdown:draft',
    emits: ['LockdownScopeChanged'],
    example: { services: ['mail'] },
    decide: ({ configurationItems, services }, state) => [
      emit('LockdownScopeChanged', {
        configurationItems: configurationItems ?? [],
        services: services ?? [],
        previousConfigurationItems: state.configurationItems,
        previousServices: state.services,
      }),
    ],
  }),
  PreviewChangeLockdown: command<PreviewChangeLockdown>({
    type: PreviewChangeLockdown,
    summary: 'Record which changes it would hold.',
    route: 'preview',
    permission: 'change-lockdown:draft',
    emits: ['LockdownPreviewed'],
    example: { changes: ['0197c6a2-6a4e-7c1e-8f00-000000000001'], position: '184467' },
    decide: ({ changes, position }) => [emit('LockdownPreviewed', { changes, position })],
  }),
};

const deciding: Commands = {
  SubmitChangeLockdown: command<SubmitChangeLockdown>({
    type: SubmitChangeLockdown,
    summary: 'Ask people, any one of whom may approve it.',
    route: 'request-approval',
    permission: 'change-lockdown:draft',
    emits: ['LockdownApprovalRequested'],
    example: { approvers: ['mara.v', 'jon.p'] },
    decide: ({ approvers }) => [emit('LockdownApprovalRequested', { approvers })],
  }),
  RevertChangeLockdown: command<RevertChangeLockdown>({
    type: RevertChangeLockdown,
    summary: 'Take it back to its draft; an approval is void.',
    route: 'revert-to-draft',
    permission: 'change-lockdown:draft',
    emits: ['LockdownReverted'],
    example: { reason: 'The forecast has changed.' },
    decide: ({ reason }, { approvedBy }) => [
      emit('LockdownReverted', { reason, wasApproved: approvedBy !== null }),
    ],
  }),
  ApproveChangeLockdown: command<ApproveChangeLockdown>({
    type: ApproveChangeLockdown,
    summary: 'Approve it: it may be enforced then.',
    route: 'approve',
    permission: 'change-lockdown:approve',
    emits: ['LockdownApproved'],
    example: { comment: 'Until the generators are tested.' },
    decide: ({ comment }, _, { actor, onBehalfOf }) => [
      emit('LockdownApproved', { approver: onBehalfOf ?? actor, comment: comment ?? null }),
    ],
  }),
};

const enforcing: Commands = {
  EnforceChangeLockdown: command<EnforceChangeLockdown>({
    type: EnforceChangeLockdown,
    summary: 'Put it in force for the changes that match at that position.',
    route: 'enforce',
    permission: 'change-lockdown:enforce',
    emits: ['LockdownEnforced'],
    example: { changes: ['0197c6a2-6a4e-7c1e-8f00-000000000001'], position: '184470' },
    decide: ({ changes, position }) => [emit('LockdownEnforced', { changes, position })],
  }),
  RecordChangeLockdownHold: command<RecordChangeLockdownHold>({
    type: RecordChangeLockdownHold,
    summary: 'Hold a change too that was made or moved into the period.',
    route: 'record-hold',
    permission: 'change-lockdown:enforce',
    emits: ['LockdownHoldRecorded'],
    example: { change: '0197c6a2-6a4e-7c1e-8f00-000000000002' },
    decide: ({ change }, { heldChanges }) =>
      heldChanges.length >= LOCKED_CHANGES_MAX
        ? refuse('too-many', `a lockdown holds at most ${LOCKED_CHANGES_MAX} changes`)
        : [emit('LockdownHoldRecorded', { change })],
  }),
  CancelChangeLockdown: command<CancelChangeLockdown>({
    type: CancelChangeLockdown,
    summary: 'End it; the changes that it held are released, and no others.',
    route: 'cancel',
    permission: 'change-lockdown:enforce',
    emits: ['LockdownLifted'],
    example: { reason: 'The storm is over.' },
    decide: ({ reason }, { state, heldChanges }) => [
      emit('LockdownLifted', { reason, changes: heldChanges, wasEnforced: state === 'enforced' }),
    ],
  }),
};

/** What the commands on a lockdown lead to. */
export const changeLockdownCommands: Commands = { ...drafting, ...deciding, ...enforcing };

/** The questions that the lifecycle of a lockdown asks. */
export const changeLockdownGuards: Readonly<Record<string, Guard<ChangeLockdownState>>> = {
  hasSoundEntries: defineGuard<ChangeLockdownState, SetChangeLockdownEntries>({
    unless: 'its calendar has entries that end after they begin, not all in the past',
    check: (_, { entries }, { now }) => areSoundSpans(entries, now),
  }),
  hasEntryToCome: defineGuard<ChangeLockdownState>({
    unless: 'its calendar is not over yet',
    stateOnly: true,
    check: ({ entries }, _, { now }) => areSoundSpans(entries, now),
  }),
  areApproversApart: defineGuard<ChangeLockdownState, SubmitChangeLockdown>({
    unless: 'it names approvers, and not the person who drafted it',
    check: ({ draftedBy }, { approvers }) =>
      approvers.length === 0
        ? refuse('too-few-approvers', 'name at least one approver')
        : checkApart(draftedBy, approvers),
  }),
  isNotApproved: defineGuard<ChangeLockdownState>({
    unless: 'it is not approved yet',
    stateOnly: true,
    check: ({ approvedBy }) =>
      approvedBy === null || refuse('already-approved', `${approvedBy} approved it already`),
  }),
  isApprover: defineGuard<ChangeLockdownState>({
    unless: 'the actor, or the person acted for, was asked',
    stateOnly: true,
    check: ({ approvers }, _, { actor, onBehalfOf }) =>
      approvers.includes(onBehalfOf ?? actor) ||
      refuse('not-an-approver', `it waits for ${approvers.join(', ')}`, { approvers }),
  }),
  isApproverApart: defineGuard<ChangeLockdownState>({
    unless: 'the person who drafted it is another one',
    stateOnly: true,
    check: ({ draftedBy }, _, { actor }) => checkApart(draftedBy, [actor]),
  }),
  isApproved: defineGuard<ChangeLockdownState>({
    unless: 'it is approved',
    stateOnly: true,
    check: ({ approvedBy, approvers }) =>
      approvedBy !== null ||
      refuse('not-approved', `it is not approved yet; it waits for ${approvers.join(', ')}`),
  }),
  isNotRecordedYet: defineGuard<ChangeLockdownState, RecordChangeLockdownHold>({
    unless: 'it does not hold the change yet',
    check: ({ heldChanges }, { change }) =>
      !heldChanges.includes(change) || refuse('no-change', 'it holds this change already'),
  }),
};

function checkApart(draftedBy: string | null, approvers: readonly string[]): true | Refusal {
  return (
    draftedBy === null ||
    !approvers.includes(draftedBy) ||
    refuse('separation-of-duties', `${draftedBy} drafted it, so somebody else has to approve`, {
      person: draftedBy,
    })
  );
}
