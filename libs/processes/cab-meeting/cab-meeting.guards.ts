import {
  refuse,
  ticketKey,
  type DecisionContext,
  type Guard,
  type ProcessState,
  type Refusal,
} from '@ledgerdesk/kernel';
import { defineGuard } from '../shared/command-definition';
import { isThere } from '../shared/fields';
import type {
  AddCabMeetingItem,
  DecideCabMeetingItem,
  DelegateCabMeetingSeat,
  OpenCabMeeting,
  PlanCabMeeting,
  RecordCabMeetingAttendance,
} from './cab-meeting.commands';
import type { CabMeetingItem, CabMeetingState } from './cab-meeting.state';

/** What a meeting reads of a change. */
export interface ChangeView extends ProcessState {
  readonly number: string | null;
  readonly requester: string | null;
  readonly assignee: string | null;
  readonly workOrders: readonly { readonly assignee: string | null }[];
}

type Context = DecisionContext<CabMeetingState>;

interface ItemCommand {
  readonly item: number;
}

/** The questions that the lifecycle of a meeting asks. */
export const cabMeetingGuards: Readonly<Record<string, Guard<CabMeetingState>>> = {
  ...agendaGuards(),
  ...sessionGuards(),
  ...votingGuards(),
};

function agendaGuards(): Readonly<Record<string, Guard<CabMeetingState>>> {
  return {
    isChairMember: defineGuard<CabMeetingState, PlanCabMeeting>({
      unless: 'the chair is one of the members',
      check: (_, { chair, members }) =>
        members.includes(chair) || refuse('chair-no-member', `${chair} must be a member`),
    }),
    isOpenChange: defineGuard<CabMeetingState, AddCabMeetingItem>({
      unless: 'the change is there, neither closed nor cancelled, and not on the agenda yet',
      check: ({ items }, { change: reference }, context) => {
        const change = changeOf(context, reference);
        if (change === undefined) {
          return refuse(
            'related-missing',
            `there is no change ${reference}; name one that is there`,
            { reference },
          );
        }
        const { state } = change.state;
        if (state === 'closed' || state === 'cancelled') {
          return refuse('change-over', `${reference} is ${state}; name an open one`);
        }
        return (
          !items.some((item) => item.change === change.id) ||
          refuse('no-change', `${reference} is on the agenda already`)
        );
      },
    }),
    isItemOpen: defineGuard<CabMeetingState, ItemCommand>({
      unless: 'the item is on the agenda and not decided',
      check: ({ items }, { item: id }) => {
        const item = items.find((each) => each.id === id);
        if (item === undefined) {
          return refuse('no-such-item', `there is no item ${id} on the agenda`, {
            items: items.map((each) => each.id),
          });
        }
        return (
          item.decision === null || refuse('item-decided', `item ${id} is ${item.decision} already`)
        );
      },
    }),
    hasItems: defineGuard<CabMeetingState>({
      unless: 'the agenda has an item',
      stateOnly: true,
      check: ({ items }) => items.length > 0 || refuse('no-items', 'the agenda is empty'),
    }),
    hasSeatToDelegate: defineGuard<CabMeetingState, DelegateCabMeetingSeat>({
      unless: 'the seat is a member’s, and the delegate neither a member nor one already',
      check: ({ members, delegates }, { member, delegate }, { actor }) => {
        const seat = member ?? actor;
        if (!members.includes(seat)) return refuse('no-member', `${seat} is no member`);
        if (members.includes(delegate)) {
          return refuse('delegate-is-member', `${delegate} has a vote already`);
        }
        return (
          !Object.values(delegates).includes(delegate) ||
          refuse('delegate-taken', `${delegate} is a delegate already`)
        );
      },
    }),
  };
}

function sessionGuards(): Readonly<Record<string, Guard<CabMeetingState>>> {
  return {
    isChair: defineGuard<CabMeetingState>({
      unless: 'the actor is the chair, or sits in the chair’s place',
      stateOnly: true,
      check: ({ chair, delegates }, _, { actor }) =>
        actor === chair ||
        (chair !== null && delegates[chair] === actor) ||
        refuse('not-chair', `${chair ?? 'the chair'} has to do this`),
    }),
    hasQuorum: defineGuard<CabMeetingState, Partial<OpenCabMeeting>>({
      unless: 'enough members are present',
      check: (state, { present = [] }) => {
        const strangers = present.filter((person) => !state.members.includes(person));
        if (strangers.length > 0) {
          return refuse('no-member', `no members: ${strangers.join(', ')}`, { strangers });
        }
        const quorum = quorumOf(state);
        return (
          present.length >= quorum ||
          refuse('no-quorum', `${present.length} are present, ${quorum} are needed`, { quorum })
        );
      },
    }),
    isMemberAbsent: defineGuard<CabMeetingState, RecordCabMeetingAttendance>({
      unless: 'it is a member who was not present yet',
      check: ({ members, present }, { member }) => {
        if (!members.includes(member)) return refuse('no-member', `${member} is no member`);
        return !present.includes(member) || refuse('no-change', `${member} is present already`);
      },
    }),
    areItemsDecided: defineGuard<CabMeetingState>({
      unless: 'every item is decided',
      stateOnly: true,
      check: ({ items }) => {
        const open = items.filter(({ decision }) => decision === null);
        return (
          open.length === 0 ||
          refuse('items-open', `${open.length} items are not decided`, {
            items: open.map(({ id }) => id),
          })
        );
      },
    }),
    isMinutesReaderApart: defineGuard<CabMeetingState>({
      unless: 'somebody else than the author accepts the minutes',
      stateOnly: true,
      check: ({ minutesBy }, _, { actor }) =>
        minutesBy !== actor ||
        refuse('separation-of-duties', `${actor} wrote the minutes; somebody else accepts them`),
    }),
  };
}

