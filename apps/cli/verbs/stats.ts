import { processes } from '@ledgerdesk/processes';
import {
  ticketFiguresName,
  ticketStatistics,
  type TicketStatistics,
} from '@ledgerdesk/read-models';
import { EXIT } from '../exit-codes';
import { toTable } from '../output';
import { withReadStores } from '../stores';
import { bringUpToDate } from '../up-to-date';
import { answer, type VerbContext } from '../verb';

/** `ledgerdesk stats`: how much there is, and how it stands. */
export async function stats(context: VerbContext): Promise<number> {
  const { location, io } = context;
  await withReadStores(location, async (stores) => {
    const names = processes.map(ticketFiguresName);
    await bringUpToDate(stores, names, location, io);
    const { events, streamsByCategory } = await stores.eventStore.statistics();
    const tickets = new Map<string, TicketStatistics>();
    for (const process of processes) {
      tickets.set(process.name, await ticketStatistics(stores.readStore, process));
    }
    const value = { events, streams: streamsByCategory, ...Object.fromEntries(tickets) };
    answer(context, value, () => asText(events, streamsByCategory, tickets));
  });
  return EXIT.ok;
}

function asText(
  events: number,
  streams: Readonly<Record<string, number>>,
  tickets: ReadonlyMap<string, TicketStatistics>,
): string {
  const counted = Object.entries(streams).map(([category, n]) => [`streams of ${category}`, n]);
  let text = toTable(['log', ''], [['events', events], ...counted]);
  for (const [process, statistics] of tickets) {
    const { total, byState, byPriority, reopenings, reopened, reassigned } = statistics;
    text += `\n${toTable(
      [process, ''],
      [
        ['total', total],
        ...Object.entries(byState).map(([state, n]) => [state, n]),
        ...Object.entries(byPriority).map(([priority, n]) => [`priority ${priority}`, n]),
        ['reopenings', reopenings],
        ['reopened', reopened],
        ['reassigned', reassigned],
      ],
    )}`;
  }
  return text;
}
