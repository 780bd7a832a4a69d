import {
  ticketKey,
  type CompanionCommand,
  type DecisionContext,
  type TicketAddress,
} from '@ledgerdesk/kernel';
import { foreignCommand } from '../shared/command-definition';
import type { FixChangeStanding, ProblemState } from './problem.state';
import type { FixStanding } from './problem.vocabulary';

/** What the rules of a problem read of a change. */
interface FixChange {
  readonly state: string | null;
  readonly number?: string | null;
  readonly outcome?: string | null;
}

/** What they read of a problem task. */
interface WorkOnProblem {
  readonly state: string | null;
  readonly problem?: string | null;
}

type Links = Pick<ProblemState, 'links'>;
type Related = Pick<DecisionContext, 'related'>;

const successfulOutcomes: readonly (string | null | undefined)[] = [
  'successful',
  'successful-with-issues',
];

/** The linked incidents, as they were linked. */
export function incidentsOf({ links }: Links): readonly string[] {
  return [
    ...new Set(
      links.filter(({ targetKind }) => targetKind === 'incident').map(({ target }) => target),
    ),
  ];
}

/** The linked changes of the fix that is under way, as they were linked. */
export function fixChangesOf({
  links,
  pastChanges,
}: Pick<ProblemState, 'links' | 'pastChanges'>): readonly string[] {
  return links
    .filter(({ type, targetKind }) => type === 'fixed-by' && targetKind === 'change')
    .map(({ target }) => target)
    .filter((change) => !pastChanges.includes(change));
}

export function changeAddress(ticket: string): TicketAddress {
  return { process: 'change', ticket };
}

/** How the changes of the fix stand now. */
export function standingsOf(
  state: Pick<ProblemState, 'links' | 'pastChanges'>,
  { related }: Related,
): readonly FixChangeStanding[] {
  return fixChangesOf(state).map((change) => {
    const found = related.get(ticketKey(changeAddress(change)))?.state as FixChange | undefined;
    return { change, number: found?.number ?? null, standing: standingOf(found) };
  });
}

function standingOf(change: FixChange | undefined): FixStanding {
  if (change === undefined) return 'missing';
  if (change.state === 'cancelled') return 'cancelled';
  if (change.state !== 'closed') return 'pending';
  return successfulOutcomes.includes(change.outcome) ? 'successful' : 'unsuccessful';
}

/** The names of those changes that are not closed with success, each with where it stands. */
export function unsuccessfulChanges(
  changes: readonly string[],
  { related }: Related,
): readonly string[] {
  return changes.flatMap((change) => {
    const found = related.get(ticketKey(changeAddress(change)))?.state as FixChange | undefined;
    if (found === undefined) return [`${change} (not found)`];
    if (found.state === 'closed' && successfulOutcomes.includes(found.outcome)) return [];
    const where = found.state === 'closed' ? (found.outcome ?? 'without outcome') : found.state;
    return [`${found.number ?? change} (${where ?? 'not there'})`];
  });
}

export function taskAddress(ticket: string): TicketAddress {
  return { process: 'problem-task', ticket };
}

export function knownErrorAddress(ticket: string): TicketAddress {
  return { process: 'known-error', ticket };
}

/** Ids of the known errors of the problem that are published. */
export function publishedKnownErrors(
  { knownErrors }: Pick<ProblemState, 'knownErrors'>,
  { related }: Related,
): readonly string[] {
  return knownErrors.filter(
    (id) => related.get(ticketKey(knownErrorAddress(id)))?.state.state === 'published',
  );
}

/** Nobody works on the tasks of a problem that ends. */
export function taskCancellations(
  { id, tasks }: Pick<ProblemState, 'id' | 'tasks'>,
  { related }: Related,
): readonly CompanionCommand[] {
  return tasks
    .filter((task) => {
      const found = related.get(ticketKey(taskAddress(task)))?.state as WorkOnProblem | undefined;
      // A task that was recorded but never registered, or that moved to another problem, is none.
      return found !== undefined && found.state !== 'closed' && found.problem === id;
    })
    .map((task) => ({
      process: 'problem-task',
      ticket: task,
      command: foreignCommand('CancelProblemTask', { reason: 'The problem ended.' }),
    }));
}

/** The tasks and known errors of a duplicate go on under the original. */
export function removals(
  { tasks, knownErrors }: Pick<ProblemState, 'tasks' | 'knownErrors'>,
  original: { readonly problem: string; readonly problemNumber: string },
  { related }: Related,
): readonly CompanionCommand[] {
  return [
    ...tasks.map(taskAddress).map((address) => [address, 'MoveProblemTask'] as const),
    ...knownErrors.map(knownErrorAddress).map((address) => [address, 'MoveKnownError'] as const),
  ]
    .filter(([address]) => related.has(ticketKey(address)))
    .map(([address, name]) => ({ ...address, command: foreignCommand(name, original) }));
}
