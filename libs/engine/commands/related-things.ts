import {
  LedgerdeskError,
  type DecisionContext,
  type ProcessState,
  type RelatedTicket,
} from '@ledgerdesk/kernel';
import type { BlobStore } from '../blobs/blob-store';
import type { TicketLoader } from '../tickets/ticket-loader';
import { ABSENT_REVISION } from '../tickets/ticket';
import type { TicketReference } from '../tickets/ticket-reference';
import type { CommandLimits } from './command-limits';
import type { CommandPlan } from './command-plan';

/** What a command's `needs` asked for, as of now. */
export type RelatedThings = Pick<DecisionContext, 'tickets' | 'blobs'>;

const NOTHING: RelatedThings = { tickets: new Map(), blobs: new Set() };

export interface RelatedThingsOptions {
  readonly loader: TicketLoader;
  readonly references: TicketReference;
  readonly blobs: Pick<BlobStore, 'has'>;
  readonly limits: Pick<CommandLimits, 'relatedTicketsMax' | 'relatedBlobsMax'>;
}

/** Fetches the other tickets and the blobs that a decision has to look at. */
export class RelatedThingsReader {
  constructor(private readonly options: RelatedThingsOptions) {}

  /** @throws LedgerdeskError `limit.related` */
  async read(
    { command, process, request }: CommandPlan,
    state: ProcessState,
  ): Promise<RelatedThings> {
    const { needs } = command.definition;
    if (needs === undefined) return NOTHING;
    const asked = needs(request.command as Readonly<Record<string, unknown>>, state);
    const { relatedTicketsMax, relatedBlobsMax } = this.options.limits;
    assertWithin('tickets', asked.tickets?.length ?? 0, relatedTicketsMax);
    assertWithin('blobs', asked.blobs?.length ?? 0, relatedBlobsMax);
    const tickets = new Map<string, RelatedTicket>();
    for (const reference of asked.tickets ?? []) {
      const id = await this.options.references.find(process.definition.name, reference);
      if (id === undefined) continue;
      // As of now: unlike the command's own ticket, no expected revision guards this one.
      const ticket = await this.options.loader.current(process.definition, id);
      if (ticket.revision !== ABSENT_REVISION) {
        tickets.set(reference, { id, state: ticket.state });
      }
    }
    const blobs = new Set<string>();
    for (const digest of asked.blobs ?? []) {
      if (await this.options.blobs.has(digest)) blobs.add(digest);
    }
    return { tickets, blobs };
  }
}

function assertWithin(what: string, count: number, max: number): void {
  if (count <= max) return;
  throw new LedgerdeskError(
    'limit.related',
    `the command refers to ${count} ${what}; at most ${max} are taken`,
    { details: { what, count, max } },
  );
}
