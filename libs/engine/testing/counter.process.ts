import {
  defineLifecycle,
  refuse,
  type CommandDefinition,
  type Decision,
  type DecisionContext,
  type Guard,
  type ProcessDefinition,
} from '@ledgerdesk/kernel';
import {
  Add,
  AddAll,
  AttachReceipt,
  CloseCounter,
  CountFollower,
  Follow,
  ForkCounter,
  OpenCounter,
  Touch,
} from './counter.commands';
import { counterEvents, evolveCounter, initialCounter, type CounterState } from './counter.events';

const TOTAL_MAX = 1000;

const staysWithinLimit: Guard<CounterState> = {
  unless: 'the total stays within 1,000',
  check: (state, { by }) =>
    state.total + Number(by) <= TOTAL_MAX ||
    refuse('over-limit', `the total may not pass ${TOTAL_MAX}; add less`, { limit: TOTAL_MAX }),
};

const lifecycle = defineLifecycle({
  states: {
    open: { title: 'Open', category: 'open' },
    closed: { title: 'Closed', category: 'done', final: true },
  },
  transitions: {
    OpenCounter: { from: [null], to: ['open'] },
    Add: { from: ['open'], guards: ['staysWithinLimit'] },
    AddAll: { from: ['open'] },
    CloseCounter: { from: ['open'], to: ['closed'] },
    Touch: { from: ['open'] },
    ForkCounter: { from: ['open', 'closed'] },
    Follow: { from: ['open'] },
    CountFollower: { from: ['open'] },
    AttachReceipt: { from: ['open'] },
  },
});

type Decide<Command> = (
  command: Command,
  state: CounterState,
  context: DecisionContext<CounterState>,
) => Decision;

const open: Decide<OpenCounter> = ({ title, startAt }, _state, { number }) =>
  title.trim() === ''
    ? refuse('blank-title', 'the title is blank; say what is counted')
    : [
        { type: 'CounterOpened', data: { number, title, forkedFrom: null } },
        ...(startAt === undefined ? [] : [{ type: 'CounterAdded', data: { by: startAt } }]),
      ];

const fork: Decide<ForkCounter> = (_command, state, { number }) => [
  { type: 'CounterOpened', data: { number, title: state.title, forkedFrom: state.number } },
  { type: 'CounterAdded', data: { by: state.total } },
];

const follow: Decide<Follow> = ({ counter }, _state, { tickets }) =>
  tickets.has(counter)
    ? [{ type: 'CounterFollowed', data: { counter } }]
    : refuse('unknown-counter', `there is no counter ${counter} to follow`);

const attach: Decide<AttachReceipt> = ({ digest }, _state, { blobs }) =>
  blobs.has(digest)
    ? [{ type: 'CounterReceiptAttached', data: { digest } }]
    : refuse('unknown-blob', `no blob ${digest} is stored; store it first`);

function command(
  definition: Pick<CommandDefinition<CounterState>, 'type' | 'decide' | 'emits'> &
    Partial<CommandDefinition<CounterState>>,
): CommandDefinition<CounterState> {
  return {
    summary: definition.type.name,
    route: definition.type.name.toLowerCase(),
    permission: `counter:${definition.type.name.toLowerCase()}`,
    example: {},
    ...definition,
  };
}

const commands: Readonly<Record<string, CommandDefinition<CounterState>>> = {
  OpenCounter: command({
    type: OpenCounter,
    route: null,
    emits: ['CounterOpened', 'CounterAdded'],
    naturalKey: ({ key }) => (typeof key === 'string' ? key : undefined),
    decide: open,
  }),
  Add: command({
    type: Add,
    emits: ['CounterAdded'],
    decide: ({ by }: Add) => [{ type: 'CounterAdded', data: { by } }],
  }),
  AddAll: command({
    type: AddAll,
    emits: ['CounterAdded'],
    decide: ({ entries }: AddAll) =>
      entries.map(({ amount }) => ({ type: 'CounterAdded', data: { by: amount } })),
  }),
  CloseCounter: command({
    type: CloseCounter,
    emits: ['CounterClosed'],
    decide: () => [{ type: 'CounterClosed', data: {} }],
  }),
  Touch: command({ type: Touch, emits: [], decide: () => [] }),
  ForkCounter: command({
    type: ForkCounter,
    emits: ['CounterOpened', 'CounterAdded'],
    spawns: true,
    decide: fork,
  }),
  Follow: command({
    type: Follow,
    emits: ['CounterFollowed'],
    needs: (asked) => ({ tickets: [String(asked['counter'])] }),
    companions: (asked, _state, { id }) => [
      {
        ticket: String(asked['counter']),
        command: Object.assign(new CountFollower(), { follower: id }),
      },
    ],
    decide: follow,
  }),
  CountFollower: command({
    type: CountFollower,
    internal: true,
    route: null,
    emits: ['CounterFollowerCounted'],
    decide: ({ follower }: CountFollower) => [
      { type: 'CounterFollowerCounted', data: { follower } },
    ],
  }),
  AttachReceipt: command({
    type: AttachReceipt,
    emits: ['CounterReceiptAttached'],
    needs: (asked) => ({ blobs: [String(asked['digest'])] }),
    decide: attach,
  }),
};

const definition: ProcessDefinition<CounterState> = {
  name: 'counter',
  plural: 'counters',
  title: 'Counter',
  numberPrefix: 'CNT',
  summary: 'The smallest process that uses everything the engine offers',
  lifecycle,
  guards: { staysWithinLimit },
  commands,
  events: counterEvents,
  initial: initialCounter,
  evolve: evolveCounter,
  evolveFacts: evolveCounter,
  listing: {
    version: 1,
    collection: { fields: { number: 'text', state: 'text', total: 'number' } },
    summarise: ({ number, total }) => ({ number, total }),
  },
  policies: {},
};

/**
 * A process small enough to be seen through: for the specs of the engine and of what stands on it.
 */
export const counterProcess = definition as unknown as ProcessDefinition;
