import { sha256, uuid5 } from '@ledgerdesk/engine';
import type { EventStore } from '@ledgerdesk/event-store';
import {
  createEventRegistry,
  defineEvents,
  defineLifecycle,
  GENESIS_HASH,
  sealEvent,
  type EventRegistry,
  type EventRow,
  type ProcessDefinition,
  type ProcessState,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

const deskEvents = defineEvents({
  DeskOpened: { version: 1, summary: 'It was opened.', fields: { title: 'text' } },
  DeskRenamed: { version: 1, summary: 'It has a new title.', fields: { from: 'text', to: 'text' } },
  DeskNoted: { version: 1, summary: 'A note was added.', fields: { id: 'text', text: 'text' } },
  DeskClosed: { version: 1, summary: 'It was closed.', fields: {} },
});

export interface DeskState extends ProcessState {
  readonly title: string | null;
  readonly notes: readonly { readonly id: string; readonly text: string }[];
}

/** The smallest process with a scalar field, a list and two states. */
export const deskProcess: ProcessDefinition = {
  name: 'desk',
  plural: 'desks',
  title: 'Desk',
  numberPrefix: 'DSK',
  summary: 'A process for tests.',
  lifecycle: defineLifecycle({
    states: {
      open: { title: 'Open', category: 'open' },
      closed: { title: 'Closed', category: 'done', final: true },
    },
    transitions: {},
  }),
  guards: {},
  commands: {},
  events: deskEvents,
  initial: { state: null, title: null, notes: [] } satisfies DeskState as ProcessState,
  evolve: (state, event) => evolveDesk(state as DeskState, event),
  evolveFacts: (state, event) => evolveDesk(state as DeskState, event),
  listing: { collection: { fields: {} }, version: 1, summarise: () => ({}) },
  policies: {},
};

export const deskRegistry: EventRegistry = createEventRegistry([deskEvents]);

/** What one recorded event says; times default to the n-th minute of 2016-03-01 for revision n. */
export interface DeskFact {
  readonly type: keyof typeof deskEvents;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly occurredAt?: string;
  readonly recordedAt?: string;
  readonly actor?: string;
}

/** Appends sealed events to a new stream `desk-<id>` and gives them as they were stored. */
export async function recordOnDesk(
  store: EventStore,
  id: string,
  facts: readonly DeskFact[],
): Promise<readonly EventRow[]> {
  const stream = `desk-${id}`;
  let previousHash = GENESIS_HASH;
  const rows = facts.map((fact, index) => {
    const minute = `2016-03-01T00:${String(index).padStart(2, '0')}:00.000Z`;
    const row = sealEvent(
      {
        id: uuid5(`${stream}:${index}`),
        type: fact.type,
        schemaVersion: 1,
        stream,
        revision: String(index),
        occurredAt: fact.occurredAt ?? minute,
        recordedAt: fact.recordedAt ?? fact.occurredAt ?? minute,
        tenant: 'default',
        actor: fact.actor ?? 'Ann',
        onBehalfOf: null,
        origin: { kind: 'api', id: 'test', version: '1' },
        correlationId: `command-${index}`,
        causationId: null,
        commandId: `command-${index}`,
        commandDigest: sha256(`command-${index}`),
        policies: [],
        previousHash,
        data: fact.data ?? {},
      },
      sha256,
    );
    previousHash = row.hash;
    return row;
  });
  await store.append({ stream, expectedRevision: 'no-stream', events: rows });
  return rows;
}

function evolveDesk(state: DeskState, event: RecordedEvent): DeskState {
  switch (event.type) {
    case 'DeskOpened':
      return { ...state, state: 'open', title: String(event.data['title']) };
    case 'DeskRenamed':
      return { ...state, title: String(event.data['to']) };
    case 'DeskNoted': {
      const note = { id: String(event.data['id']), text: String(event.data['text']) };
      return { ...state, notes: [...state.notes, note] };
    }
    case 'DeskClosed':
      return { ...state, state: 'closed' };
    default:
      return state;
  }
}
