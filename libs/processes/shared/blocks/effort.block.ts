import { defineEvents, refuse, type ProcessState } from '@ledgerdesk/kernel';
import type { Block, TicketKind } from '../block';
import { defineCommand, nameCommand } from '../command-definition';
import { costKinds, LogCost, LogTime, type CostKind } from '../commands/effort.commands';
import { refusalOfFuture, utc } from '../fields';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';
import { nextEntry, stamp, type Stamp } from '../ticket-log';

const ENTRIES_MAX = 5_000;

const effortEvents = defineEvents({
  TimeLogged: {
    version: 1,
    summary: 'Time spent on the ticket was booked.',
    fields: { entry: 'integer', minutes: 'integer', workedAt: 'time', comment: 'text|null' },
  },
  CostLogged: {
    version: 1,
    summary: 'A cost of the ticket was booked, in the minor unit of its currency.',
    fields: {
      entry: 'integer',
      kind: costKinds,
      amountMinor: 'integer',
      currency: 'text',
      description: 'text',
    },
  },
});

/** Time that was booked on a ticket. */
export interface TimeEntry {
  readonly id: number;
  readonly minutes: number;
  readonly workedAt: string;
  readonly comment: string | null;
  readonly logged: Stamp;
}

/** A cost that was booked on a ticket, in the minor unit of its currency. */
export interface CostEntry {
  readonly id: number;
  readonly kind: CostKind;
  readonly amountMinor: number;
  readonly currency: string;
  readonly description: string;
  readonly logged: Stamp;
}

export interface EffortPart {
  readonly timeEntries: readonly TimeEntry[];
  /** Sum over the entries. */
  readonly minutesLogged: number;
  readonly costEntries: readonly CostEntry[];
  /** Sums over the entries by currency, in minor units. */
  readonly costMinorByCurrency: Readonly<Record<string, number>>;
}

const folds: Folds<EffortPart, typeof effortEvents> = {
  TimeLogged: ({ timeEntries, minutesLogged }, event) => {
    const { entry: id, minutes, workedAt, comment } = event.data;
    return {
      timeEntries: [...timeEntries, { id, minutes, workedAt, comment, logged: stamp(event) }],
      minutesLogged: minutesLogged + minutes,
    };
  },
  CostLogged: ({ costEntries, costMinorByCurrency }, event) => {
    const { entry: id, ...cost } = event.data;
    return {
      costEntries: [...costEntries, { id, ...cost, logged: stamp(event) }],
      costMinorByCurrency: {
        ...costMinorByCurrency,
        [cost.currency]: (costMinorByCurrency[cost.currency] ?? 0) + cost.amountMinor,
      },
    };
  },
};

/** Time and cost spent on a ticket, with sums. A wrong cost is taken back by a negative one. */
export function effortBlock<Title extends string>({
  title,
  name,
  activeStates,
}: TicketKind<Title>): Block<NamedEvents<Title, typeof effortEvents>, EffortPart> {
  const emit = emitterOf<typeof effortEvents>(title);
  const logTime = `Log${title}Time`;
  const logCost = `Log${title}Cost`;
  return {
    events: nameEvents(title, effortEvents),
    initial: { timeEntries: [], minutesLogged: 0, costEntries: [], costMinorByCurrency: {} },
    folds: nameFolds(title, folds),
    factFolds: {},
    guards: {},
    transitions: { [logTime]: { from: activeStates }, [logCost]: { from: activeStates } },
    commands: {
      [logTime]: defineCommand<EffortPart & ProcessState, LogTime>({
        type: nameCommand(logTime, LogTime),
        summary: 'Book time spent on the ticket.',
        route: 'log-time',
        permission: `${name}:log-time`,
        emits: [`${title}TimeLogged`],
        example: { minutes: 25, comment: 'Remote session.' },
        decide: ({ minutes, workedAt, comment }, { timeEntries }, { now }) =>
          refusalOfFuture('workedAt', workedAt, now) ??
          (timeEntries.length >= ENTRIES_MAX
            ? refuse('too-many', `a ticket has at most ${ENTRIES_MAX} time entries`)
            : [
                emit('TimeLogged', {
                  entry: nextEntry(timeEntries),
                  minutes,
                  workedAt: utc(workedAt ?? now),
                  comment: comment ?? null,
                }),
              ]),
      }),
      [logCost]: defineCommand<EffortPart & ProcessState, LogCost>({
        type: nameCommand(logCost, LogCost),
        summary: 'Book a cost of the ticket.',
        route: 'log-cost',
        permission: `${name}:log-cost`,
        emits: [`${title}CostLogged`],
        example: {
          kind: 'material',
          amountMinor: 4_990,
          currency: 'EUR',
          description: 'Replacement docking station.',
        },
        decide: ({ kind, amountMinor, currency, description }, { costEntries }) => {
          if (amountMinor === 0) return refuse('no-change', 'a cost of zero is none');
          const entry = nextEntry(costEntries);
          return costEntries.length >= ENTRIES_MAX
            ? refuse('too-many', `a ticket has at most ${ENTRIES_MAX} cost entries`)
            : [emit('CostLogged', { entry, kind, amountMinor, currency, description })];
        },
      }),
    },
  };
}
