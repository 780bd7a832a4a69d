import { refuse, type Refusal } from '@ledgerdesk/kernel';
import { isThere } from '../../shared/fields';
import type { ChangeState } from '../change.state';
import { changeGuard, type ChangeGuards } from './change-command';
import { checkConflicts, isFreezeConflict } from './progress.guards';
import { checkExecutor } from './work-order.guards';
import { stepOf } from '../policies/change-models';

/** What a change asks beside the questions of its blocks. */
export const approvalGuards: ChangeGuards = {
  mayAuthorise: changeGuard({
    unless: 'a conflict scan is younger than the last edit and shows no freeze, where it schedules',
    stateOnly: true,
    check: checkToAuthorise,
  }),
  isEditable: changeGuard<{ title?: string | null; justification?: string | null }>({
    unless: 'it is no scheduled standard change: that one is authorised as it stands',
    stateOnly: true,
    check: ({ state, type }) =>
      state !== 'scheduled' ||
      type !== 'standard' ||
      refuse('standard', 'a scheduled standard change stays as it is; cancel it, draft another'),
  }),
  isImplementerApart: changeGuard<{ assignee?: string | null }>({
    unless: 'who implements it neither asked for it nor approves it',
    check: (state, { assignee }, { actor }) => {
      // Taking names the actor; assigning to a group alone names nobody.
      const isTaking = assignee === undefined && state.assignee !== actor;
      const person = isThere(assignee) ? assignee : isTaking ? actor : undefined;
      return person === undefined || checkExecutor(state, person);
    },
  }),
  isStarterApart: changeGuard({
    unless: 'who begins it neither asked for it nor approves it',
    check: (state, _, { actor, onBehalfOf }) => {
      const refusal = checkExecutor(state, actor);
      return refusal !== true || onBehalfOf === null ? refusal : checkExecutor(state, onBehalfOf);
    },
  }),
};

/** Refused where an approval would schedule the change without a scan that shows no freeze. */
export function checkToAuthorise({ state, model, scan }: ChangeState): true | Refusal {
  if (state !== 'authorise' || stepOf(model, 'ApproveChange', state) !== 'scheduled') return true;
  return scan?.isFresh === true
    ? checkConflicts(scan.conflicts, isFreezeConflict)
    : refuse('stale-scan', 'no conflict scan is younger than the last edit; run one');
}
