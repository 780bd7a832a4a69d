import type { EventStore } from '@ledgerdesk/event-store';
import { LedgerdeskError, type EventRegistry, type RecordedEvent } from '@ledgerdesk/kernel';
import type { LoadedTicket } from '../command-request';
import type { ProcessTable } from '../commands/process-table';
import { ABSENT_REVISION, streamOf, type Ticket } from './ticket';
import type { TicketLoader } from './ticket-loader';
import { missingTicket, type TicketReference } from './ticket-reference';

/**
 * An instant on one of three axes: up to a global position, by business time (events that had
 * happened by then), or by recording time (events that were in the log by then). Times are ISO 8601
 * text in UTC with milliseconds, inclusive.
 */
export type TicketInstant =
  { readonly position: bigint } | { readonly occurredAt: string } | { readonly recordedAt: string };

export interface TicketReaderParts {
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly registry: EventRegistry;
  readonly processes: ProcessTable;
  readonly loader: TicketLoader;
  readonly references: TicketReference;
}

/** Reads single tickets from their own streams: always current, and as they were. */
export class TicketReader {
  constructor(private readonly parts: TicketReaderParts) {}

  /**
   * The ticket as of now. Cost: one read of what is behind the cached ticket.
   *
   * @throws LedgerdeskError `missing.process`, `missing.ticket`
   */
  async load(process: string, idOrNumber: string): Promise<LoadedTicket> {
    const { definition } = this.parts.processes.get(process);
    const id = await this.parts.references.idOf(process, idOrNumber);
    const ticket = await this.parts.loader.current(definition, id);
    if (ticket.revision === ABSENT_REVISION) throw missingTicket(process, idOrNumber);
    return loadedTicket(ticket);
  }

  /**
   * The id behind an id or a number; an id is not checked to be there.
   *
   * @throws LedgerdeskError `missing.process`, `missing.ticket` for a number that no ticket has
   */
  async resolveId(process: string, idOrNumber: string): Promise<string> {
    this.parts.processes.get(process);
    return this.parts.references.idOf(process, idOrNumber);
  }

  /**
   * The ticket's events in order, each in the newest version of its type; those behind revision
   * `after` if given. Yields nothing for a ticket that is not there.
   *
   * @throws LedgerdeskError `missing.process`, `missing.ticket` for a number that no ticket has,
   * `incompatible.*`, `corrupt.event-body`
   */
  async *events(
    process: string,
    idOrNumber: string,
    options: { readonly after?: bigint } = {},
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    const stream = streamOf(process, await this.resolveId(process, idOrNumber));
    const from = (options.after ?? ABSENT_REVISION) + 1n;
    for await (const row of this.parts.eventStore.readStream(stream, { from })) {
      yield this.parts.registry.decode(row);
    }
  }

  /**
   * The ticket as it was. By business time, an event that was recorded late counts from when it
   * happened; the events are folded in the order of the stream all the same.
   *
   * @throws LedgerdeskError `missing.process`, `missing.ticket`, `missing.ticket-at` when it was
   * not there yet
   */
  async at(process: string, idOrNumber: string, instant: TicketInstant): Promise<LoadedTicket> {
    const { definition } = this.parts.processes.get(process);
    const id = await this.resolveId(process, idOrNumber);
    let state = definition.initial;
    let last: RecordedEvent | undefined;
    let isThere = false;
    for await (const event of this.events(process, id)) {
      isThere = true;
      if (!hadHappened(event, instant)) continue;
      state = definition.evolve(state, event);
      last = event;
    }
    if (!isThere) throw missingTicket(process, idOrNumber);
    if (last === undefined) throw notThereYet(process, idOrNumber, instant);
    const { stream, revision, position, hash } = last;
    return { process, id, stream, state, revision, position, hash };
  }
}

function loadedTicket({
  process,
  id,
  stream,
  state,
  revision,
  position,
  hash,
}: Ticket): LoadedTicket {
  return { process, id, stream, state, revision, position, hash };
}

function hadHappened(event: RecordedEvent, instant: TicketInstant): boolean {
  if ('position' in instant) return event.position <= instant.position;
  if ('occurredAt' in instant) return event.occurredAt <= instant.occurredAt;
  return event.recordedAt <= instant.recordedAt;
}

function notThereYet(process: string, ticket: string, instant: TicketInstant): LedgerdeskError {
  const [axis = '', at] = Object.entries(instant)[0] ?? [];
  return new LedgerdeskError(
    'missing.ticket-at',
    `the ${process} ${ticket} was not there yet at ${axis} ${String(at)}; ask for a later instant`,
    { details: { process, ticket, [axis]: String(at) } },
  );
}
