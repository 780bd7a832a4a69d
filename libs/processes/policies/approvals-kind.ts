import { valueChecks, type PolicyKind, type ValueCheck } from '@ledgerdesk/kernel';
import { approvalRules } from '../shared/approval-round';

const APPROVERS_MAX = 200;
const POLICIES_MAX = 100;
const { fields, flag, list, map, text, whole, word } = valueChecks;

const sources: Readonly<Record<string, Readonly<Record<string, ValueCheck>>>> = {
  fixed: { approvers: list(text(200), { min: 1, max: APPROVERS_MAX }) },
  group: { group: text(200) },
  field: { field: text(200) },
};

const source: ValueCheck = (value, place = 'value') => {
  const kind = (value as { readonly kind?: unknown } | null)?.kind;
  const own = typeof kind === 'string' && Object.hasOwn(sources, kind) ? sources[kind] : {};
  return fields({ kind: word(Object.keys(sources)), ...own })(value, place);
};

/** Approval policies as the organisation may set them: who is asked, and how many must agree. */
export function approvalsKind(name: string, title: string): PolicyKind {
  const approval = fields(
    { source, rule: word(approvalRules), isMandatory: flag },
    { percentage: whole(1, 100), approversMin: whole(1, APPROVERS_MAX) },
  );
  return { name, title, faults: map(approval, { min: 1, max: POLICIES_MAX }), presets: {} };
}
