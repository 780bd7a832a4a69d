import type {
  DecisionContext,
  NewEvent,
  PolicySet,
  ProcessState,
  Transition,
} from '@ledgerdesk/kernel';
import type { ApprovalPolicies, ApprovalRound } from '../approval-round';
import type { ApprovalsPart } from './approvals.events';

/** The roles that nobody may fill together with that of an approver. */
export interface ApprovalParties {
  readonly requester: readonly (string | null)[];
  readonly implementer: readonly (string | null)[];
}

/** How a process asks for approval. */
export interface ApprovalOptions<State extends ProcessState & ApprovalsPart> {
  readonly policies: (policies: PolicySet) => ApprovalPolicies;
  readonly parties: (state: State) => ApprovalParties;
  /** The members of a group, where they are known. Default: who asks names them. */
  readonly members?: (policies: PolicySet, group: string) => readonly string[] | undefined;
  /** Where rounds may be asked for, and further guards. */
  readonly request: Transition;
  /** Where they may be answered, where that may lead, and further guards. */
  readonly answer: Transition;
  /** The same for a «no», where that differs. */
  readonly reject?: Transition;
  /** Where they may be withdrawn and delegated. */
  readonly tend: Transition;
  /** What follows from a decided round, and the types that this may give. */
  readonly emits?: readonly string[];
  readonly concluded?: (
    round: ApprovalRound,
    rounds: readonly ApprovalRound[],
    state: State,
    context: DecisionContext<State>,
  ) => readonly NewEvent[];
}
