import { ticketAt } from '@ledgerdesk/audit';
import { EXIT } from '../exit-codes';
import { toTable } from '../output';
import { withReadStores } from '../stores';
import { findTicket } from '../ticket-lookup';
import { answer, type VerbContext } from '../verb';

/** `ledgerdesk show`: a ticket as it is now, folded from its own stream. */
export async function show(context: VerbContext, idOrNumber: string): Promise<number> {
  const { location, io } = context;
  await withReadStores(location, async (stores) => {
    const address = await findTicket(stores, idOrNumber, location, io);
    const ticket = await ticketAt(stores, address, {});
    answer(context, ticket, () =>
      toTable(
        ['field', 'value'],
        [
          ['id', ticket.id],
          ['stream', ticket.stream],
          ['revision', ticket.revision],
          ...shownFields(ticket.state),
        ],
      ),
    );
  });
  return EXIT.ok;
}

/** The fields of a state that say something. */
export function shownFields(state: object): readonly (readonly [string, unknown])[] {
  return Object.entries(state).filter(
    ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
}
