import { defineEvents, refuse, type ProcessState } from '@ledgerdesk/kernel';
import type { Block, BlockCommands, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import {
  ConfirmSuspectedCause,
  DismissSuspectedCause,
  RecordSuspectedCause,
} from '../commands/suspected-causes.commands';
import { isThere, utc } from '../fields';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';
import { nextEntry, replaceEntry, stamp, type Stamp } from '../ticket-log';
import { linkRemoved, linksAdded, type LinksPart } from './links.block';

const CAUSES_MAX = 200;

const suspectedCauseEvents = defineEvents({
  SuspectedCauseRecorded: {
    version: 1,
    summary: 'A change is suspected to have caused it; nobody has looked into that yet.',
    fields: {
      cause: 'integer',
      change: 'text',
      configurationItem: 'text|null',
      changedAt: 'time|null',
      withinHours: 'integer|null',
      comment: 'text|null',
    },
  },
  SuspectedCauseConfirmed: {
    version: 1,
    summary: 'The suspicion was right: the change caused it. A link «caused by» goes with it.',
    fields: { cause: 'integer', change: 'text', comment: 'text|null' },
  },
  SuspectedCauseDismissed: {
    version: 1,
    summary: 'The change did not cause it after all; a link that was confirmed is taken away.',
    fields: {
      cause: 'integer',
      change: 'text',
      previousStatus: ['suspected', 'confirmed'],
      reason: 'text',
    },
  },
});

/** A change that may have caused the ticket. */
export interface SuspectedCause {
  readonly id: number;
  readonly change: string;
  readonly configurationItem: string | null;
  readonly changedAt: string | null;
  readonly status: 'suspected' | 'confirmed' | 'dismissed';
  readonly suspected: Stamp;
  /** Who confirmed or dismissed it; null while it is only suspected. */
  readonly judged: Stamp | null;
}

/** The changes that may have caused a ticket. */
export interface SuspectedCausesPart {
  readonly suspectedCauses: readonly SuspectedCause[];
}

const folds: Folds<SuspectedCausesPart, typeof suspectedCauseEvents> = {
  SuspectedCauseRecorded: ({ suspectedCauses }, event) => {
    const { cause: id, change, configurationItem, changedAt } = event.data;
    const suspected = stamp(event);
    const cause = { id, change, configurationItem, changedAt, suspected, judged: null };
    return { suspectedCauses: [...suspectedCauses, { ...cause, status: 'suspected' }] };
  },
  SuspectedCauseConfirmed: ({ suspectedCauses }, event) => ({
    suspectedCauses: replaceEntry(suspectedCauses, event.data.cause, (cause) => ({
      ...cause,
      status: 'confirmed',
      judged: stamp(event),
    })),
  }),
  SuspectedCauseDismissed: ({ suspectedCauses }, event) => ({
    suspectedCauses: replaceEntry(suspectedCauses, event.data.cause, (cause) => ({
      ...cause,
      status: 'dismissed',
      judged: stamp(event),
    })),
  }),
};

type State = SuspectedCausesPart & LinksPart & ProcessState;

/**
 * Changes that a rule or a person suspects to have caused the ticket: confirmed by a person, which
 * links the ticket, or dismissed, which takes that link away. Goes with the links block.
 */
export function suspectedCausesBlock<Title extends string>(
  kind: TicketKind<Title>,
): Block<NamedEvents<Title, typeof suspectedCauseEvents>, SuspectedCausesPart> {
  const { title, allStates } = kind;
  return {
    events: nameEvents(title, suspectedCauseEvents),
    initial: { suspectedCauses: [] },
    folds: nameFolds(title, folds),
    factFolds: {},
    guards: causeGuards,
    // Causes are often found after the end.
    transitions: {
      [`Record${title}SuspectedCause`]: { from: allStates, guards: ['isNotSuspectedYet'] },
      [`Confirm${title}SuspectedCause`]: { from: allStates, guards: ['isSuspected'] },
      [`Dismiss${title}SuspectedCause`]: { from: allStates, guards: ['isNotDismissed'] },
    },
    commands: causeCommands(kind) as unknown as BlockCommands<SuspectedCausesPart>,
  };
}

const causeGuards = {
  isNotSuspectedYet: defineGuard<SuspectedCausesPart & ProcessState, RecordSuspectedCause>({
    unless: 'the change is neither suspected nor confirmed yet',
    check: ({ suspectedCauses }, { change }) => {
      const found = suspectedCauses.find(
        (cause) => cause.change === change && cause.status !== 'dismissed',
      );
      return (
        found === undefined ||
        refuse('already-suspected', `${change} is ${found.status} as a cause already`, {
          cause: found.id,
        })
      );
    },
  }),
  isSuspected: defineGuard<SuspectedCausesPart & ProcessState, ConfirmSuspectedCause>({
    unless: 'the cause is there, neither confirmed nor dismissed',
    check: ({ suspectedCauses }, { cause }) =>
      statusOf(suspectedCauses, cause) === 'suspected' || notSuspected(suspectedCauses, cause),
  }),
  isNotDismissed: defineGuard<SuspectedCausesPart & ProcessState, DismissSuspectedCause>({
    unless: 'the cause is there and not dismissed yet',
    check: ({ suspectedCauses }, { cause }) => {
      const status = statusOf(suspectedCauses, cause);
      const isOpen = status === 'suspected' || status === 'confirmed';
      return isOpen || notSuspected(suspectedCauses, cause);
    },
  }),
};

function statusOf(
  causes: readonly SuspectedCause[],
  id: number,
): SuspectedCause['status'] | undefined {
  return causes.find((cause) => cause.id === id)?.status;
}

function notSuspected(causes: readonly SuspectedCause[], id: number): ReturnType<typeof refuse> {
  const status = statusOf(causes, id);
  const suspected = causes.filter((cause) => cause.status === 'suspected').map((cause) => cause.id);
  return refuse(
    'not-suspected',
    status === undefined ? `there is no suspected cause ${id}` : `cause ${id} is ${status}`,
    { suspected },
  );
}

function causeCommands({ title, name }: TicketKind): BlockCommands<State> {
  const emit = emitterOf<typeof suspectedCauseEvents>(title);
  return {
    [`Record${title}SuspectedCause`]: defineCommand<State, RecordSuspectedCause>({
      type: nameCommand(`Record${title}SuspectedCause`, RecordSuspectedCause),
      summary: 'Suspect a change to have caused it, until a person confirms or dismisses that.',
      route: 'record-suspected-cause',
      permission: `${name}:link`,
      emits: [`${title}SuspectedCauseRecorded`],
      example: { change: 'CHG-000042', configurationItem: 'mail-relay-1', withinHours: 24 },
      decide: (command, { suspectedCauses }) =>
        suspectedCauses.length >= CAUSES_MAX
          ? refuse('too-many', `a ticket has at most ${CAUSES_MAX} suspected causes`)
          : [
              emit('SuspectedCauseRecorded', {
                cause: nextEntry(suspectedCauses),
                change: command.change,
                configurationItem: command.configurationItem ?? null,
                changedAt: !isThere(command.changedAt) ? null : utc(command.changedAt),
                withinHours: command.withinHours ?? null,
                comment: command.comment ?? null,
              }),
            ],
    }),
    [`Confirm${title}SuspectedCause`]: defineCommand<State, ConfirmSuspectedCause>({
      type: nameCommand(`Confirm${title}SuspectedCause`, ConfirmSuspectedCause),
      summary: 'Say that the suspected change caused it; that links the ticket to the change.',
      route: 'confirm-suspected-cause',
      permission: `${name}:judge-cause`,
      emits: [`${title}SuspectedCauseConfirmed`, `${title}Linked`],
      example: { cause: 1, comment: 'The relay lost its route at that minute.' },
      decide: ({ cause, comment }, state) => {
        const { change = '' } = state.suspectedCauses.find(({ id }) => id === cause) ?? {};
        return [
          emit('SuspectedCauseConfirmed', { cause, change, comment: comment ?? null }),
          ...linksAdded(title, state, [
            { type: 'caused-by', targetKind: 'change', target: change },
          ]),
        ];
      },
    }),
    [`Dismiss${title}SuspectedCause`]: defineCommand<State, DismissSuspectedCause>({
      type: nameCommand(`Dismiss${title}SuspectedCause`, DismissSuspectedCause),
      summary: 'Say that the change did not cause it, also after that was confirmed.',
      route: 'dismiss-suspected-cause',
      permission: `${name}:judge-cause`,
      emits: [`${title}SuspectedCauseDismissed`, `${title}Unlinked`],
      example: { cause: 1, reason: 'It failed an hour before the change began.' },
      decide: ({ cause, reason }, { suspectedCauses, links }) => {
        const { change = '', status } = suspectedCauses.find(({ id }) => id === cause) ?? {};
        const previousStatus = status === 'confirmed' ? status : 'suspected';
        const link = status === 'confirmed' ? links.find(isCausedBy(change)) : undefined;
        return [
          emit('SuspectedCauseDismissed', { cause, change, previousStatus, reason }),
          ...(link === undefined ? [] : [linkRemoved(title, link, reason)]),
        ];
      },
    }),
  };
}

function isCausedBy(change: string): (link: LinksPart['links'][number]) => boolean {
  return ({ type, targetKind, target }) =>
    type === 'caused-by' && targetKind === 'change' && target === change;
}
