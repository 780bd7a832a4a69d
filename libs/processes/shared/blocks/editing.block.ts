import {
  isRefusal,
  refuse,
  type CommandClass,
  type Decision,
  type EventDefinition,
  type NewEvent,
  type ProcessState,
  type Transition,
} from '@ledgerdesk/kernel';
import type { Block, TicketKind } from '../block';
import { defineCommand } from '../command-definition';
import { excerptOf } from '../excerpt';
import type { FoldTable } from '../folding';

/** A fact of the state that people may edit, under the name that it has in the state. */
interface EditableFact {
  /** Default: one text. */
  readonly kind?: 'text' | 'text[]';
  /** It may be replaced, never taken away. */
  readonly required?: true;
  /**
   * Prose that only the ticket itself keeps; its beginning is kept for lists under this name where
   * there is one.
   */
  readonly prose?: true | { readonly excerpt: string };
}

export interface EditingOptions<State> {
  /** `Edit<Title>`: a field for each fact, each optional. Absent: stays; null: taken away. */
  readonly type: CommandClass;
  readonly example: Readonly<Record<string, unknown>>;
  readonly from: readonly string[];
  readonly guards?: readonly string[];
  readonly facts: Readonly<Partial<Record<keyof State & string, EditableFact>>>;
  /** Where an edit may move the ticket, by the state before it. */
  readonly targets?: Transition['targets'];
  /** What follows from the edit of these facts, and the types that this may give. */
  readonly emits?: readonly string[];
  readonly afterwards?: (facts: readonly string[], state: State) => readonly NewEvent[];
}

type Value = string | readonly string[] | null;

/**
 * One command that edits facts of a ticket, and one event for each fact that changed, with the
 * value before it: `symptom` of a known error gives `KnownErrorSymptomChanged`.
 */
export function editingBlock<State extends ProcessState>(
  { title, name }: TicketKind,
  options: EditingOptions<State>,
): Block<Readonly<Record<string, EventDefinition>>> {
  const { type, example, from, guards = [], facts, targets, emits = [], afterwards } = options;
  const entries = Object.entries(facts as Readonly<Record<string, EditableFact>>);
  const eventOf = (fact: string): string => changedEvent(title, fact);
  const edit = `Edit${title}`;
  return {
    events: Object.fromEntries(entries.map(([fact, { kind }]) => [eventOf(fact), changed(kind)])),
    initial: {},
    folds: Object.fromEntries(entries.map(([fact, of]) => [eventOf(fact), wholeFoldOf(fact, of)])),
    factFolds: factFoldsOf(title, entries),
    guards: {},
    transitions: {
      [edit]: { from, ...(targets && { targets }), ...(guards.length > 0 && { guards }) },
    },
    commands: {
      [edit]: defineCommand<ProcessState, object>({
        type,
        summary: 'Edit what is said of it; what is absent stays as it is, null takes it away.',
        route: 'edit',
        permission: `${name}:edit`,
        emits: [...entries.map(([fact]) => eventOf(fact)), ...emits],
        example,
        decide: (command, state) => {
          const edits = editsOf(title, entries, command, state);
          if (afterwards === undefined || isRefusal(edits)) return edits;
          const types = edits.map((event) => event.type);
          const edited = entries
            .map(([fact]) => fact)
            .filter((fact) => types.includes(eventOf(fact)));
          return [...edits, ...afterwards(edited, state as State)];
        },
      }),
    },
  };
}

/** Name of the event that says that a fact was edited. */
function changedEvent(title: string, fact: string): string {
  return `${title}${fact.slice(0, 1).toUpperCase()}${fact.slice(1)}Changed`;
}

function changed(kind: EditableFact['kind'] = 'text'): EventDefinition {
  const type = kind === 'text' ? 'text|null' : 'text[]';
  return { version: 1, summary: 'The fact was edited.', fields: { from: type, to: type } };
}

type Entries = readonly (readonly [fact: string, of: EditableFact])[];

function foldOf(fact: string): (state: never, event: never) => object {
  return (_, { data }: { data: { to: Value } }) => ({ [fact]: data.to });
}

function wholeFoldOf(fact: string, { prose }: EditableFact): ReturnType<typeof foldOf> {
  if (typeof prose !== 'object') return foldOf(fact);
  return (_, { data: { to } }: { data: { to: string | null } }) => ({
    [fact]: to,
    [prose.excerpt]: excerptOf(to),
  });
}

function factFoldsOf(title: string, entries: Entries): FoldTable {
  const folds: [string, FoldTable[string]][] = [];
  for (const [fact, { prose }] of entries) {
    const event = changedEvent(title, fact);
    if (prose === undefined) folds.push([event, foldOf(fact)]);
    if (typeof prose === 'object') {
      const fold = (_: never, { data }: { data: { to: string | null } }): object => ({
        [prose.excerpt]: excerptOf(data.to),
      });
      folds.push([event, fold]);
    }
  }
  return Object.fromEntries(folds);
}

function editsOf(title: string, entries: Entries, command: object, state: object): Decision {
  const events: NewEvent[] = [];
  for (const [fact, { kind = 'text', required }] of entries) {
    const given = Reflect.get(command, fact) as Value | undefined;
    if (given === undefined) continue;
    if (given === null && required === true) {
      return refuse('required', `${fact} cannot be taken away, only replaced`, { field: fact });
    }
    const to = given ?? (kind === 'text' ? null : []);
    const from = Reflect.get(state, fact) as Value;
    if (isSame(from, to)) continue;
    events.push({ type: changedEvent(title, fact), data: { from, to } });
  }
  return events.length > 0
    ? events
    : refuse('no-change', 'nothing differs from what is said of it');
}

function isSame(one: Value, other: Value): boolean {
  if (one === null || other === null || typeof one === 'string' || typeof other === 'string') {
    return one === other;
  }
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
