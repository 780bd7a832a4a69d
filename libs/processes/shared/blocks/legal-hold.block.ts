import { defineEvents, refuse, type ProcessState } from '@ledgerdesk/kernel';
import type { Block, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import { PlaceOnLegalHold, ReleaseFromLegalHold } from '../commands/legal-hold.commands';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';
import { stamp, type Stamp } from '../ticket-log';

const legalHoldEvents = defineEvents({
  PlacedOnLegalHold: {
    version: 1,
    summary: 'The ticket became evidence: nothing of it may be redacted or erased.',
    fields: { reference: 'text', reason: 'text' },
  },
  ReleasedFromLegalHold: {
    version: 1,
    summary: 'The ticket is evidence no longer.',
    fields: { reference: 'text', reason: 'text' },
  },
});

export interface LegalHoldPart {
  readonly legalHold: (Stamp & { readonly reference: string; readonly reason: string }) | null;
}

const folds: Folds<LegalHoldPart, typeof legalHoldEvents> = {
  PlacedOnLegalHold: (_, event) => ({ legalHold: { ...stamp(event), ...event.data } }),
  ReleasedFromLegalHold: ({ legalHold }) => (legalHold === null ? {} : { legalHold: null }),
};

const guards = {
  isNotOnLegalHold: defineGuard<LegalHoldPart & ProcessState>({
    unless: 'the ticket is not on legal hold yet',
    stateOnly: true,
    check: ({ legalHold }) =>
      legalHold === null ||
      refuse('legal-hold', `the ticket is on legal hold already, for ${legalHold.reference}`),
  }),
  isOnLegalHold: defineGuard<LegalHoldPart & ProcessState>({
    unless: 'the ticket is on legal hold',
    stateOnly: true,
    check: ({ legalHold }) =>
      legalHold !== null || refuse('no-legal-hold', 'the ticket is not on legal hold'),
  }),
};

/** Keeps a ticket as evidence: while it is held, redaction is refused. */
export function legalHoldBlock<Title extends string>({
  title,
  name,
  allStates,
}: TicketKind<Title>): Block<NamedEvents<Title, typeof legalHoldEvents>, LegalHoldPart> {
  const emit = emitterOf<typeof legalHoldEvents>(title);
  const place = `Place${title}OnLegalHold`;
  const release = `Release${title}FromLegalHold`;
  return {
    events: nameEvents(title, legalHoldEvents),
    initial: { legalHold: null },
    folds: nameFolds(title, folds),
    factFolds: {},
    guards,
    transitions: {
      [place]: { from: allStates, guards: ['isNotOnLegalHold'] },
      [release]: { from: allStates, guards: ['isOnLegalHold'] },
    },
    commands: {
      [place]: defineCommand<LegalHoldPart & ProcessState, PlaceOnLegalHold>({
        type: nameCommand(place, PlaceOnLegalHold),
        summary: 'Keep the ticket as evidence.',
        route: 'place-on-legal-hold',
        permission: `${name}:legal-hold`,
        emits: [`${title}PlacedOnLegalHold`],
        example: { reference: 'CASE-2026-014', reason: 'Asked for by the legal department.' },
        decide: ({ reference, reason }) => [emit('PlacedOnLegalHold', { reference, reason })],
      }),
      [release]: defineCommand<LegalHoldPart & ProcessState, ReleaseFromLegalHold>({
        type: nameCommand(release, ReleaseFromLegalHold),
        summary: 'End the legal hold.',
        route: 'release-from-legal-hold',
        permission: `${name}:legal-hold`,
        emits: [`${title}ReleasedFromLegalHold`],
        example: { reason: 'The case was settled.' },
        decide: ({ reason }, { legalHold }) => [
          emit('ReleasedFromLegalHold', { reference: legalHold?.reference ?? '', reason }),
        ],
      }),
    },
  };
}
