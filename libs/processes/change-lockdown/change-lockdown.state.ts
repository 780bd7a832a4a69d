import { ticketIdOfStream, type ProcessState } from '@ledgerdesk/kernel';
import type { Folds } from '../shared/folding';
import type { Span } from '../shared/spans';
import type { TicketParts } from '../shared/ticket-blocks';
import type { changeLockdownEvents } from './change-lockdown.events';
import type { ChangeLockdownLifecycleState } from './change-lockdown.lifecycle';

/** What lists and rules know of a lockdown. */
export interface ChangeLockdownFacts extends ProcessState {
  readonly state: ChangeLockdownLifecycleState | null;
  readonly id: string | null;
  readonly number: string | null;
  readonly title: string | null;
  readonly reason: string | null;
  readonly draftedBy: string | null;
  /** The calendar, the earliest entry first. */
  readonly entries: readonly Span[];
  readonly configurationItems: readonly string[];
  readonly services: readonly string[];
  readonly approvers: readonly string[];
  readonly approvedBy: string | null;
  readonly enforcedAt: string | null;
  readonly openedAt: string | null;
  readonly closedAt: string | null;
}

/** What grows: the changes concerned, by id. */
export interface ChangeLockdownRecord {
  readonly preview: { readonly changes: readonly string[]; readonly position: string } | null;
  /** Those that it holds or, once lifted, held. */
  readonly heldChanges: readonly string[];
}

/** A lockdown as it is folded from its stream. */
export interface ChangeLockdownState
  extends ChangeLockdownFacts, ChangeLockdownRecord, TicketParts {}

export const initialChangeLockdown: ChangeLockdownFacts & ChangeLockdownRecord = {
  state: null,
  id: null,
  number: null,
  title: null,
  reason: null,
  draftedBy: null,
  entries: [],
  configurationItems: [],
  services: [],
  approvers: [],
  approvedBy: null,
  enforcedAt: null,
  openedAt: null,
  closedAt: null,
  preview: null,
  heldChanges: [],
};

type Table = typeof changeLockdownEvents;

/** What each event changes of the facts. */
export const changeLockdownFolds: Folds<ChangeLockdownFacts, Table> = {
  LockdownDrafted: (_, event) => {
    const { entries, ...facts } = event.data;
    return {
      ...facts,
      state: 'draft',
      id: ticketIdOfStream(event.stream),
      entries: entries as readonly Span[],
      draftedBy: event.actor,
      openedAt: event.occurredAt,
    };
  },
  LockdownEntriesChanged: (_, { data }) => ({ entries: data.to as readonly Span[] }),
  LockdownScopeChanged: (_, { data: { configurationItems, services } }) => ({
    configurationItems,
    services,
  }),
  LockdownPreviewed: () => ({}),
  LockdownApprovalRequested: (_, { data }) => ({
    state: 'awaiting-approval',
    approvers: data.approvers,
  }),
  LockdownReverted: () => ({ state: 'draft', approvers: [], approvedBy: null }),
  LockdownApproved: (_, { data }) => ({ approvedBy: data.approver }),
  LockdownEnforced: (_, { occurredAt }) => ({ state: 'enforced', enforcedAt: occurredAt }),
  LockdownHoldRecorded: () => ({}),
  LockdownLifted: (_, { occurredAt }) => ({ state: 'cancelled', closedAt: occurredAt }),
};

/** What some events change beyond the facts. */
export const changeLockdownRecordFolds: Partial<Folds<ChangeLockdownRecord, Table>> = {
  LockdownPreviewed: (_, { data }) => ({ preview: data }),
  LockdownEnforced: (_, { data }) => ({ heldChanges: data.changes }),
  LockdownHoldRecorded: ({ heldChanges }, { data }) => ({
    heldChanges: [...heldChanges, data.change],
  }),
};
