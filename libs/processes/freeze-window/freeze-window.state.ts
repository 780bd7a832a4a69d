import { ticketIdOfStream, type ProcessState } from '@ledgerdesk/kernel';
import type { Folds } from '../shared/folding';
import type { Span } from '../shared/spans';
import type { TicketParts } from '../shared/ticket-blocks';
import type { FreezeWindowKind } from './freeze-window.commands';
import type { freezeWindowEvents } from './freeze-window.events';
import type { FreezeWindowLifecycleState } from './freeze-window.lifecycle';

/** What a freeze is about: all lists empty means everything. */
export interface FreezeWindowScope extends Readonly<Record<string, readonly string[]>> {
  readonly configurationItems: readonly string[];
  readonly classes: readonly string[];
  readonly services: readonly string[];
  readonly tenants: readonly string[];
}

/** What lists and rules know of a freeze window; all of it is bounded. */
export interface FreezeWindowFacts extends ProcessState {
  readonly state: FreezeWindowLifecycleState | null;
  readonly id: string | null;
  readonly number: string | null;
  readonly title: string | null;
  readonly kind: FreezeWindowKind | null;
  readonly reason: string | null;
  /** The calendar, the earliest entry first. */
  readonly entries: readonly Span[];
  readonly scope: FreezeWindowScope;
  readonly authorities: readonly string[];
  readonly openedAt: string | null;
  readonly closedAt: string | null;
}

/** A freeze window as it is folded from its stream. */
export interface FreezeWindowState extends FreezeWindowFacts, TicketParts {}

export const initialFreezeWindow: FreezeWindowFacts = {
  state: null,
  id: null,
  number: null,
  title: null,
  kind: null,
  reason: null,
  entries: [],
  scope: { configurationItems: [], classes: [], services: [], tenants: [] },
  authorities: [],
  openedAt: null,
  closedAt: null,
};

/** What each event changes of the facts. */
export const freezeWindowFolds: Folds<FreezeWindowFacts, typeof freezeWindowEvents> = {
  FreezeWindowDrafted: (_, event) => {
    const { number, title, kind, reason, entries, authorities, ...scope } = event.data;
    return {
      ...{ state: 'draft', number, title, kind, reason, authorities, scope },
      id: ticketIdOfStream(event.stream),
      entries: entries as readonly Span[],
      openedAt: event.occurredAt,
    };
  },
  FreezeWindowEntriesChanged: (_, { data }) => ({ entries: data.to as readonly Span[] }),
  FreezeWindowScopeChanged: (_, { data }) => {
    const { configurationItems, classes, services, tenants } = data;
    return { scope: { configurationItems, classes, services, tenants } };
  },
  FreezeWindowAuthoritiesNamed: (_, { data }) => ({ authorities: data.to }),
  FreezeWindowPublished: () => ({ state: 'in-force' }),
  FreezeWindowEnded: (_, event) => ({ state: 'ended', closedAt: event.occurredAt }),
  FreezeWindowCancelled: (_, event) => ({ state: 'cancelled', closedAt: event.occurredAt }),
};
