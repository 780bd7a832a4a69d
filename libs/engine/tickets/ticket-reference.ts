import { LedgerdeskError } from '@ledgerdesk/kernel';
import { isUuid } from '../ids';
import type { TicketNumbers } from './ticket-numbers';

/** Longest number that is looked up. */
const NUMBER_LENGTH_MAX = 40;

/** Turns what a ticket is called by, its id or its number, into its id. */
export class TicketReference {
  constructor(private readonly numbers: TicketNumbers) {}

  /**
   * The id, not checked to be there where an id is given.
   *
   * @throws LedgerdeskError `missing.ticket` for a number that no ticket has.
   */
  async idOf(process: string, idOrNumber: string): Promise<string> {
    return (await this.find(process, idOrNumber)) ?? raiseMissing(process, idOrNumber);
  }

  /** As {@link idOf}, but undefined for a number that no ticket has. */
  async find(process: string, idOrNumber: string): Promise<string | undefined> {
    const id = idOrNumber.toLowerCase();
    if (isUuid(id)) return id;
    if (idOrNumber.length > NUMBER_LENGTH_MAX || !idOrNumber.isWellFormed()) return undefined;
    return this.numbers.find(process, idOrNumber);
  }

  remember(process: string, number: string, id: string): void {
    if (number !== '') this.numbers.remember?.(process, number, id);
  }
}

/** `missing.ticket` */
export function missingTicket(process: string, idOrNumber: string): LedgerdeskError {
  const shown = idOrNumber.slice(0, NUMBER_LENGTH_MAX);
  return new LedgerdeskError(
    'missing.ticket',
    `there is no ${process} ${shown}; give the id or the number of one that is there`,
    { details: { process, ticket: shown } },
  );
}

function raiseMissing(process: string, idOrNumber: string): never {
  throw missingTicket(process, idOrNumber);
}
