import type { ProcessState } from '@ledgerdesk/kernel';
import type { ProcessModel } from '@ledgerdesk/kernel/testing';
import type { TicketParts } from '../shared/ticket-blocks';

type Body = Readonly<Record<string, unknown>>;
type Parts = Partial<TicketParts>;

/** Bodies that the guards of the ticket blocks let through, for the model of any process. */
export function ticketBodies<State extends ProcessState>(
  title: string,
  correctable?: string,
): ProcessModel<State>['bodies'] {
  const bodies: Record<string, (state: State & Parts) => Body | undefined> = {
    [`Edit${title}Note`]: ({ notes = [] }) => {
      const note = notes.find(({ retracted, redacted }) => retracted === null && redacted === null);
      return note && { note: note.id, text: other(note.text, 'One', 'Two') };
    },
    [`Retract${title}Note`]: ({ notes = [] }) => {
      const note = notes.find(({ retracted, redacted }) => retracted === null && redacted === null);
      return note && { note: note.id, reason: 'r' };
    },
    [`Redact${title}Note`]: ({ notes = [], legalHold = null }) => {
      const note = notes.find(({ redacted }) => redacted === null);
      return note && legalHold === null ? { note: note.id, reason: 'r' } : undefined;
    },
    [`Watch${title}`]: ({ watchers = [] }) =>
      watchers.includes('eve') ? undefined : { watcher: 'eve' },
    [`Unwatch${title}`]: ({ watchers = [] }) =>
      watchers.includes('eve') ? { watcher: 'eve' } : undefined,
    [`AttachTo${title}`]: ({ attachments = [] }) => ({
      digest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      name: `plan-${attachments.length}.pdf`,
      mediaType: 'application/pdf',
      sizeBytes: 0,
    }),
    [`DetachFrom${title}`]: ({ attachments = [] }) => {
      const file = attachments.find(({ detached }) => detached === null);
      return file && { attachment: file.id, reason: 'r' };
    },
    [`Link${title}`]: ({ linkCount = 0 }) => ({
      type: 'relates-to',
      targetKind: 'incident',
      target: `INC-${linkCount}`,
    }),
    [`Unlink${title}`]: ({ links = [] }) => links[0] && { link: links[0].id },
    [`Place${title}OnLegalHold`]: ({ legalHold = null }) =>
      legalHold === null ? { reference: 'CASE-1', reason: 'r' } : undefined,
    [`Release${title}FromLegalHold`]: ({ legalHold = null }) =>
      legalHold === null ? undefined : { reason: 'r' },
    [`Escalate${title}`]: ({ escalations = [] }) => ({
      kind: 'functional',
      to: other(escalations[0]?.to, 'tier-2', 'tier-3'),
      reason: 'r',
    }),
    [`Deescalate${title}`]: ({ isEscalated = false }) =>
      isEscalated ? { kind: 'functional', reason: 'r' } : undefined,
  };
  if (correctable !== undefined) {
    bodies[`Correct${title}`] = (state) => ({
      field: correctable,
      value: other(Reflect.get(state, correctable), 'One', 'Two'),
      reason: 'r',
    });
  }
  return bodies;
}

/** The digest that a body names, as a blob that is there with the size that it names. */
export function blobsOf({ digest, sizeBytes }: Body): ReadonlyMap<string, number> {
  return new Map(typeof digest === 'string' ? [[digest, Number(sizeBytes)]] : []);
}

function other(value: unknown, one: string, two: string): string {
  return value === one ? two : one;
}
