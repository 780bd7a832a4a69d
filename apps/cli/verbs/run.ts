import { userInfo } from 'node:os';
import type { CommandAnswer, DryRunAnswer, DryRunEvent } from '@ledgerdesk/http';
import { EXIT } from '../exit-codes';
import { toTable } from '../output';
import { readCommandCall } from '../run/command-call';
import { runLocally } from '../run/local-engine';
import { sendOverRest } from '../run/rest-client';
import { answer, type VerbContext } from '../verb';

/** `ledgerdesk run`: any command of any process, over REST or on the data folder itself. */
export async function run(context: VerbContext, words: readonly string[]): Promise<number> {
  const { io } = context;
  const call = await readCommandCall(words, io);
  const { url, actor = userInfo().username } = call.sending;
  const outcome =
    url === undefined
      ? await runLocally(call, actor, context)
      : await sendOverRest(call, url, { actor, signal: io.signal });
  answer(context, outcome, () => asText(outcome));
  return EXIT.ok;
}

function asText(outcome: CommandAnswer | DryRunAnswer): string {
  const { number, state, revision, events, repeated } = outcome;
  const head = `${number}  ${state ?? '-'}  revision ${revision}${repeated ? '  (repeated)' : ''}\n`;
  if (!('dryRun' in outcome)) {
    const rows = events.map(({ type, revision: at }) => [type, at]);
    return head + (rows.length === 0 ? '' : toTable(['event', 'revision'], rows));
  }
  const rows = outcome.events.map(({ type, stream, data }: DryRunEvent) => [type, stream, data]);
  return `${head}nothing was recorded; these events would be:\n${toTable(
    ['event', 'stream', 'data'],
    rows,
  )}`;
}
