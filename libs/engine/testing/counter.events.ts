import { defineEvents, type RecordedEvent, type RecordedEventOf } from '@ledgerdesk/kernel';

export const counterEvents = defineEvents({
  CounterOpened: {
    version: 1,
    summary: 'A counter was opened',
    fields: { number: 'text', title: 'text', forkedFrom: 'text|null' },
  },
  CounterAdded: { version: 1, summary: 'An amount was added', fields: { by: 'integer' } },
  CounterClosed: { version: 1, summary: 'The counter was closed', fields: {} },
  CounterFollowed: {
    version: 1,
    summary: 'The counter follows another one',
    fields: { counter: 'text' },
  },
  CounterFollowerCounted: {
    version: 1,
    summary: 'Another counter follows this one',
    fields: { follower: 'text' },
  },
  CounterReceiptAttached: {
    version: 1,
    summary: 'A receipt was attached',
    fields: { digest: 'text' },
  },
});

export interface CounterState {
  readonly state: 'open' | 'closed' | null;
  readonly number: string | null;
  readonly title: string;
  readonly total: number;
  readonly additions: number;
  readonly follows: string | null;
  readonly followers: readonly string[];
  readonly receipts: readonly string[];
}

export const initialCounter: CounterState = {
  state: null,
  number: null,
  title: '',
  total: 0,
  additions: 0,
  follows: null,
  followers: [],
  receipts: [],
};

export function evolveCounter(state: CounterState, recorded: RecordedEvent): CounterState {
  const event = recorded as RecordedEventOf<typeof counterEvents>;
  switch (event.type) {
    case 'CounterOpened':
      return { ...state, state: 'open', number: event.data.number, title: event.data.title };
    case 'CounterAdded':
      return { ...state, total: state.total + event.data.by, additions: state.additions + 1 };
    case 'CounterClosed':
      return { ...state, state: 'closed' };
    case 'CounterFollowed':
      return { ...state, follows: event.data.counter };
    case 'CounterFollowerCounted':
      return { ...state, followers: [...state.followers, event.data.follower] };
    case 'CounterReceiptAttached':
      return { ...state, receipts: [...state.receipts, event.data.digest] };
  }
}
