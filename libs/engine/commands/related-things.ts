import {
  LedgerdeskError,
  ticketKey,
  type DecisionContext,
  type DecisionNeeds,
  type ProcessDefinition,
  type ProcessState,
  type RelatedTicket,
  type TicketAddress,
  type TicketListing,
  type TicketSearch,
} from '@ledgerdesk/kernel';
import type { BlobStore } from '../blobs/blob-store';
import type { TicketLoader } from '../tickets/ticket-loader';
import { ABSENT_REVISION, streamOf } from '../tickets/ticket';
import type { TicketReference } from '../tickets/ticket-reference';
import type { TicketFinder } from '../tickets/ticket-search';
import type { CommandLimits } from './command-limits';
import type { CommandPlan } from './command-plan';
import type { ProcessTable } from './process-table';

/** What a command's `needs` asked for, as of now. */
type RelatedThings = Pick<DecisionContext, 'tickets' | 'related' | 'blobs' | 'listed'>;

/** The things, and the streams of the tickets among them, also of those that are not there yet. */
export interface RelatedReading {
  readonly things: RelatedThings;
  readonly streams: readonly string[];
}

/** Of a command that needs nothing. */
const NOTHING_RELATED: RelatedReading = {
  things: { tickets: new Map(), related: new Map(), blobs: new Map() },
  streams: [],
};

export interface RelatedThingsOptions {
  readonly processes: ProcessTable;
  readonly loader: Pick<TicketLoader, 'current'>;
  readonly references: TicketReference;
  readonly blobs: Pick<BlobStore, 'sizeOf'>;
  readonly finder: TicketFinder;
  readonly limits: Pick<CommandLimits, 'relatedTicketsMax' | 'relatedBlobsMax'>;
}

/** How many tickets one search may bring along. */
const LISTED_MAX = 999;

/** Fetches the other tickets and the blobs that a decision has to look at. */
export class RelatedThingsReader {
  constructor(private readonly options: RelatedThingsOptions) {}

  /**
   * No promise where nothing is asked for.
   *
   * @throws LedgerdeskError `limit.related`, `missing.process`, `unavailable.projection-behind`
   */
  read(plan: CommandPlan, state: ProcessState): RelatedReading | Promise<RelatedReading> {
    const { needs } = plan.command.definition;
    const asked = needs?.(plan.request.command as Readonly<Record<string, unknown>>, state);
    return asked === undefined || isNothing(asked) ? NOTHING_RELATED : this.fetch(plan, asked);
  }

  private async fetch({ process }: CommandPlan, asked: DecisionNeeds): Promise<RelatedReading> {
    const { relatedTicketsMax, relatedBlobsMax } = this.options.limits;
    const related = asked.related ?? [];
    assertWithin('tickets', (asked.tickets?.length ?? 0) + related.length, relatedTicketsMax);
    assertWithin('blobs', asked.blobs?.length ?? 0, relatedBlobsMax);
    const streams: string[] = [];
    const things = {
      tickets: await this.ticketsOf(process.definition, asked.tickets ?? [], streams),
      related: await this.relatedOf(related, streams),
      blobs: await this.blobsOf(asked.blobs ?? []),
      ...(asked.listed && { listed: await this.listedOf(asked.listed) }),
    };
    return { things, streams };
  }

  private async ticketsOf(
    process: ProcessDefinition,
    references: readonly string[],
    streams: string[],
  ): Promise<ReadonlyMap<string, RelatedTicket>> {
    const found = new Map<string, RelatedTicket>();
    for (const reference of references) {
      const ticket = await this.find(process, reference, streams);
      if (ticket !== undefined) found.set(reference, ticket);
    }
    return found;
  }

  private async relatedOf(
    addresses: readonly TicketAddress[],
    streams: string[],
  ): Promise<ReadonlyMap<string, RelatedTicket>> {
    const found = new Map<string, RelatedTicket>();
    for (const address of addresses) {
      const { definition } = this.options.processes.get(address.process);
      const ticket = await this.find(definition, address.ticket, streams);
      if (ticket !== undefined) found.set(ticketKey(address), ticket);
    }
    return found;
  }

  // As of now: unlike the command's own ticket, no expected revision guards this one.
  private async find(
    process: ProcessDefinition,
    reference: string,
    streams: string[],
  ): Promise<RelatedTicket | undefined> {
    const id = await this.options.references.find(process.name, reference);
    if (id === undefined) return undefined;
    streams.push(streamOf(process.name, id));
    const ticket = await this.options.loader.current(process, id);
    const { state, revision } = ticket;
    return revision === ABSENT_REVISION ? undefined : { id, state, revision };
  }

  // What a list finds is looked at without waiting for its turn: there may be hundreds.
  private async listedOf(
    searches: Readonly<Record<string, TicketSearch>>,
  ): Promise<Readonly<Record<string, TicketListing>>> {
    const listings: Record<string, TicketListing> = {};
    for (const [name, search] of Object.entries(searches)) {
      assertWithin('listed tickets', search.max, LISTED_MAX);
      const { definition } = this.options.processes.get(search.process);
      const { ids, position, isCut } = await this.options.finder.search(search);
      const tickets: RelatedTicket[] = [];
      for (const id of ids) {
        const { state, revision } = await this.options.loader.current(definition, id);
        if (revision !== ABSENT_REVISION) tickets.push({ id, state, revision });
      }
      listings[name] = { tickets, position: position.toString(), isCut };
    }
    return listings;
  }

  private async blobsOf(digests: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    for (const digest of digests) {
      const sizeBytes = await this.options.blobs.sizeOf(digest);
      if (sizeBytes !== undefined) found.set(digest, sizeBytes);
    }
    return found;
  }
}

function isNothing({ tickets, related, blobs, listed }: DecisionNeeds): boolean {
  return [tickets, related, blobs].every((asked) => !asked?.length) && listed === undefined;
}

function assertWithin(what: string, count: number, max: number): void {
  if (count <= max) return;
  throw new LedgerdeskError(
    'limit.related',
    `the command refers to ${count} ${what}; at most ${max} are taken`,
    { details: { what, count, max } },
  );
}