function votingGuards(): Readonly<Record<string, Guard<CabMeetingState>>> {
  return {
    isSeated: defineGuard<CabMeetingState, ItemCommand>({
      unless: 'the actor is a member, or the delegate of one, who is present once in session',
      check: (state, _, { actor, onBehalfOf }) => {
        const seat = seatOf(state, actor, onBehalfOf);
        if (seat === undefined) return refuse('no-member', `${actor} has no seat`);
        return (
          state.state !== 'in-session' ||
          state.present.includes(seat) ||
          refuse('not-present', `the seat of ${seat} is empty; record the attendance first`)
        );
      },
    }),
    hasNotDeclared: defineGuard<CabMeetingState, ItemCommand>({
      unless: 'the member has not declared it already',
      check: (state, { item }, { actor, onBehalfOf }) =>
        !conflictedOf(state, item).includes(seatOf(state, actor, onBehalfOf) ?? '') ||
        refuse('no-change', 'the conflict of interest is declared already'),
    }),
    isUnbiased: defineGuard<CabMeetingState, ItemCommand>({
      unless: 'neither member nor delegate has a hand in the change',
      check: checkBias,
    }),
    hasNotVoted: defineGuard<CabMeetingState, ItemCommand>({
      unless: 'the seat has not voted on the item',
      check: (state, { item: id }, { actor, onBehalfOf }) => {
        const seat = seatOf(state, actor, onBehalfOf);
        const item = state.items.find((each) => each.id === id);
        return (
          item?.votes.some(({ member }) => member === seat) !== true ||
          refuse('already-voted', `the seat of ${seat ?? actor} has voted already`)
        );
      },
    }),
    isDecisionOfVotes: defineGuard<CabMeetingState, DecideCabMeetingItem>({
      unless: 'a quorum voted, and the decision is that of the majority',
      check: (state, { item: id, decision }) => {
        const item = state.items.find((each) => each.id === id);
        if (item === undefined || (decision !== 'approved' && decision !== 'rejected')) return true;
        const { approvals, rejections } = tally(item);
        const eligible = state.members.length - item.conflicted.length;
        const quorum = Math.min(quorumOf(state), eligible);
        if (item.votes.length < quorum) {
          return refuse('no-quorum', `${item.votes.length} voted, ${quorum} are needed`, {
            quorum,
          });
        }
        const isSo = decision === 'approved' ? approvals > rejections : rejections >= approvals;
        return (
          isSo ||
          refuse('against-votes', `${approvals} voted for it, ${rejections} against it`, {
            approvals,
            rejections,
          })
        );
      },
    }),
  };
}

/** How many members must be there, rounded up. */
export function quorumOf({
  members,
  quorumPercent,
}: Pick<CabMeetingState, 'members' | 'quorumPercent'>): number {
  return Math.max(1, Math.ceil((members.length * quorumPercent) / 100));
}

/** The seat from which somebody speaks: their own, or that of the member who sent them. */
export function seatOf(
  { members, delegates }: CabMeetingState,
  actor: string,
  onBehalfOf: string | null,
): string | undefined {
  if (onBehalfOf === null && members.includes(actor)) return actor;
  return members.find(
    (member) => delegates[member] === actor && (onBehalfOf === null || onBehalfOf === member),
  );
}

/** How the votes on an item stand. */
export function tally({ votes }: Pick<CabMeetingItem, 'votes'>): {
  readonly approvals: number;
  readonly rejections: number;
  readonly abstentions: number;
} {
  const count = (vote: string): number => votes.filter((each) => each.vote === vote).length;
  return {
    approvals: count('approve'),
    rejections: count('reject'),
    abstentions: count('abstain'),
  };
}

/** The change of that id or number. */
export function changeOf(
  { related }: Pick<Context, 'related'>,
  reference: string,
): { readonly id: string; readonly state: ChangeView } | undefined {
  const found = related.get(ticketKey({ process: 'change', ticket: reference }));
  return found as unknown as ReturnType<typeof changeOf>;
}

function conflictedOf({ items }: CabMeetingState, id: number): readonly string[] {
  return items.find((item) => item.id === id)?.conflicted ?? [];
}

function checkBias(
  state: CabMeetingState,
  { item: id }: ItemCommand,
  context: Context,
): true | Refusal {
  const { actor, onBehalfOf } = context;
  const seat = seatOf(state, actor, onBehalfOf) ?? actor;
  const item = state.items.find((each) => each.id === id);
  const change = item === undefined ? undefined : changeOf(context, item.change);
  const involved = [
    ...(item?.conflicted ?? []),
    ...(change === undefined ? [] : partiesOf(change.state)),
  ];
  const both = [seat, actor].find((person) => involved.includes(person));
  return (
    both === undefined ||
    refuse('conflict-of-interest', `${both} has a hand in the change and abstains`, {
      person: both,
    })
  );
}

function partiesOf({ requester, assignee, workOrders }: ChangeView): readonly string[] {
  return [requester, assignee, ...workOrders.map((order) => order.assignee)].filter(isThere);
}
