import { defineEvents, refuse, type ProcessState } from '@ledgerdesk/kernel';
import type { Block, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import { Correct } from '../commands/correction.commands';
import { textLimits, utc } from '../fields';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';
import { stamp, type Stamp } from '../ticket-log';

const correctionEvents = defineEvents({
  Corrected: {
    version: 1,
    summary: 'A fact was put right, with the reason; the wrong value stays in the history.',
    fields: { field: 'text', from: 'text|null', to: 'text|null', reason: 'text' },
  },
});

/** A fact that was put right, with both values and the reason. */
export interface Correction {
  readonly field: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: string;
  readonly corrected: Stamp;
}

export interface CorrectionPart {
  readonly corrections: readonly Correction[];
}

/**
 * Of a fact: its longest value in UTF-16 code units; the words that there are for it; whether it is
 * a time, and one of what has happened; whether it is never empty.
 */
interface CorrectableFact {
  readonly max?: number;
  readonly words?: readonly string[];
  readonly time?: 'any' | 'past';
  /** Of a time: the fact before or after which it does not lie. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly required?: true;
}

export interface CorrectionOptions<State> {
  /** By field of the state. Never the state itself, a count, or who did what when. */
  readonly facts: Readonly<Record<string, CorrectableFact>>;
  /** What else follows from a corrected fact, in a ticket and in lists. */
  readonly apply: (field: string, to: string | null) => Partial<State>;
  /** The same without what grows. */
  readonly applyToFacts: (field: string, to: string | null) => Partial<State>;
}

/** The compensating event: facts are put right in any state, also after the end. */
export function correctionBlock<Title extends string, State>(
  { title, name, allStates }: TicketKind<Title>,
  { facts, apply, applyToFacts }: CorrectionOptions<State>,
): Block<NamedEvents<Title, typeof correctionEvents>, CorrectionPart> {
  const emit = emitterOf<typeof correctionEvents>(title);
  const correct = `Correct${title}`;
  const folds: Folds<CorrectionPart, typeof correctionEvents> = {
    Corrected: ({ corrections }, event) => ({
      corrections: [...corrections, { ...event.data, corrected: stamp(event) }],
      ...(Object.hasOwn(facts, event.data.field) && apply(event.data.field, event.data.to)),
    }),
  };
  const factFolds: Folds<object, typeof correctionEvents> = {
    Corrected: (_, { data: { field, to } }) =>
      Object.hasOwn(facts, field) ? applyToFacts(field, to) : {},
  };
  return {
    events: nameEvents(title, correctionEvents),
    initial: { corrections: [] },
    folds: nameFolds(title, folds),
    factFolds: nameFolds(title, factFolds),
    guards: { isCorrectable: correctableGuard(facts) },
    transitions: { [correct]: { from: allStates, guards: ['isCorrectable'] } },
    commands: {
      [correct]: defineCommand<CorrectionPart & ProcessState, Correct>({
        type: nameCommand(correct, Correct),
        summary: 'Put a fact right, with the reason; never the state.',
        route: 'correct',
        permission: `${name}:correct`,
        emits: [`${title}Corrected`],
        example: { field: 'category', value: 'network', reason: 'Found in the monthly review.' },
        decide: ({ field, value, reason }, state) => {
          const from = (Reflect.get(state, field) ?? null) as string | null;
          const given = value ?? null;
          const to = given !== null && facts[field]?.time !== undefined ? utc(given) : given;
          return from === to
            ? refuse('no-change', `${field} has this very value already`)
            : [emit('Corrected', { field, from, to, reason })];
        },
      }),
    },
  };
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

function correctableGuard(
  facts: Readonly<Record<string, CorrectableFact>>,
): ReturnType<typeof defineGuard<CorrectionPart & ProcessState, Correct>> {
  const names = Object.keys(facts);
  return defineGuard<CorrectionPart & ProcessState, Correct>({
    unless: `the field is one of ${names.join(', ')} and the value fits it`,
    check: (state, { field, value }, { now }) => {
      const fact = Object.hasOwn(facts, field) ? facts[field] : undefined;
      if (fact === undefined) {
        return refuse('not-correctable', `${field} is no fact that a correction may touch`, {
          correctable: names,
        });
      }
      const fault = faultOf(value ?? null, fact, now) ?? disorderOf(value ?? null, fact, state);
      return fault === undefined || refuse('correction-value', `${field} ${fault}`, { field });
    },
  });
}

function disorderOf(
  value: string | null,
  { notBefore = '', notAfter = '' }: CorrectableFact,
  state: object,
): string | undefined {
  if (value === null) return undefined;
  const atMs = Date.parse(value);
  const msOf = (fact: string): number => Date.parse(String(Reflect.get(state, fact)));
  if (atMs < msOf(notBefore)) return `does not lie before ${notBefore}`;
  return atMs > msOf(notAfter) ? `does not lie after ${notAfter}` : undefined;
}

function faultOf(
  value: string | null,
  { max, words, time, required }: CorrectableFact,
  now: string,
): string | undefined {
  if (value === null) return required === true ? 'cannot be taken away, only replaced' : undefined;
  if (max !== undefined && value.length > max) return `has at most ${max} characters`;
  if (max !== undefined && max <= textLimits.title && /[\n\r\t]/.test(value)) return 'is one line';
  if (words?.includes(value) === false) return `is one of ${words.join(', ')}`;
  if (time === undefined) return undefined;
  if (!INSTANT.test(value) || Number.isNaN(Date.parse(value))) {
    return 'is a time: ISO 8601 with an offset, such as 2026-03-01T09:30:00Z';
  }
  const isToCome = time === 'past' && Date.parse(value) > Date.parse(now);
  return isToCome ? `does not lie in the future; it is ${now} now` : undefined;
}
