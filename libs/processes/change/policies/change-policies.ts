import { valueChecks, type Policy, type PolicyKind, type PolicySet } from '@ledgerdesk/kernel';
import type { ApprovalPolicies } from '../../shared/approval-round';
import { approvalsKind } from '../../policies/approvals-kind';
import { conflictKinds, type ConflictKind, type ConflictSeverity } from '../change.vocabulary';
import { changeModels, type ChangeModels } from './change-models';
import { changeRisk, type RiskPolicy } from './change-risk';

/** Who is asked to approve changes, and how many of them. */
const changeApprovals: ApprovalPolicies = {
  name: 'change-approvals',
  version: 1,
  kind: approvalsKind('change-approvals', 'Approvals of changes'),
  value: {
    'change-manager': {
      source: { kind: 'field', field: 'changeManager' },
      rule: 'one',
      isMandatory: true,
    },
    cab: {
      source: { kind: 'group', group: 'change-advisory-board' },
      rule: 'percentage',
      percentage: 50,
      isMandatory: true,
      approversMin: 2,
    },
    ecab: {
      source: { kind: 'group', group: 'emergency-change-advisory-board' },
      rule: 'percentage',
      percentage: 50,
      isMandatory: true,
    },
    'change-chain': {
      source: { kind: 'group', group: 'line-of-command' },
      rule: 'sequence',
      isMandatory: true,
    },
    peer: { source: { kind: 'group', group: 'peers' }, rule: 'one', isMandatory: false },
  },
};

const severity = valueChecks.word(['hard', 'soft']);

const conflictsKind: PolicyKind = {
  name: 'change-conflicts',
  title: 'Conflicts of changes',
  faults: valueChecks.fields(Object.fromEntries(conflictKinds.map((each) => [each, severity]))),
  presets: {},
};

/** Which conflicts stop a change and which warn, where the scan does not say it. */
export const changeConflicts: Policy<Readonly<Record<ConflictKind, ConflictSeverity>>> = {
  name: 'change-conflicts',
  version: 1,
  kind: conflictsKind,
  value: {
    'same-item-scheduled': 'hard',
    'parent-item-scheduled': 'soft',
    'child-item-scheduled': 'soft',
    'outside-maintenance-window': 'hard',
    'outside-parent-maintenance-window': 'soft',
    'outside-child-maintenance-window': 'soft',
    'outside-item-schedule': 'soft',
    blackout: 'hard',
    'parent-blackout': 'hard',
    'child-blackout': 'hard',
    lockdown: 'hard',
    'other-service': 'soft',
    'assignee-busy': 'soft',
  },
};

/** The policies that decisions on changes look at. */
export type ChangePolicies = {
  readonly changeModels: Policy<ChangeModels>;
  readonly changeRisk: Policy<RiskPolicy>;
  readonly changeApprovals: ApprovalPolicies;
  readonly changeConflicts: typeof changeConflicts;
};

/** In force unless the organisation sets others. */
export const defaultChangePolicies: ChangePolicies = {
  changeModels,
  changeRisk,
  changeApprovals,
  changeConflicts,
};

/** The policies of a decision, with the default for each that is not set. */
export function changePolicies(policies: PolicySet): ChangePolicies {
  return { ...defaultChangePolicies, ...policies };
}
