import { ticketAt } from '@ledgerdesk/audit';
import {
  GRAPH_LIMITS,
  RELATION_PROJECTIONS,
  relationGraph,
  ticketLabelOf,
  type RelationGraph,
} from '@ledgerdesk/read-models';
import { EXIT } from '../exit-codes';
import { graphDiagram, graphTree } from '../graph-text';
import { wholeNumberWithin } from '../option-values';
import { withReadStores } from '../stores';
import { findTicket } from '../ticket-lookup';
import { bringUpToDate } from '../up-to-date';
import { answer, type VerbContext } from '../verb';

export interface GraphOptions {
  readonly depth?: string;
  readonly limit?: string;
  readonly mermaid?: boolean;
}

/** `ledgerdesk graph`: what a ticket has to do with, both ways, as a tree or a diagram. */
export async function graph(
  context: VerbContext,
  idOrNumber: string,
  { depth, limit, mermaid = false }: GraphOptions,
): Promise<number> {
  const { location, io } = context;
  const { depthMax, nodesMax } = GRAPH_LIMITS;
  const query = {
    ...(depth !== undefined && { depth: wholeNumberWithin('--depth', depth, depthMax) }),
    ...(limit !== undefined && { limit: wholeNumberWithin('--limit', limit, nodesMax) }),
  };
  await withReadStores(location, async (stores) => {
    const address = await findTicket(stores, idOrNumber, location, io);
    await bringUpToDate(stores, RELATION_PROJECTIONS, location, io);
    const { process, id, state } = await ticketAt(stores, address, {});
    const found: RelationGraph = await relationGraph(
      stores.readStore,
      ticketLabelOf(process, id, state),
      query,
    );
    answer(context, found, () => (mermaid ? graphDiagram(found) : graphTree(found)));
  });
  return EXIT.ok;
}
