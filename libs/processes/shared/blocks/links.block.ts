import { defineEvents, refuse, type NewEvent, type ProcessState } from '@ledgerdesk/kernel';
import type { Block, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import {
  Link,
  linkInverses,
  Unlink,
  type LinkTargetKind,
  type LinkType,
} from '../commands/links.commands';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';
import { idOfReference, referenceNeeds } from '../ticket-reference';
import { stamp, type Stamp } from '../ticket-log';

/** The most links that a ticket has at a time. */
export const LINKS_MAX = 2_000;

const linkEvents = defineEvents({
  Linked: {
    version: 1,
    summary: 'The ticket was linked; `inverse` is how the target stands to it.',
    fields: { link: 'integer', type: 'text', inverse: 'text', targetKind: 'text', target: 'text' },
  },
  Unlinked: {
    version: 1,
    summary: 'A link was taken away.',
    fields: {
      link: 'integer',
      type: 'text',
      targetKind: 'text',
      target: 'text',
      reason: 'text|null',
    },
  },
});

/** How a ticket stands to something else. */
export interface TicketLink {
  readonly id: number;
  readonly type: string;
  /** How the target stands to this ticket. */
  readonly inverse: string;
  readonly targetKind: string;
  readonly target: string;
  readonly linked: Stamp;
}

export interface LinksPart {
  readonly links: readonly TicketLink[];
  /** How many links the ticket ever had: the number of the last one. */
  readonly linkCount: number;
}

const folds: Folds<LinksPart, typeof linkEvents> = {
  Linked: ({ links }, event) => {
    const { link: id, ...link } = event.data;
    return { links: [...links, { id, ...link, linked: stamp(event) }], linkCount: id };
  },
  Unlinked: ({ links }, event) => ({ links: links.filter((link) => link.id !== event.data.link) }),
};

const isLinked = defineGuard<LinksPart & ProcessState, Unlink>({
  unless: 'the link is there',
  check: ({ links }, { link: id }) =>
    links.some((link) => link.id === id) ||
    refuse('not-linked', `the ticket has no link ${id}`, { links: links.map((link) => link.id) }),
});

/** A link that is to be: how the ticket stands to the target. */
export interface NewLink {
  readonly type: LinkType;
  readonly targetKind: LinkTargetKind;
  readonly target: string;
}

/** The events of further links, for a command of another kind; none for one that is there. */
export function linksAdded(
  title: string,
  { links, linkCount }: LinksPart,
  added: readonly NewLink[],
): readonly NewEvent[] {
  const emit = emitterOf<typeof linkEvents>(title);
  return added
    .filter(
      ({ type, targetKind, target }) =>
        !links.some(
          (link) => link.type === type && link.targetKind === targetKind && link.target === target,
        ),
    )
    .map((link, index) =>
      emit('Linked', { link: linkCount + index + 1, ...link, inverse: linkInverses[link.type] }),
    );
}

/** The event that takes a link away, for a command of another kind. */
export function linkRemoved(
  title: string,
  { id: link, type, targetKind, target }: TicketLink,
  reason: string,
): NewEvent {
  const emit = emitterOf<typeof linkEvents>(title);
  return emit('Unlinked', { link, type, targetKind, target, reason });
}

/** Links to problems, changes, vendors and what else a ticket has to do with. */
export function linksBlock<Title extends string>({
  title,
  name,
  allStates,
}: TicketKind<Title>): Block<NamedEvents<Title, typeof linkEvents>, LinksPart> {
  const emit = emitterOf<typeof linkEvents>(title);
  const link = `Link${title}`;
  const unlink = `Unlink${title}`;
  return {
    events: nameEvents(title, linkEvents),
    initial: { links: [], linkCount: 0 },
    folds: nameFolds(title, folds),
    factFolds: {},
    guards: { isLinked },
    // A problem is often found after the incident was closed.
    transitions: {
      [link]: { from: allStates },
      [unlink]: { from: allStates, guards: ['isLinked'] },
    },
    commands: {
      [link]: defineCommand<LinksPart & ProcessState, Link>({
        type: nameCommand(link, Link),
        summary: 'Link the ticket to a problem, a change, a vendor or the like.',
        route: 'link',
        permission: `${name}:link`,
        emits: [`${title}Linked`],
        example: { type: 'investigated-by', targetKind: 'problem', target: 'PRB-000017' },
        needs: ({ targetKind, target }) => referenceNeeds(targetKind, target),
        decide: ({ type, targetKind, target: reference }, { links, linkCount }, context) => {
          const target = idOfReference(targetKind, reference, context);
          const isThere = links.some(
            (other) =>
              other.type === type && other.targetKind === targetKind && other.target === target,
          );
          if (isThere) {
            return refuse(
              'already-linked',
              `it is linked to ${targetKind} ${reference} so already`,
            );
          }
          if (links.length >= LINKS_MAX) {
            return refuse('too-many', `a ticket has at most ${LINKS_MAX} links`);
          }
          const inverse = linkInverses[type];
          return [emit('Linked', { link: linkCount + 1, type, inverse, targetKind, target })];
        },
      }),
      [unlink]: defineCommand<LinksPart & ProcessState, Unlink>({
        type: nameCommand(unlink, Unlink),
        summary: 'Take a link away.',
        route: 'unlink',
        permission: `${name}:unlink`,
        emits: [`${title}Unlinked`],
        example: { link: 1, reason: 'Another fault after all.' },
        decide: ({ link: id, reason }, { links }) => {
          const found = links.find((other) => other.id === id);
          const { type = '', targetKind = '', target = '' } = found ?? {};
          return [emit('Unlinked', { link: id, type, targetKind, target, reason: reason ?? null })];
        },
      }),
    },
  };
}
