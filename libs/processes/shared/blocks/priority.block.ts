import {
  defineEvents,
  policyReference,
  refuse,
  type DecisionContext,
  type NewEvent,
  type PolicyReference,
  type ProcessState,
} from '@ledgerdesk/kernel';
import { ticketPolicies } from '../../policies/policy-set';
import { derivePriority, priorityRange } from '../../policies/priority-matrix';
import type { Block, BlockCommands, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import { OverridePriority, Prioritise } from '../commands/priority.commands';
import { isThere } from '../fields';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';
import { noteAdded, type NotesPart } from './notes.block';

const priorityEvents = defineEvents({
  PriorityDerived: {
    version: 1,
    summary: 'Impact and urgency gave a priority, by the matrix that the event refers to.',
    fields: {
      impact: 'integer',
      urgency: 'integer',
      priority: 'integer',
      previousImpact: 'integer|null',
      previousUrgency: 'integer|null',
      previousPriority: 'integer|null',
    },
  },
  PriorityOverridden: {
    version: 1,
    summary: 'A person set a priority that the matrix does not give.',
    fields: { priority: 'integer', previousPriority: 'integer|null', reason: 'text' },
  },
});

export interface PriorityPart {
  readonly impact: number | null;
  readonly urgency: number | null;
  /** 1 is the gravest. */
  readonly priority: number | null;
  /** The matrix that gave the priority, null where a person set it. */
  readonly priorityMatrix: PolicyReference | null;
  readonly isPriorityOverridden: boolean;
}

type Part = PriorityPart & ProcessState;
type Whole = Part & NotesPart;

const folds: Folds<PriorityPart, typeof priorityEvents> = {
  PriorityDerived: (_, { data: { impact, urgency, priority }, policies }) => ({
    impact,
    urgency,
    priority,
    priorityMatrix: policies[0] ?? null,
    isPriorityOverridden: false,
  }),
  PriorityOverridden: (_, { data: { priority } }) => ({
    priority,
    priorityMatrix: null,
    isPriorityOverridden: true,
  }),
};

export interface PriorityOptions {
  /** The states in which a priority may still be set. */
  readonly from: readonly string[];
  /** A changed priority needs a note that says why; so ServiceNow has it for problems. */
  readonly noteOnChange: boolean;
}

/** A priority by the matrix in force, or by a person against it. Wants the notes block beside. */
export function priorityBlock<Title extends string>(
  kind: TicketKind<Title>,
  options: PriorityOptions,
): Block<NamedEvents<Title, typeof priorityEvents>, PriorityPart> {
  const { title } = kind;
  const { from, noteOnChange } = options;
  const noteGuards = noteOnChange ? { hasPriorityNote } : {};
  return {
    events: nameEvents(title, priorityEvents),
    initial: {
      impact: null,
      urgency: null,
      priority: null,
      priorityMatrix: null,
      isPriorityOverridden: false,
    },
    folds: nameFolds(title, folds),
    factFolds: nameFolds(title, folds),
    guards: { hasLevelsOfMatrix, isPriorityOfMatrix, ...noteGuards },
    transitions: {
      [`Prioritise${title}`]: { from, guards: ['hasLevelsOfMatrix', ...Object.keys(noteGuards)] },
      [`Override${title}Priority`]: { from, guards: ['isPriorityOfMatrix'] },
    },
    commands: priorityCommands(kind, options) as BlockCommands<PriorityPart>,
  };
}

/** The event of a priority by the matrix in force, whose cell `hasLevelsOfMatrix` has found. */
export function priorityDerived(
  title: string,
  state: Pick<PriorityPart, 'impact' | 'urgency' | 'priority'>,
  { impact, urgency }: { readonly impact: number; readonly urgency: number },
  { policies }: Pick<DecisionContext, 'policies'>,
): readonly NewEvent[] {
  const { priorityMatrix } = ticketPolicies(policies);
  const priority = derivePriority(priorityMatrix, impact, urgency);
  if (typeof priority !== 'number') return [];
  const previous = {
    previousImpact: state.impact,
    previousUrgency: state.urgency,
    previousPriority: state.priority,
  };
  return [
    emitterOf<typeof priorityEvents>(title)(
      'PriorityDerived',
      { impact, urgency, priority, ...previous },
      [policyReference(priorityMatrix)],
    ),
  ];
}

const hasLevelsOfMatrix = defineGuard<Part, { impact?: number | null; urgency?: number | null }>({
  unless: 'the priority matrix in force knows the impact and urgency levels',
  check: (_, { impact, urgency }, { policies }) => {
    if (!isThere(impact) || !isThere(urgency)) return true;
    const priority = derivePriority(ticketPolicies(policies).priorityMatrix, impact, urgency);
    return typeof priority === 'number' || priority;
  },
});

const isPriorityOfMatrix = defineGuard<Part, OverridePriority>({
  unless: 'the priority is one that the matrix in force can give',
  check: (_, { priority }, { policies }) => {
    const { first, last } = priorityRange(ticketPolicies(policies).priorityMatrix);
    return (
      (priority >= first && priority <= last) ||
      refuse('priority-level', `priorities go from ${first} to ${last}`, { first, last })
    );
  },
});

const hasPriorityNote = defineGuard<Part, Prioritise>({
  unless: 'the priority stays as it is, or a note says why it changes',
  check: (state, { impact, urgency, note }, { policies }) => {
    if (state.priority === null || isThere(note)) return true;
    const to = derivePriority(ticketPolicies(policies).priorityMatrix, impact, urgency);
    return (
      to === state.priority ||
      refuse('note-required', 'the priority changes; say why in the field note', {
        from: state.priority,
        to,
      })
    );
  },
});

function priorityCommands(
  { title, name }: TicketKind,
  { noteOnChange }: PriorityOptions,
): BlockCommands<PriorityPart & NotesPart> {
  const emit = emitterOf<typeof priorityEvents>(title);
  const noted = (state: NotesPart, text: string): NewEvent =>
    noteAdded(title, state, { text, visibility: 'internal' });
  return {
    [`Prioritise${title}`]: defineCommand<Whole, Prioritise>({
      type: nameCommand(`Prioritise${title}`, Prioritise),
      summary: 'Set impact and urgency; the matrix in force gives the priority.',
      route: 'prioritise',
      permission: `${name}:prioritise`,
      emits: [`${title}PriorityDerived`, `${title}NoteAdded`],
      example: { impact: 1, urgency: 2, note: 'It spreads to the branches.' },
      decide: ({ impact, urgency, note }, state, context) => {
        if (isInForce(state, impact, urgency, context)) {
          return refuse('no-change', `impact is ${impact} and urgency is ${urgency} already`);
        }
        return [
          ...priorityDerived(title, state, { impact, urgency }, context),
          ...(isThere(note) ? [noted(state, note)] : []),
        ];
      },
    }),
    [`Override${title}Priority`]: defineCommand<Whole, OverridePriority>({
      type: nameCommand(`Override${title}Priority`, OverridePriority),
      summary:
        'Set a priority against the matrix, with the reason. The next prioritisation ends it.',
      route: 'override-priority',
      permission: `${name}:override-priority`,
      emits: [`${title}PriorityOverridden`, ...(noteOnChange ? [`${title}NoteAdded`] : [])],
      example: { priority: 1, reason: 'The board meets in an hour.' },
      decide: ({ priority, reason }, state) => {
        if (priority === state.priority) {
          return refuse('no-change', `the priority is ${priority} already`);
        }
        const { priority: previousPriority } = state;
        return [
          emit('PriorityOverridden', { priority, previousPriority, reason }),
          ...(noteOnChange ? [noted(state, reason)] : []),
        ];
      },
    }),
  };
}

function isInForce(
  state: PriorityPart,
  impact: number,
  urgency: number,
  { policies }: Pick<DecisionContext, 'policies'>,
): boolean {
  const { name, version } = ticketPolicies(policies).priorityMatrix;
  return (
    impact === state.impact &&
    urgency === state.urgency &&
    state.priorityMatrix?.name === name &&
    state.priorityMatrix.version === version
  );
}
