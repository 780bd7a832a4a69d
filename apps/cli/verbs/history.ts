import {
  HISTORY_LIMIT_DEFAULT,
  parseInstant,
  ticketAt,
  ticketDiff,
  ticketHistory,
  type FieldChange,
  type HistoryPage,
  type Instant,
  type TicketAddress,
  type TicketAt,
  type TicketDiff,
} from '@ledgerdesk/audit';
import { parseRevision } from '@ledgerdesk/event-store';
import { EXIT } from '../exit-codes';
import { wholeNumber } from '../option-values';
import { toCell, toTable } from '../output';
import { withReadStores, type ReadStores } from '../stores';
import { findTicket } from '../ticket-lookup';
import { answer, type VerbContext } from '../verb';
import { shownFields } from './show';

export interface HistoryOptions {
  readonly at?: string;
  readonly diff?: string;
  readonly known?: boolean;
  readonly limit?: string;
  readonly after?: string;
  readonly backwards?: boolean;
}

/**
 * `ledgerdesk history`: what happened to a ticket, as it was at a time, what changed between two.
 */
export async function history(
  context: VerbContext,
  idOrNumber: string,
  options: HistoryOptions,
): Promise<number> {
  const { location, io } = context;
  const axis = options.known === true ? 'recordedAt' : 'occurredAt';
  const at = options.at === undefined ? undefined : parseInstant(options.at, axis);
  const from = options.diff === undefined ? undefined : parseInstant(options.diff, axis);
  await withReadStores(location, async (stores) => {
    const address = await findTicket(stores, idOrNumber, location, io);
    if (from !== undefined) {
      const diff = await ticketDiff(stores, address, from, at ?? {});
      answer(context, diff, () => diffAsText(diff));
      return;
    }
    await tellHistory(context, stores, address, { ...options, instant: at });
  });
  return EXIT.ok;
}

async function tellHistory(
  context: VerbContext,
  stores: ReadStores,
  address: TicketAddress,
  options: HistoryOptions & { readonly instant: Instant | undefined },
): Promise<void> {
  const { instant, limit, after } = options;
  const ticket = instant === undefined ? undefined : await ticketAt(stores, address, instant);
  const page = await ticketHistory(stores, address, {
    limit: limit === undefined ? HISTORY_LIMIT_DEFAULT : wholeNumber('--limit', limit),
    direction: options.backwards === true ? 'backwards' : 'forwards',
    ...(after !== undefined && { after: parseRevision(after) }),
    ...(instant !== undefined && { at: instant }),
  });
  const value = ticket === undefined ? page : { ...page, ticket };
  answer(context, value, () => historyAsText(page, ticket));
}

function historyAsText(page: HistoryPage, ticket: TicketAt | undefined): string {
  let text = `${page.process} ${page.id}\n`;
  for (const { revision, occurredAt, type, actor, onBehalfOf, changes, origin } of page.entries) {
    const who = onBehalfOf === null ? actor : `${actor} for ${onBehalfOf}`;
    text += `\n${revision}  ${occurredAt}  ${type}  by ${toCell(who)}  (${origin.kind})\n`;
    text += changes.map((change) => `     ${changeAsText(change)}\n`).join('');
  }
  if (page.nextAfter !== null) text += `\nmore with --after ${page.nextAfter}\n`;
  if (ticket === undefined) return text;
  return `${text}\nas it was then\n${toTable(['field', 'value'], shownFields(ticket.state))}`;
}

function diffAsText({ changes, fromRevision, toRevision }: TicketDiff): string {
  const rows = changes.map((change) => [
    change.field,
    change.old,
    change.new,
    change.lastChangedBy?.actor,
    change.lastChangedBy?.occurredAt,
    change.lastChangedBy?.type,
  ]);
  const between = `revision ${toCell(fromRevision)} to ${toCell(toRevision)}\n`;
  return `${between}${toTable(['field', 'old', 'new', 'by', 'when', 'event'], rows)}`;
}

function changeAsText(change: FieldChange): string {
  return `${toCell(change.field)}: ${toCell(change.old)} → ${toCell(change.new)}`;
}
