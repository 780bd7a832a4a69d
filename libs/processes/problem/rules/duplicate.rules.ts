import { refuse, type DecisionContext } from '@ledgerdesk/kernel';
import { LINKS_MAX, linksAdded, type NewLink } from '../../shared/blocks/links.block';
import { makeCommand } from '../../shared/command-definition';
import { MarkProblemDuplicate, RecordProblemDuplicate } from '../commands/outcome.commands';
import { knownErrorAddress, removals, taskAddress } from '../problem.relations';
import type { ProblemState } from '../problem.state';
import {
  emit,
  patternsReleased,
  patternsTaken,
  problemCommand,
  TITLE,
  type ProblemCommands,
} from './problem-command';

/** Two problems that are one. Both streams say so, and list what moved from one to the other. */
export const duplicateCommands: ProblemCommands = {
  MarkProblemDuplicate: problemCommand<MarkProblemDuplicate>({
    type: MarkProblemDuplicate,
    summary:
      'Say that another problem is about the same; its links, tasks and known errors move there.',
    route: 'mark-duplicate',
    permission: 'problem:cancel',
    emits: ['ProblemMarkedDuplicate', 'ProblemPatternReleased'],
    example: { original: 'PRB-000017' },
    needs: ({ original }, { tasks, knownErrors }) => ({
      tickets: [original],
      related: [...tasks.map(taskAddress), ...knownErrors.map(knownErrorAddress)],
    }),
    companions: ({ original }, state, context) => [
      {
        ticket: nameOf(original, context).problem,
        command: makeCommand(RecordProblemDuplicate, {
          problem: state.id ?? '',
          problemNumber: state.number ?? '',
        }),
      },
      ...removals(state, nameOf(original, context), context),
    ],
    decide: ({ original }, state, context) => {
      const { problem, problemNumber } = nameOf(original, context);
      return [
        emit('ProblemMarkedDuplicate', {
          original: problem,
          originalNumber: problemNumber,
          ...belongingsOf(state),
        }),
        ...patternsReleased(state, 'duplicate'),
      ];
    },
  }),
  RecordProblemDuplicate: problemCommand<RecordProblemDuplicate>({
    type: RecordProblemDuplicate,
    summary: 'Note on the problem that goes on what its duplicate brings along.',
    route: null,
    internal: true,
    permission: 'problem:cancel',
    emits: ['ProblemDuplicateRecorded', 'ProblemLinked', 'ProblemPatternTaken'],
    example: { problem: '0197c6a2-6a4e-7c1e-8f00-000000000003', problemNumber: 'PRB-000018' },
    // Looked up, not sent along: a companion says the same each time that it is sent.
    needs: ({ problem }) => ({ tickets: [problem] }),
    decide: ({ problem, problemNumber }, state, { tickets }) => {
      const duplicate = tickets.get(problem)?.state;
      const belongings = belongingsOf(duplicate);
      const links = linksAdded(TITLE, state, belongings.related);
      return state.links.length + links.length > LINKS_MAX
        ? refuse('too-many', `a ticket has at most ${LINKS_MAX} links; unlink some of either first`)
        : [
            emit('ProblemDuplicateRecorded', { problem, problemNumber, ...belongings }),
            ...links,
            ...(state.state === 'closed' ? [] : patternsTaken(duplicate?.patterns ?? [])),
          ];
    },
  }),
};

/** What moves to the original. */
interface Belongings {
  readonly related: readonly (NewLink & Readonly<Record<string, unknown>>)[];
  readonly tasks: readonly string[];
  readonly knownErrors: readonly string[];
}

function belongingsOf(
  problem: Pick<ProblemState, 'links' | 'tasks' | 'knownErrors'> | undefined,
): Belongings {
  const { links = [], tasks = [], knownErrors = [] } = problem ?? {};
  return {
    related: links.map(
      // The block records only links whose words it knows.
      ({ type, targetKind, target }) =>
        ({ type, targetKind, target }) as Belongings['related'][number],
    ),
    tasks,
    knownErrors,
  };
}

function nameOf(
  reference: string,
  { tickets }: Pick<DecisionContext<ProblemState>, 'tickets'>,
): { readonly problem: string; readonly problemNumber: string } {
  const found = tickets.get(reference);
  return {
    problem: found?.id ?? reference,
    problemNumber: found?.state.number ?? reference,
  };
}
