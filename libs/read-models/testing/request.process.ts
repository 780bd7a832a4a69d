import {
  defineEvents,
  defineLifecycle,
  type ProcessDefinition,
  type ProcessState,
} from '@ledgerdesk/kernel';

export interface RequestState extends ProcessState {
  readonly number: string | null;
  readonly title: string | null;
  readonly assignmentGroup: string | null;
  readonly assignee: string | null;
  readonly priority: number | null;
  readonly reopenCount: number;
  readonly reassignmentCount: number;
  readonly tags: readonly string[];
  /** Grows, so no fact. */
  readonly notes: readonly string[];
}

export const requestEvents = defineEvents({
  RequestChanged: {
    version: 1,
    summary: 'Some facts have new values',
    fields: { facts: 'object' },
  },
  RequestNoted: { version: 1, summary: 'A note was added', fields: { text: 'text' } },
});

/** A process of the smallest kind: one event that sets facts, one that does not concern them. */
export const requestProcess: ProcessDefinition<RequestState> = {
  name: 'request',
  plural: 'requests',
  title: 'Request',
  numberPrefix: 'REQ',
  summary: 'For specs.',
  lifecycle: defineLifecycle({
    states: {
      new: { title: 'New', category: 'open' },
      waiting: { title: 'Waiting', category: 'waiting' },
      resolved: { title: 'Resolved', category: 'done' },
      closed: { title: 'Closed', category: 'done', final: true },
      cancelled: { title: 'Cancelled', category: 'done', final: true },
    },
    transitions: {},
  }),
  guards: {},
  commands: {},
  events: requestEvents,
  initial: {
    state: null,
    number: null,
    title: null,
    assignmentGroup: null,
    assignee: null,
    priority: null,
    reopenCount: 0,
    reassignmentCount: 0,
    tags: [],
    notes: [],
  },
  evolve: (state, event) =>
    event.type === 'RequestChanged'
      ? { ...state, ...(event.data['facts'] as Partial<RequestState>) }
      : { ...state, notes: [...state.notes, String(event.data['text'])] },
  evolveFacts: (facts, event) =>
    event.type === 'RequestChanged'
      ? { ...facts, ...(event.data['facts'] as Partial<RequestState>) }
      : facts,
  listing: {
    version: 3,
    collection: {
      fields: { number: 'text', priority: 'number', assignmentGroup: 'text' },
      compoundIndexes: [['state', 'priority']],
      textFields: ['number', 'title'],
    },
    summarise: ({ number, title, priority, assignmentGroup, tags }) => ({
      number,
      title,
      priority,
      assignmentGroup,
      tags,
    }),
  },
  policies: {},
};
