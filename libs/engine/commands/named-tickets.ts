import { refuse, type NamedTicket, type Refusal } from '@ledgerdesk/kernel';
import { isUuid } from '../ids';
import { ABSENT_REVISION } from '../tickets/ticket';
import type { TicketLoader } from '../tickets/ticket-loader';
import type { TicketReference } from '../tickets/ticket-reference';
import type { CommandPlan } from './command-plan';
import type { ProcessTable } from './process-table';

/** How many of those that are not there one refusal names. */
const MISSING_NAMED_MAX = 10;

const NUMBER = /^([a-z]+)-\d+$/i;

export interface NamedTicketsOptions {
  readonly processes: ProcessTable;
  readonly loader: Pick<TicketLoader, 'current'>;
  readonly references: TicketReference;
}

const NONE: readonly NamedTicket[] = [];

/**
 * Asks whether the tickets that a command names are there. Only of people and integrators: a flow
 * names what it saw, a companion may be ahead of what it names, and an import tells what another
 * tool knew. Tickets do not go away, so nobody has to wait for their turn.
 */
export class NamedTicketsCheck {
  private readonly processOfPrefix: ReadonlyMap<string, string>;

  constructor(private readonly options: NamedTicketsOptions) {
    this.processOfPrefix = new Map(
      [...options.processes.definitions.values()].map(({ numberPrefix, name }) => [
        numberPrefix,
        name,
      ]),
    );
  }

  /** The tickets that have to be asked for. */
  of({ command, request, isCompanion }: CommandPlan): readonly NamedTicket[] {
    const { names } = command.definition;
    const { kind } = request.origin;
    if (names === undefined || isCompanion || (kind !== 'api' && kind !== 'cli')) return NONE;
    return names(request.command as Readonly<Record<string, unknown>>);
  }

  /** What stands against naming these. Cost: one look-up for each. */
  async refusalOf(tickets: readonly NamedTicket[]): Promise<Refusal | undefined> {
    const missing: NamedTicket[] = [];
    for (const named of tickets) {
      if (await this.isThere(named)) continue;
      missing.push(named);
      if (missing.length === MISSING_NAMED_MAX) break;
    }
    const [first] = missing;
    return first === undefined ? undefined : this.unknown(first, missing);
  }

  private async isThere(named: NamedTicket): Promise<boolean> {
    const { process, ticket, mayBeElsewhere } = named;
    const kind = this.kindOf(ticket);
    if (kind === undefined && mayBeElsewhere && !isUuid(ticket.toLowerCase())) return true;
    if (kind !== undefined && kind !== process) return false;
    const { loader, processes, references } = this.options;
    const id = await references.find(process, ticket);
    if (id === undefined) return false;
    const { revision } = await loader.current(processes.get(process).definition, id);
    return revision !== ABSENT_REVISION;
  }

  /** The process whose numbers read like this. */
  private kindOf(ticket: string): string | undefined {
    return this.processOfPrefix.get(NUMBER.exec(ticket)?.[1]?.toUpperCase() ?? '');
  }

  private unknown({ field, process, ticket }: NamedTicket, all: readonly NamedTicket[]): Refusal {
    const kind = this.kindOf(ticket);
    const { numberPrefix } = this.options.processes.get(process).definition;
    const fault =
      kind === undefined || kind === process
        ? `there is no ${process} ${ticket}`
        : `${ticket} is the number of another kind (${kind}), not of this one (${process})`;
    return refuse(
      'related-missing',
      `${field}: ${fault}; give the id or number (${numberPrefix}-…) of one that is there`,
      { field, references: all.map((named) => named.ticket) },
    );
  }
}
