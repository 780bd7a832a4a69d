import {
  refuse,
  ticketKey,
  type CommandDefinition,
  type DataOf,
  type DecisionContext,
  type Guard,
  type TicketAddress,
} from '@ledgerdesk/kernel';
import {
  defineCommand,
  defineGuard,
  foreignCommand,
  makeCommand,
} from '../shared/command-definition';
import { titleOf } from '../shared/excerpt';
import { isThere } from '../shared/fields';
import { emitterOf } from '../shared/folding';
import { keepsCauseOrWorkaround, knownErrorBlocks } from './known-error.blocks';
import {
  DraftKnownError,
  MoveKnownError,
  PublishKnownError,
  RecordKnownErrorPredecessor,
  RetireKnownError,
  SupersedeKnownError,
} from './known-error.commands';
import type { KnownErrorEventTable } from './known-error.events';
import { initialKnownError, type KnownErrorState } from './known-error.state';

/** What the rules of a known error read of its problem. */
interface KnownProblem {
  readonly state: string | null;
  readonly number?: string | null;
  readonly title?: string | null;
  readonly statement?: string | null;
  readonly configurationItem?: string | null;
  readonly closeCode?: string | null;
  readonly rootCause?: { readonly notes: string } | null;
  readonly workaround?: { readonly steps: string; readonly validUntil?: string | null } | null;
}

type Context = DecisionContext<KnownErrorState>;

const emit = emitterOf<KnownErrorEventTable>();

/** The questions that the lifecycle of the known error asks, by name. */
export const knownErrorGuards: Readonly<Record<string, Guard<KnownErrorState>>> = {
  keepsCauseOrWorkaround,
  hasProblem: defineGuard<KnownErrorState, DraftKnownError>({
    unless: 'the problem is known, and neither a duplicate nor cancelled',
    check: (_, { problem: reference }, context) => {
      const problem = problemOf(reference, context);
      if (problem === undefined) {
        return refuse(
          'related-missing',
          `there is no problem ${reference}; name one that is there`,
          { reference },
        );
      }
      const { closeCode } = problem.state;
      return (
        (closeCode !== 'duplicate' && closeCode !== 'cancelled') ||
        refuse('problem-void', `${reference} is ${closeCode}; name a problem that is one`)
      );
    },
  }),
  hasCauseOrWorkaround: defineGuard<KnownErrorState>({
    unless: 'its root cause or a workaround is recorded',
    stateOnly: true,
    check: ({ rootCause, workaround }) =>
      rootCause !== null ||
      workaround !== null ||
      refuse('no-cause-or-workaround', 'neither root cause nor workaround is known; add one first'),
  }),
  isWorkaroundOfNow: defineGuard<KnownErrorState>({
    unless: 'its workaround is none of its problem that is valid no longer',
    check: ({ problem, workaround }, _, context) => {
      const known = problemOf(problem ?? '', context)?.state.workaround ?? null;
      const until = known?.steps === workaround ? expiryOf(known, context.now) : null;
      return (
        until === null ||
        refuse(
          'workaround-expired',
          `its workaround was valid until ${until}; edit it, or record a new one on the problem`,
          { validUntil: until },
        )
      );
    },
  }),
  hasSuccessor: defineGuard<KnownErrorState, SupersedeKnownError>({
    unless: 'the successor is another known error, and published',
    check: (state, { successor: reference }, { tickets }) => {
      const successor = tickets.get(reference)?.state;
      if (successor === undefined) {
        return refuse(
          'related-missing',
          `there is no known error ${reference}; name one that is there`,
          { reference },
        );
      }
      if (successor.id === state.id) {
        return refuse('self-reference', 'a known error does not take its own place');
      }
      return (
        successor.state === 'published' ||
        refuse('successor-not-published', `${reference} is not published; publish it first`)
      );
    },
  }),
};

