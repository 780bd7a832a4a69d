import { whyTicket, type CausalEvent, type Effect, type Why } from '@ledgerdesk/audit';
import { CAUSATION } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { ticketListName } from '@ledgerdesk/read-models';
import { EXIT } from '../exit-codes';
import { wholeNumber } from '../option-values';
import { toCell } from '../output';
import { withReadStores } from '../stores';
import { findTicket } from '../ticket-lookup';
import { bringUpToDate } from '../up-to-date';
import { answer, type VerbContext } from '../verb';

export interface WhyOptions {
  readonly event?: string;
  readonly depth?: string;
  readonly limit?: string;
}

/** `ledgerdesk why`: why an event of a ticket happened, and all that it led to, as a tree. */
export async function why(
  context: VerbContext,
  idOrNumber: string,
  { event, depth, limit }: WhyOptions,
): Promise<number> {
  const { location, io } = context;
  await withReadStores(location, async (stores) => {
    const names = [CAUSATION, ...processes.map(ticketListName)];
    await bringUpToDate(stores, names, location, io);
    const address = await findTicket(stores, idOrNumber, location, io);
    const log = { ...stores, processes: new Map(processes.map((each) => [each.name, each])) };
    const found = await whyTicket(log, address, {
      ...(event !== undefined && { event }),
      ...(depth !== undefined && { depthMax: wholeNumber('--depth', depth) }),
      ...(limit !== undefined && { effectsMax: wholeNumber('--limit', limit) }),
    });
    answer(context, found, () => asText(found));
  });
  return EXIT.ok;
}

const FIRST_CAUSES: Readonly<Record<Why['firstCause'], string>> = {
  person: 'a person',
  timer: 'a timer',
  message: 'a message from outside',
  import: 'an import',
  system: 'the system',
  unknown: 'something that is not known',
};

function asText({ event, causes, firstCause, effects, isCut }: Why): string {
  const chain = [...causes].reverse();
  const lines = [
    `${FIRST_CAUSES[firstCause]} began it`,
    ...chain.map((cause, depth) => `${indent(depth)}${line(cause)}`),
    `${indent(chain.length)}${line(event)}   <-- this`,
    ...effects.flatMap((effect) => effectLines(effect, chain.length + 1)),
    ...(isCut ? ['there is more than is shown; raise --depth or --limit'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function effectLines(effect: Effect, depth: number): readonly string[] {
  return [
    `${indent(depth)}${line(effect)}`,
    ...effect.effects.flatMap((next) => effectLines(next, depth + 1)),
    ...(effect.isCut ? [`${indent(depth + 1)}…`] : []),
  ];
}

function line({ type, number, stream, actor, occurredAt }: CausalEvent): string {
  return `${occurredAt}  ${type}  ${toCell(number ?? stream)}  by ${toCell(actor)}`;
}

function indent(depth: number): string {
  return depth === 0 ? '' : `${'   '.repeat(depth - 1)}└─ `;
}
