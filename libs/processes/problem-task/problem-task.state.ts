import { ticketIdOfStream, type ProcessState, type RecordedEvent } from '@ledgerdesk/kernel';
import type { AssignmentPart } from '../shared/blocks/assignment.block';
import type { Folds } from '../shared/folding';
import type { TicketParts } from '../shared/ticket-blocks';
import type { ProblemTaskEventTable } from './problem-task.events';
import type { ProblemTaskLifecycleState } from './problem-task.lifecycle';
import type { ProblemTaskCloseCode, ProblemTaskKind } from './problem-task.vocabulary';

/** What lists, counters and rules know of a problem task. */
export interface ProblemTaskFacts extends ProcessState {
  readonly state: ProblemTaskLifecycleState | null;
  /** The UUID behind the first dash of the stream's name. */
  readonly id: string | null;
  readonly number: string | null;
  /** Id and number of the problem. */
  readonly problem: string | null;
  readonly problemNumber: string | null;
  readonly kind: ProblemTaskKind | null;
  readonly title: string | null;
  readonly dueAt: string | null;
  readonly openedBy: string | null;
  readonly openedAt: string | null;
  readonly workStartedAt: string | null;
  readonly closeCode: ProblemTaskCloseCode | null;
  readonly closedBy: string | null;
  readonly closedAt: string | null;
}

/** What only the task itself shows. */
export interface ProblemTaskRecord {
  readonly description: string | null;
  readonly result: string | null;
  readonly causeNotes: string | null;
  readonly cancelReason: string | null;
}

/** A problem task as it is folded from its stream. */
export interface ProblemTaskState
  extends ProblemTaskFacts, ProblemTaskRecord, TicketParts, AssignmentPart {}

/** Before anything happened. Every field is there, so that all states have one shape. */
export const initialProblemTask: ProblemTaskFacts & ProblemTaskRecord = {
  state: null,
  id: null,
  number: null,
  problem: null,
  problemNumber: null,
  kind: null,
  title: null,
  dueAt: null,
  openedBy: null,
  openedAt: null,
  workStartedAt: null,
  closeCode: null,
  closedBy: null,
  closedAt: null,
  description: null,
  result: null,
  causeNotes: null,
  cancelReason: null,
};

/** What each event changes of the facts. */
export const problemTaskFactFolds: Folds<ProblemTaskFacts, ProblemTaskEventTable> = {
  ProblemTaskRegistered: (_, event) => {
    const { description: _description, ...facts } = event.data;
    return {
      ...facts,
      state: 'new',
      id: ticketIdOfStream(event.stream),
      openedAt: event.occurredAt,
    };
  },
  ProblemTaskAssessed: () => ({ state: 'assess' }),
  ProblemTaskWorkStarted: (_, { occurredAt }) => ({
    state: 'work-in-progress',
    workStartedAt: occurredAt,
  }),
  ProblemTaskCompleted: (_, event) => closed('completed', event),
  ProblemTaskCancelled: (_, event) => closed('cancelled', event),
  ProblemTaskMoved: (_, { data }) => ({ problem: data.to, problemNumber: data.toNumber }),
};

/** What some events change beyond the facts. */
export const problemTaskRecordFolds: Partial<
  Folds<ProblemTaskFacts & ProblemTaskRecord, ProblemTaskEventTable>
> = {
  ProblemTaskRegistered: (_, { data: { description } }) => ({ description }),
  ProblemTaskCompleted: (_, { data: { result, causeNotes } }) => ({ result, causeNotes }),
  ProblemTaskCancelled: (_, { data }) => ({ cancelReason: data.reason }),
};

function closed(
  closeCode: ProblemTaskCloseCode,
  { occurredAt, actor }: RecordedEvent,
): Partial<ProblemTaskFacts> {
  return { state: 'closed', closeCode, closedAt: occurredAt, closedBy: actor };
}