/** The state of a known error before anything happened, and its own commands. Pure. */
export const knownErrorDecider = {
  initial: { ...initialKnownError, ...knownErrorBlocks.initial } satisfies KnownErrorState,
  commands: {
    DraftKnownError: defineCommand<KnownErrorState, DraftKnownError>({
      type: DraftKnownError,
      summary:
        'Draft a known error; symptom, cause, workaround and item are by default those of its problem.',
      route: null,
      permission: 'known-error:draft',
      emits: ['KnownErrorDrafted'],
      example: {
        problem: 'PRB-000017',
        symptom: 'The relay takes no connections on Monday mornings.',
        errorCode: '421 4.3.2',
        domain: 'server',
        configurationItems: ['relay-1'],
      },
      needs: ({ problem }) => ({ related: [problemAddress(problem)] }),
      companions: ({ problem }, _, context) => [
        {
          process: 'problem',
          ticket: problemOf(problem, context)?.id ?? problem,
          command: foreignCommand('RecordProblemKnownError', {
            knownError: context.id,
            knownErrorNumber: context.number,
          }),
        },
      ],
      decide: (command, _, context) => {
        const problem = problemOf(command.problem, context);
        return [
          emit('KnownErrorDrafted', {
            number: context.number,
            problem: problem?.id ?? command.problem,
            problemNumber: problem?.state.number ?? command.problem,
            ...symptomOf(command, problem?.state),
            ...knowledgeOf(command, problem?.state, context.now),
            ...productOf(command),
            configurationItems: command.configurationItems ?? itemsOf(problem?.state),
            documents: command.documents ?? [],
          }),
        ];
      },
    }),
    PublishKnownError: defineCommand<KnownErrorState, PublishKnownError>({
      type: PublishKnownError,
      summary: 'Make the known error known to the service desk.',
      route: 'publish',
      permission: 'known-error:publish',
      emits: ['KnownErrorPublished'],
      example: { comment: 'Reviewed with the messaging team.' },
      needs: (_, { problem }) => (problem === null ? {} : { related: [problemAddress(problem)] }),
      decide: ({ comment }, { problem, rootCause, workaround, solution }) => [
        emit('KnownErrorPublished', {
          problem: problem ?? '',
          rootCause,
          workaround,
          solution,
          comment: comment ?? null,
        }),
      ],
    }),
    SupersedeKnownError: defineCommand<KnownErrorState, SupersedeKnownError>({
      type: SupersedeKnownError,
      summary: 'Put another, published known error in the place of this one.',
      route: 'supersede',
      permission: 'known-error:publish',
      emits: ['KnownErrorSuperseded'],
      example: { successor: 'KE-000018' },
      needs: ({ successor }) => ({ tickets: [successor] }),
      companions: ({ successor }, { id, number }, { tickets }) => [
        {
          ticket: tickets.get(successor)?.id ?? successor,
          command: makeCommand(RecordKnownErrorPredecessor, {
            knownError: id ?? '',
            knownErrorNumber: number ?? '',
          }),
        },
      ],
      decide: ({ successor: reference }, { problem }, { tickets }) => {
        const successor = tickets.get(reference);
        return [
          emit('KnownErrorSuperseded', {
            problem: problem ?? '',
            successor: successor?.id ?? reference,
            successorNumber: successor?.state.number ?? reference,
          }),
        ];
      },
    }),
    RecordKnownErrorPredecessor: defineCommand<KnownErrorState, RecordKnownErrorPredecessor>({
      type: RecordKnownErrorPredecessor,
      summary: 'Note on the successor that it takes the place of another known error.',
      route: null,
      internal: true,
      permission: 'known-error:publish',
      emits: ['KnownErrorPredecessorRecorded'],
      example: {
        knownError: '0197c6a2-6a4e-7c1e-8f00-000000000001',
        knownErrorNumber: 'KE-000017',
      },
      decide: ({ knownError, knownErrorNumber }) => [
        emit('KnownErrorPredecessorRecorded', { knownError, knownErrorNumber }),
      ],
    }),
    RetireKnownError: defineCommand<KnownErrorState, RetireKnownError>({
      type: RetireKnownError,
      summary: 'End a known error that is of use no longer.',
      route: 'retire',
      permission: 'known-error:publish',
      emits: ['KnownErrorRetired'],
      example: { reason: 'fixed', comment: 'By CHG-000007.' },
      decide: ({ reason, comment }, { problem }) => [
        emit('KnownErrorRetired', { problem: problem ?? '', reason, comment: comment ?? null }),
      ],
    }),
    MoveKnownError: defineCommand<KnownErrorState, MoveKnownError>({
      type: MoveKnownError,
      summary: 'Note that the problem turned out to be another one.',
      route: null,
      internal: true,
      permission: 'known-error:draft',
      emits: ['KnownErrorMoved'],
      example: { problem: '0197c6a2-6a4e-7c1e-8f00-000000000002', problemNumber: 'PRB-000018' },
      decide: ({ problem, problemNumber }, state) => [
        emit('KnownErrorMoved', {
          from: state.problem ?? '',
          to: problem,
          toNumber: problemNumber,
        }),
      ],
    }),
  } satisfies Readonly<Record<string, CommandDefinition<KnownErrorState>>>,
};

type Drafted = DataOf<KnownErrorEventTable['KnownErrorDrafted']['fields']>;

function symptomOf(
  { title, symptom }: DraftKnownError,
  problem: KnownProblem | undefined,
): Pick<Drafted, 'title' | 'symptom'> {
  if (isThere(symptom)) return { title: title ?? titleOf(symptom), symptom };
  const statement = problem?.statement ?? '';
  return { title: title ?? problem?.title ?? titleOf(statement), symptom: statement };
}

function itemsOf(problem: KnownProblem | undefined): readonly string[] {
  const item = problem?.configurationItem ?? null;
  return item === null ? [] : [item];
}

function knowledgeOf(
  { rootCause, workaround, solution }: DraftKnownError,
  problem: KnownProblem | undefined,
  now: string,
): Pick<Drafted, 'rootCause' | 'workaround' | 'solution'> {
  const known = problem?.workaround ?? null;
  const isOver = expiryOf(known, now) !== null;
  return {
    rootCause: rootCause ?? problem?.rootCause?.notes ?? null,
    workaround: workaround ?? (isOver ? null : (known?.steps ?? null)),
    solution: solution ?? null,
  };
}

/** Until when a workaround was valid; null while it still is. */
function expiryOf(workaround: KnownProblem['workaround'], now: string): string | null {
  const until = workaround?.validUntil ?? null;
  return until !== null && until <= now ? until : null;
}

function productOf(
  command: DraftKnownError,
): Pick<Drafted, 'errorCode' | 'domain' | 'vendor' | 'model' | 'version'> {
  const { errorCode = null, domain = null, vendor = null, model = null, version = null } = command;
  return { errorCode, domain, vendor, model, version };
}

function problemAddress(ticket: string): TicketAddress {
  return { process: 'problem', ticket };
}

function problemOf(
  reference: string,
  { related }: Pick<Context, 'related'>,
): { readonly id: string; readonly state: KnownProblem } | undefined {
  return related.get(ticketKey(problemAddress(reference)));
}
