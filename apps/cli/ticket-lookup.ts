import type { TicketAddress } from '@ledgerdesk/audit';
import { isUuid, streamOf } from '@ledgerdesk/engine';
import { LedgerdeskError, type ProcessDefinition } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { ticketListName } from '@ledgerdesk/read-models';
import type { CliIo } from './cli-io';
import type { StoreLocation } from './location';
import type { ReadStores } from './stores';
import { bringUpToDate } from './up-to-date';

/**
 * Finds a ticket of any process by its id, for which the log is enough, or by its number.
 *
 * @throws LedgerdeskError `missing.ticket`.
 */
export async function findTicket(
  stores: ReadStores,
  idOrNumber: string,
  location: StoreLocation,
  io: CliIo,
): Promise<TicketAddress> {
  const id = idOrNumber.toLowerCase();
  for (const process of processes) {
    if (isUuid(id) && (await hasStream(stores, process, id))) return { process, id };
  }
  if (!isUuid(id)) {
    await bringUpToDate(stores, processes.map(ticketListName), location, io);
    for (const process of processes) {
      const found = await findByNumber(stores, process, idOrNumber);
      if (found !== undefined) return { process, id: found };
    }
  }
  throw noSuchTicket(idOrNumber);
}

/** `missing.ticket` */
export function noSuchTicket(idOrNumber: string): LedgerdeskError {
  const shown = idOrNumber.slice(0, 60);
  return new LedgerdeskError(
    'missing.ticket',
    `there is no ticket ${shown}; give the id or the number of one that is there`,
    { details: { ticket: shown } },
  );
}

async function hasStream(
  { eventStore }: ReadStores,
  process: ProcessDefinition,
  id: string,
): Promise<boolean> {
  for await (const _ of eventStore.readStream(streamOf(process.name, id), { limit: 1 })) {
    return true;
  }
  return false;
}

async function findByNumber(
  { readStore }: ReadStores,
  process: ProcessDefinition,
  number: string,
): Promise<string | undefined> {
  const list = ticketListName(process);
  const { items } = await readStore.find(list, list, { filter: { number }, limit: 1 });
  return items[0]?.id;
}
