import type { CommandDefinition } from '@ledgerdesk/kernel';
import { defineCommand, type TypedCommandDefinition } from '../../shared/command-definition';
import { emitterOf } from '../../shared/folding';
import type { ProblemEventTable } from '../problem.events';
import type { ProblemState } from '../problem.state';

/** In the names of the events and commands of the blocks. */
export const TITLE = 'Problem';

/** A definition of a command on problems. */
export function problemCommand<Command extends object>(
  definition: TypedCommandDefinition<ProblemState, Command>,
): CommandDefinition<ProblemState> {
  return defineCommand<ProblemState, Command>(definition);
}

/** Makes an event of a problem, its data checked by the compiler. */
export const emit = emitterOf<ProblemEventTable>();

export type ProblemCommands = Readonly<Record<string, CommandDefinition<ProblemState>>>;
