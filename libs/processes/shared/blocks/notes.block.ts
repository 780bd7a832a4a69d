import {
  defineEvents,
  refuse,
  type NewEvent,
  type ProcessState,
  type Refusal,
} from '@ledgerdesk/kernel';
import type { Block, BlockCommands, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import {
  AddNote,
  EditNote,
  noteVisibilities,
  RedactNote,
  RetractNote,
  type NoteVisibility,
} from '../commands/notes.commands';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';
import { replaceEntry, stamp, type Stamp } from '../ticket-log';

/** What stands in the folded ticket in place of a redacted text. */
export const REDACTED = '[redacted]';

const NOTES_MAX = 5_000;

const noteEvents = defineEvents({
  NoteAdded: {
    version: 1,
    summary: 'A note was written.',
    fields: { note: 'integer', text: 'text', visibility: noteVisibilities },
  },
  NoteEdited: {
    version: 1,
    summary: 'The text of a note was replaced; the ticket keeps each version.',
    fields: { note: 'integer', from: 'text', to: 'text' },
  },
  NoteRetracted: {
    version: 1,
    summary: 'A note was declared void; it stays readable.',
    fields: { note: 'integer', reason: 'text' },
  },
  NoteRedacted: {
    version: 1,
    summary:
      'All versions of a note were blotted out of the folded ticket. The earlier events keep ' +
      'the text until personal data is encrypted.',
    fields: { note: 'integer', reason: 'text' },
  },
});

/** A note with all its versions. */
export interface Note {
  /** Counts from 1 within the ticket. */
  readonly id: number;
  readonly text: string;
  readonly visibility: NoteVisibility;
  readonly written: Stamp;
  /** Earlier texts, the oldest first, each with when it was replaced and by whom. */
  readonly earlier: readonly { readonly text: string; readonly replaced: Stamp }[];
  readonly retracted: (Stamp & { readonly reason: string }) | null;
  readonly redacted: (Stamp & { readonly reason: string }) | null;
}

export interface NotesPart {
  readonly notes: readonly Note[];
}

/** What the guard against redaction has to see. */
interface RedactionPart extends NotesPart {
  readonly legalHold?: object | null;
}

const folds: Folds<NotesPart, typeof noteEvents> = {
  NoteAdded: ({ notes }, event) => {
    const { note: id, text, visibility } = event.data;
    const written = stamp(event);
    const note = { id, text, visibility, written, earlier: [], retracted: null, redacted: null };
    return { notes: [...notes, note] };
  },
  NoteEdited: ({ notes }, event) => ({
    notes: replaceEntry(notes, event.data.note, (note) => ({
      ...note,
      text: event.data.to,
      earlier: [...note.earlier, { text: note.text, replaced: stamp(event) }],
    })),
  }),
  NoteRetracted: ({ notes }, event) => ({
    notes: replaceEntry(notes, event.data.note, (note) => ({
      ...note,
      retracted: { ...stamp(event), reason: event.data.reason },
    })),
  }),
  NoteRedacted: ({ notes }, event) => ({
    notes: replaceEntry(notes, event.data.note, (note) => ({
      ...note,
      text: REDACTED,
      earlier: note.earlier.map((version) => ({ ...version, text: REDACTED })),
      redacted: { ...stamp(event), reason: event.data.reason },
    })),
  }),
};

/**
 * Notes: written, edited with all versions kept, retracted or redacted, each with who and when. A
 * redacted text is gone from every folded ticket; the event that first carried it stays in the log,
 * which cannot forget before personal data is encrypted under keys that can be destroyed.
 */
export function notesBlock<Title extends string>(
  kind: TicketKind<Title>,
): Block<NamedEvents<Title, typeof noteEvents>, NotesPart> {
  const { title, activeStates, allStates } = kind;
  return {
    events: nameEvents(title, noteEvents),
    initial: { notes: [] },
    folds: nameFolds(title, folds),
    factFolds: {},
    transitions: {
      [`Add${title}Note`]: { from: activeStates },
      [`Edit${title}Note`]: { from: activeStates, guards: ['isNoteEditable'] },
      [`Retract${title}Note`]: { from: activeStates, guards: ['isNoteEditable'] },
      [`Redact${title}Note`]: { from: allStates, guards: ['isFreeOfLegalHold', 'isNoteLegible'] },
    },
    guards: noteGuards,
    commands: noteCommands(kind),
  };
}

/** The event of a further note, for a command of another kind that has to say something. */
export function noteAdded(
  title: string,
  { notes }: NotesPart,
  { text, visibility }: { readonly text: string; readonly visibility: NoteVisibility },
): NewEvent {
  const note = notes.length + 1;
  return emitterOf<typeof noteEvents>(title)('NoteAdded', { note, text, visibility });
}

const noteGuards = {
  isNoteEditable: defineGuard<NotesPart & ProcessState, { note: number }>({
    unless: 'the note is there, neither retracted nor redacted',
    check: ({ notes }, { note: id }) => {
      const note = notes[id - 1];
      if (note === undefined) return noSuchNote(id, notes.length);
      if (note.retracted === null && note.redacted === null) return true;
      return refuse('note-void', `note ${id} is retracted or redacted; add a new note instead`);
    },
  }),
  isNoteLegible: defineGuard<NotesPart & ProcessState, { note: number }>({
    unless: 'the note is there and not redacted yet',
    check: ({ notes }, { note: id }) => {
      const note = notes[id - 1];
      if (note === undefined) return noSuchNote(id, notes.length);
      return note.redacted === null || refuse('already-redacted', `note ${id} is redacted already`);
    },
  }),
  isFreeOfLegalHold: defineGuard<RedactionPart & ProcessState>({
    unless: 'no legal hold lies on the ticket',
    stateOnly: true,
    check: ({ legalHold }) =>
      (legalHold ?? null) === null ||
      refuse('legal-hold', 'the ticket is on legal hold: nothing of it is redacted before release'),
  }),
};

function noteCommands({ title, name }: TicketKind): BlockCommands<NotesPart> {
  const emit = emitterOf<typeof noteEvents>(title);
  return {
    [`Add${title}Note`]: defineCommand<NotesPart & ProcessState, AddNote>({
      type: nameCommand(`Add${title}Note`, AddNote),
      summary: 'Write a note, for the people who work on the ticket or for everybody who sees it.',
      route: 'add-note',
      permission: `${name}:add-note`,
      emits: [`${title}NoteAdded`],
      example: { text: 'Caller confirms that it happens on Wi-Fi only.', visibility: 'internal' },
      decide: ({ text, visibility }, { notes }) =>
        notes.length >= NOTES_MAX
          ? refuse('too-many', `a ticket has at most ${NOTES_MAX} notes`)
          : [emit('NoteAdded', { note: notes.length + 1, text, visibility })],
    }),
    [`Edit${title}Note`]: defineCommand<NotesPart & ProcessState, EditNote>({
      type: nameCommand(`Edit${title}Note`, EditNote),
      summary: 'Replace the text of a note; the earlier versions stay readable.',
      route: 'edit-note',
      permission: `${name}:edit-note`,
      emits: [`${title}NoteEdited`],
      example: { note: 1, text: 'Caller confirms that it happens on the guest Wi-Fi only.' },
      decide: ({ note, text }, { notes }) => {
        const from = notes[note - 1]?.text ?? '';
        if (from === text) return refuse('no-change', `note ${note} has this very text already`);
        return [emit('NoteEdited', { note, from, to: text })];
      },
    }),
    [`Retract${title}Note`]: defineCommand<NotesPart & ProcessState, RetractNote>({
      type: nameCommand(`Retract${title}Note`, RetractNote),
      summary: 'Declare a note void; it stays readable.',
      route: 'retract-note',
      permission: `${name}:retract-note`,
      emits: [`${title}NoteRetracted`],
      example: { note: 1, reason: 'Written on the wrong ticket.' },
      decide: ({ note, reason }) => [emit('NoteRetracted', { note, reason })],
    }),
    [`Redact${title}Note`]: defineCommand<NotesPart & ProcessState, RedactNote>({
      type: nameCommand(`Redact${title}Note`, RedactNote),
      summary: 'Blot a note out of the folded ticket, in all its versions.',
      route: 'redact-note',
      permission: `${name}:redact-note`,
      emits: [`${title}NoteRedacted`],
      example: { note: 1, reason: 'Contains a password.' },
      decide: ({ note, reason }) => [emit('NoteRedacted', { note, reason })],
    }),
  };
}

function noSuchNote(id: number, count: number): Refusal {
  return refuse('no-such-note', `there is no note ${id}; the ticket has ${count}`, { count });
}
