import type { ProcessDefinition, ProcessState, Transition } from '@ledgerdesk/kernel';
import { evolveWith } from '../shared/folding';
import { ticketBlocks, type TicketParts } from '../shared/ticket-blocks';

interface ErrandState extends ProcessState, TicketParts {
  readonly subject: string | null;
  readonly dueAt: string | null;
  readonly beganAt: string | null;
}

const setField = (field: string, to: string | null): Partial<ErrandState> => ({ [field]: to });

const blocks = ticketBlocks<'Errand', ErrandState>(
  { title: 'Errand', name: 'errand', activeStates: ['open'], allStates: ['open', 'done'] },
  {
    facts: {
      subject: { max: 20, required: true },
      dueAt: { time: 'any' },
      beganAt: { time: 'past' },
    },
    apply: setField,
    applyToFacts: setField,
  },
);

const transitions: Record<string, Transition> = {
  BeginErrand: { from: [null], to: ['open'] },
  EndErrand: { from: ['open'], to: ['done'] },
  ...blocks.transitions,
};

const ownCommand = (type: new () => object, event: string) => ({
  type,
  summary: '',
  route: null,
  permission: 'errand:any',
  emits: [event],
  example: {},
  decide: () => [{ type: event, data: {} }],
});

class BeginErrand {
  readonly kind = 'begin';
}
class EndErrand {
  readonly kind = 'end';
}

const own = {
  ErrandBegun: { version: 1, summary: '', fields: {} },
  ErrandEnded: { version: 1, summary: '', fields: {} },
};

const initial: ErrandState = {
  state: null,
  subject: null,
  dueAt: null,
  beganAt: null,
  ...blocks.initial,
};

/** The smallest process that has nothing but the blocks, and facts to correct. */
export const errand: ProcessDefinition<ErrandState> = {
  name: 'errand',
  plural: 'errands',
  title: 'Errand',
  numberPrefix: 'ERR',
  summary: '',
  lifecycle: {
    states: {
      open: { title: 'Open', category: 'open' },
      done: { title: 'Done', category: 'done', final: true },
    },
    transitions,
  },
  guards: blocks.guards,
  commands: {
    BeginErrand: ownCommand(BeginErrand, 'ErrandBegun'),
    EndErrand: ownCommand(EndErrand, 'ErrandEnded'),
    ...blocks.commands,
  },
  events: { ...own, ...blocks.events },
  initial,
  evolve: evolveWith(initial, blocks.folds, {
    ErrandBegun: () => ({ state: 'open' }),
    ErrandEnded: () => ({ state: 'done' }),
  }),
  evolveFacts: evolveWith(initial, blocks.factFolds),
  listing: { version: 1, collection: { fields: {} }, summarise: () => ({}) },
  policies: {},
};

/** Commands that begin, end and note on an errand, as `given` takes them. */
export const begun = ['BeginErrand'] as const;
export const ended = ['EndErrand'] as const;
export const noted = ['AddErrandNote', { text: 'First.', visibility: 'internal' }] as const;
