import type { CommandDefinition, NewEvent } from '@ledgerdesk/kernel';
import { defineCommand, type TypedCommandDefinition } from '../../shared/command-definition';
import { emitterOf } from '../../shared/folding';
import type { ProblemEventTable } from '../problem.events';
import type { PatternReleaseCause } from '../problem.vocabulary';
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

/** The events by which a problem takes patterns of incidents over. */
export function patternsTaken(patterns: readonly string[]): readonly NewEvent[] {
  return patterns.map((pattern) => emit('ProblemPatternTaken', { pattern }));
}

/** The events by which a problem that ends lets its patterns go. */
export function patternsReleased(
  { patterns }: Pick<ProblemState, 'patterns'>,
  cause: PatternReleaseCause,
): readonly NewEvent[] {
  return patterns.map((pattern) => emit('ProblemPatternReleased', { pattern, cause }));
}

export type ProblemCommands = Readonly<Record<string, CommandDefinition<ProblemState>>>;
