import { problemBlocks } from './problem.blocks';
import { initialProblem, type ProblemState } from './problem.state';
import { analysisCommands } from './rules/analysis.rules';
import { duplicateCommands } from './rules/duplicate.rules';
import { outcomeCommands } from './rules/outcome.rules';
import type { ProblemCommands } from './rules/problem-command';
import { registrationCommands } from './rules/registration.rules';

/** The state of a problem before anything happened, and its own commands. Pure. */
export const problemDecider = {
  initial: { ...initialProblem, ...problemBlocks.initial },
  commands: {
    ...registrationCommands,
    ...analysisCommands,
    ...duplicateCommands,
    ...outcomeCommands,
  },
} as const satisfies { initial: ProblemState; commands: ProblemCommands };
