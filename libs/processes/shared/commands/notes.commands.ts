import { EntryNumber, OneOf, Prose, textLimits } from '../fields';

/** Who may read a note: everybody who sees the ticket, or the people who work on it. */
export const noteVisibilities = ['internal', 'public'] as const;

export type NoteVisibility = (typeof noteVisibilities)[number];

export class AddNote {
  @Prose()
  text!: string;

  @OneOf(noteVisibilities)
  visibility!: NoteVisibility;
}

export class EditNote {
  @EntryNumber()
  note!: number;

  @Prose()
  text!: string;
}

export class RetractNote {
  @EntryNumber()
  note!: number;

  @Prose(textLimits.reason)
  reason!: string;
}

export class RedactNote {
  @EntryNumber()
  note!: number;

  @Prose(textLimits.reason)
  reason!: string;
}
