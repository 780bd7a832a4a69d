import { valueChecks, type Policy, type PolicyKind, type ValueCheck } from '@ledgerdesk/kernel';

/** What a rule looks at, of an incident and the service that it hits. */
export interface TriggerFacts {
  /** Business criticality of the service, 1 is the most critical; null where it is not known. */
  readonly serviceCriticality: number | null;
  readonly childCount: number;
  /** 1 is the gravest; null where there is none yet. */
  readonly priority: number | null;
}

/** When an incident is proposed as a major one without a person. */
export type TriggerRule = { readonly id: string } & (
  | { readonly when: 'service-criticality'; readonly atMost: number }
  | { readonly when: 'children'; readonly moreThan: number }
  | { readonly when: 'priority'; readonly atMost: number }
);

/** In the order in which they are asked; the first that matches wins. */
export interface TriggerRules {
  readonly rules: readonly TriggerRule[];
}

const { fields, list, text, whole, word } = valueChecks;
const bound = whole(0, 1_000_000);

const bounds: Readonly<Record<TriggerRule['when'], Readonly<Record<string, ValueCheck>>>> = {
  'service-criticality': { atMost: bound },
  children: { moreThan: bound },
  priority: { atMost: bound },
};
const occasions = Object.keys(bounds);

const soundRule: ValueCheck = (value, place = 'value') => {
  const when = (value as Partial<TriggerRule> | null)?.when;
  const own = when !== undefined && occasions.includes(when) ? bounds[when] : {};
  return fields({ id: text(100), when: word(occasions), ...own })(value, place);
};

const kind: PolicyKind = {
  name: 'major-incident-triggers',
  title: 'Triggers of major incidents',
  faults: fields({ rules: list(soundRule, { max: 50 }) }),
  presets: {},
};

/** The rules that ship with the system, in ServiceNow's order. */
export const majorIncidentTriggersV1: Policy<TriggerRules> = {
  name: 'major-incident-triggers',
  version: 1,
  kind,
  value: {
    rules: [
      { id: 'critical-service', when: 'service-criticality', atMost: 1 },
      { id: 'many-children', when: 'children', moreThan: 5 },
      { id: 'priority-1', when: 'priority', atMost: 1 },
    ],
  },
};

/** The first rule that matches the facts; undefined where none does. One pass over the rules. */
export function firstTriggerRule(
  { value: { rules } }: Policy<TriggerRules>,
  facts: TriggerFacts,
): TriggerRule | undefined {
  return rules.find((rule) => matches(rule, facts));
}

function matches(rule: TriggerRule, facts: TriggerFacts): boolean {
  switch (rule.when) {
    case 'service-criticality':
      return facts.serviceCriticality !== null && facts.serviceCriticality <= rule.atMost;
    case 'children':
      return facts.childCount > rule.moreThan;
    case 'priority':
      return facts.priority !== null && facts.priority <= rule.atMost;
  }
}
