import { EntryNumber, Line, OneOf, Optional, Prose, textLimits } from '../fields';
import { NamesTicket } from '../named-tickets';
import { ticketKinds } from '../ticket-reference';

/** How one thing stands to another, and how that other stands to the first. */
export const linkInverses = {
  'relates-to': 'relates-to',
  'caused-by': 'causes',
  causes: 'caused-by',
  'fixed-by': 'fixes',
  fixes: 'fixed-by',
  'blocked-by': 'blocks',
  blocks: 'blocked-by',
  'investigated-by': 'investigates',
  investigates: 'investigated-by',
  'handled-by': 'handles',
  handles: 'handled-by',
  affects: 'affected-by',
  'affected-by': 'affects',
} as const;

export type LinkType = keyof typeof linkInverses;

const linkTypes = Object.keys(linkInverses) as readonly LinkType[];

const linkTargetKinds = [
  'incident',
  'request',
  'problem',
  'known-error',
  'change',
  'configuration-item',
  'service',
  'vendor',
  'knowledge',
  'other',
] as const;

export type LinkTargetKind = (typeof linkTargetKinds)[number];

export class Link {
  @OneOf(linkTypes)
  type!: LinkType;

  @OneOf(linkTargetKinds)
  targetKind!: LinkTargetKind;

  /** Id or number of what is linked; a thing of another system need not be known here. */
  @Line(textLimits.reference)
  @NamesTicket<Link>(({ targetKind }) => ticketKinds.find((kind) => kind === targetKind), {
    mayBeElsewhere: true,
  })
  target!: string;
}

export class Unlink {
  @EntryNumber()
  link!: number;

  @Optional()
  @Prose(textLimits.reason)
  reason?: string | null;
}
