import { defineEvents, refuse, type ProcessState } from '@ledgerdesk/kernel';
import type { Block, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import {
  Deescalate,
  Escalate,
  escalationKinds,
  type EscalationKind,
} from '../commands/escalation.commands';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';
import { stamp, type Stamp } from '../ticket-log';

const escalationEvents = defineEvents({
  Escalated: {
    version: 1,
    summary: 'The ticket was escalated: a flag beside the state, not a state.',
    fields: { kind: escalationKinds, to: 'text', previousTo: 'text|null', reason: 'text' },
  },
  Deescalated: {
    version: 1,
    summary: 'An escalation was taken back.',
    fields: { kind: escalationKinds, previousTo: 'text', reason: 'text' },
  },
});

/** An escalation that is in force. */
export interface Escalation extends Stamp {
  readonly kind: EscalationKind;
  readonly to: string;
  readonly reason: string;
}

export interface EscalationPart {
  /** At most one of each kind. */
  readonly escalations: readonly Escalation[];
  readonly isEscalated: boolean;
}

const folds: Folds<EscalationPart, typeof escalationEvents> = {
  Escalated: ({ escalations }, event) => {
    const { kind, to, reason } = event.data;
    const others = escalations.filter((escalation) => escalation.kind !== kind);
    return { escalations: [...others, { kind, to, reason, ...stamp(event) }], isEscalated: true };
  },
  Deescalated: ({ escalations }, event) => {
    const left = escalations.filter((escalation) => escalation.kind !== event.data.kind);
    return { escalations: left, isEscalated: left.length > 0 };
  },
};

const isEscalatedSo = defineGuard<EscalationPart & ProcessState, Deescalate>({
  unless: 'it is escalated in that way',
  check: ({ escalations }, { kind }) =>
    escalations.some((escalation) => escalation.kind === kind) ||
    refuse('not-escalated', `the ticket has no ${kind} escalation`, {
      escalated: escalations.map((escalation) => escalation.kind),
    }),
});

/** Functional and hierarchic escalation, each with its way back. */
export function escalationBlock<Title extends string>({
  title,
  name,
  activeStates,
}: TicketKind<Title>): Block<NamedEvents<Title, typeof escalationEvents>, EscalationPart> {
  const emit = emitterOf<typeof escalationEvents>(title);
  const escalate = `Escalate${title}`;
  const deescalate = `Deescalate${title}`;
  return {
    events: nameEvents(title, escalationEvents),
    initial: { escalations: [], isEscalated: false },
    folds: nameFolds(title, folds),
    // At most two entries, so lists can afford them.
    factFolds: nameFolds(title, folds),
    guards: { isEscalatedSo },
    transitions: {
      [escalate]: { from: activeStates },
      [deescalate]: { from: activeStates, guards: ['isEscalatedSo'] },
    },
    commands: {
      [escalate]: defineCommand<EscalationPart & ProcessState, Escalate>({
        type: nameCommand(escalate, Escalate),
        summary: 'Ask for more skill or more authority.',
        route: 'escalate',
        permission: `${name}:escalate`,
        emits: [`${title}Escalated`],
        example: { kind: 'functional', to: 'network-tier-2', reason: 'Needs a packet capture.' },
        decide: ({ kind, to, reason }, { escalations }) => {
          const previousTo = escalations.find((escalation) => escalation.kind === kind)?.to ?? null;
          return previousTo === to
            ? refuse('no-change', `it is escalated to ${to} already`)
            : [emit('Escalated', { kind, to, previousTo, reason })];
        },
      }),
      [deescalate]: defineCommand<EscalationPart & ProcessState, Deescalate>({
        type: nameCommand(deescalate, Deescalate),
        summary: 'Take an escalation back.',
        route: 'de-escalate',
        permission: `${name}:de-escalate`,
        emits: [`${title}Deescalated`],
        example: { kind: 'functional', reason: 'The capture is done.' },
        decide: ({ kind, reason }, { escalations }) => {
          const previousTo = escalations.find((escalation) => escalation.kind === kind)?.to ?? '';
          return [emit('Deescalated', { kind, previousTo, reason })];
        },
      }),
    },
  };
}
