import type { Command } from 'commander';
import { completionPlaces, sendingOptions } from '../completion/completion-words';
import { completionScript, type Shell } from '../completion/completion-script';
import { EXIT } from '../exit-codes';
import type { VerbContext } from '../verb';

/** `ledgerdesk completion`: the script that teaches a shell all that can be typed. */
export function completion({ io }: VerbContext, shell: Shell, program: Command): Promise<number> {
  const places = completionPlaces(program);
  io.stdout.write(completionScript(shell, { places, sendingOptions }));
  return Promise.resolve(EXIT.ok);
}
