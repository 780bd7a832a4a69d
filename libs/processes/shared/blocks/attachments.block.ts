import { defineEvents, refuse, type ProcessState } from '@ledgerdesk/kernel';
import type { Block, BlockCommands, TicketKind } from '../block';
import { defineCommand, defineGuard, nameCommand } from '../command-definition';
import { Attach, Detach } from '../commands/attachments.commands';
import { emitterOf, nameEvents, nameFolds, type Folds, type NamedEvents } from '../folding';
import { replaceEntry, stamp, type Stamp } from '../ticket-log';

const ATTACHMENTS_MAX = 1_000;

const attachmentEvents = defineEvents({
  FileAttached: {
    version: 1,
    summary: 'A file was attached; its content is found by its digest.',
    fields: {
      attachment: 'integer',
      digest: 'text',
      name: 'text',
      mediaType: 'text',
      sizeBytes: 'integer',
    },
  },
  FileDetached: {
    version: 1,
    summary: 'A file was taken off the ticket; its content is kept.',
    fields: { attachment: 'integer', digest: 'text', name: 'text', reason: 'text' },
  },
});

/** A file on a ticket, found by the digest of its content. */
export interface Attachment {
  readonly id: number;
  /** SHA-256 of the content. */
  readonly digest: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly attached: Stamp;
  readonly detached: (Stamp & { readonly reason: string }) | null;
}

export interface AttachmentsPart {
  /** Detached ones stay in the list, marked. */
  readonly attachments: readonly Attachment[];
}

const folds: Folds<AttachmentsPart, typeof attachmentEvents> = {
  FileAttached: ({ attachments }, event) => {
    const { attachment: id, ...file } = event.data;
    return {
      attachments: [...attachments, { id, ...file, attached: stamp(event), detached: null }],
    };
  },
  FileDetached: ({ attachments }, event) => ({
    attachments: replaceEntry(attachments, event.data.attachment, (attachment) => ({
      ...attachment,
      detached: { ...stamp(event), reason: event.data.reason },
    })),
  }),
};

/** Files on a ticket, named by the digest of their content. */
export function attachmentsBlock<Title extends string>(
  kind: TicketKind<Title>,
): Block<NamedEvents<Title, typeof attachmentEvents>, AttachmentsPart> {
  const { title, activeStates } = kind;
  return {
    events: nameEvents(title, attachmentEvents),
    initial: { attachments: [] },
    folds: nameFolds(title, folds),
    factFolds: {},
    transitions: {
      [`AttachTo${title}`]: {
        from: activeStates,
        guards: ['isUploaded', 'isOfThatSize', 'isNotAttachedYet'],
      },
      [`DetachFrom${title}`]: { from: activeStates, guards: ['isAttached'] },
    },
    guards: attachmentGuards,
    commands: attachmentCommands(kind),
  };
}

const attachmentGuards = {
  isUploaded: defineGuard<AttachmentsPart & ProcessState, Attach>({
    unless: 'content with this digest was uploaded before',
    check: (_, { digest }, { blobs }) =>
      blobs.has(digest) ||
      refuse('blob-missing', `there is no content with the digest ${digest}; upload it first`, {
        digest,
      }),
  }),
  isOfThatSize: defineGuard<AttachmentsPart & ProcessState, Attach>({
    unless: 'the content has as many bytes as the command says',
    check: (_, { digest, sizeBytes }, { blobs }) =>
      blobs.get(digest) === sizeBytes ||
      refuse(
        'blob-size',
        `the content with the digest ${digest} has ${String(blobs.get(digest))} bytes, not ` +
          `${sizeBytes}; give the size as the upload answered it`,
        { digest, sizeBytes: blobs.get(digest) ?? null },
      ),
  }),
  isNotAttachedYet: defineGuard<AttachmentsPart & ProcessState, Attach>({
    unless: 'no file of that name and content is attached',
    check: ({ attachments }, { digest, name }) =>
      !attachments.some(
        (file) => file.detached === null && file.digest === digest && file.name === name,
      ) || refuse('already-attached', `${name} with this very content is attached already`),
  }),
  isAttached: defineGuard<AttachmentsPart & ProcessState, Detach>({
    unless: 'the attachment is there',
    check: ({ attachments }, { attachment: id }) =>
      attachments[id - 1]?.detached === null ||
      refuse('not-attached', `there is no attachment ${id} on the ticket`, {
        attached: attachments.filter((file) => file.detached === null).map((file) => file.id),
      }),
  }),
};

function attachmentCommands({ title, name: kind }: TicketKind): BlockCommands<AttachmentsPart> {
  const emit = emitterOf<typeof attachmentEvents>(title);
  return {
    [`AttachTo${title}`]: defineCommand<AttachmentsPart & ProcessState, Attach>({
      type: nameCommand(`AttachTo${title}`, Attach),
      summary: 'Attach a file whose content was uploaded before.',
      route: 'attach',
      permission: `${kind}:attach`,
      emits: [`${title}FileAttached`],
      example: {
        digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        name: 'screenshot.png',
        mediaType: 'image/png',
        sizeBytes: 0,
      },
      needs: ({ digest }) => ({ blobs: [digest] }),
      decide: ({ digest, name, mediaType, sizeBytes }, { attachments }) =>
        attachments.length >= ATTACHMENTS_MAX
          ? refuse('too-many', `a ticket has at most ${ATTACHMENTS_MAX} attachments`)
          : [
              emit('FileAttached', {
                attachment: attachments.length + 1,
                digest,
                name,
                mediaType,
                sizeBytes,
              }),
            ],
    }),
    [`DetachFrom${title}`]: defineCommand<AttachmentsPart & ProcessState, Detach>({
      type: nameCommand(`DetachFrom${title}`, Detach),
      summary: 'Take a file off the ticket; its content is kept.',
      route: 'detach',
      permission: `${kind}:detach`,
      emits: [`${title}FileDetached`],
      example: { attachment: 1, reason: 'Belongs to another ticket.' },
      decide: ({ attachment, reason }, { attachments }) => {
        const { digest = '', name = '' } = attachments[attachment - 1] ?? {};
        return [emit('FileDetached', { attachment, digest, name, reason })];
      },
    }),
  };
}
