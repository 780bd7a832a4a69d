import { whyTicket, type CausalEvent, type Effect, type Why } from '@ledgerdesk/audit';
import { CAUSATION } from '@ledgerdesk/kernel';
import { processes } from '@ledgerdesk/processes';
import { ticketListName } from '@ledgerdesk/read-models';
import { askEngine, type EngineAddress } from '../engine-request';
import { EXIT } from '../exit-codes';
import { wholeNumber } from '../option-values';
import { toCell } from '../output';
import { withReadStores } from '../stores';
import { findTicket, noSuchTicket } from '../ticket-lookup';
import { bringUpToDate } from '../up-to-date';
import { answer, type VerbContext } from '../verb';

export interface WhyOptions {
  readonly event?: string;
  readonly depth?: string;
  readonly limit?: string;
  /** Of a running engine; without it the data folder is read. */
  readonly url?: string;
}

/** `ledgerdesk why`: why an event of a ticket happened, and all that it led to, as a tree. */
export async function why(
  context: VerbContext,
  idOrNumber: string,
  options: WhyOptions,
): Promise<number> {
  const found =
    options.url === undefined
      ? await whyOfFolder(context, idOrNumber, options)
      : await whyOfEngine({ url: options.url, signal: context.io.signal }, idOrNumber, options);
  answer(context, found, () => asText(found));
  return EXIT.ok;
}

async function whyOfFolder(
  { location, io }: VerbContext,
  idOrNumber: string,
  { event, depth, limit }: WhyOptions,
): Promise<Why> {
  return withReadStores(location, async (stores) => {
    const names = [CAUSATION, ...processes.map(ticketListName)];
    await bringUpToDate(stores, names, location, io);
    const address = await findTicket(stores, idOrNumber, location, io);
    const log = { ...stores, processes: new Map(processes.map((each) => [each.name, each])) };
    return whyTicket(log, address, {
      ...(event !== undefined && { event }),
      ...(depth !== undefined && { depthMax: wholeNumber('--depth', depth) }),
      ...(limit !== undefined && { effectsMax: wholeNumber('--limit', limit) }),
    });
  });
}

async function whyOfEngine(
  engine: EngineAddress,
  idOrNumber: string,
  { event, depth, limit }: WhyOptions,
): Promise<Why> {
  const collection = await collectionOf(engine, idOrNumber);
  const path = `${collection}/${encodeURIComponent(idOrNumber)}/why`;
  return askEngine(engine, path, { event, depth, limit });
}

// A number says by its prefix what it is of; of an id the engine's list of all tickets knows.
async function collectionOf(engine: EngineAddress, idOrNumber: string): Promise<string> {
  const ofNumber = processes.find(({ numberPrefix }) => idOrNumber.startsWith(`${numberPrefix}-`));
  if (ofNumber !== undefined) return ofNumber.plural;
  const query = { id: idOrNumber.toLowerCase(), limit: 1 };
  const { items } = await askEngine<{ readonly items: readonly { readonly process: string }[] }>(
    engine,
    'work',
    query,
  );
  const found = processes.find(({ name }) => name === items[0]?.process);
  if (found === undefined) throw noSuchTicket(idOrNumber);
  return found.plural;
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
