import { refuse, type DecisionContext, type Guard, type Refusal } from '@ledgerdesk/kernel';
import { defineGuard } from '../../shared/command-definition';
import { isThere } from '../../shared/fields';
import type { CorrectCIRelation, SetCIRedundancy } from '../commands/relation.commands';
import type { CIRelation, CIState } from '../configuration-item.state';
import { ciPolicies } from '../policies/ci-policies';
import { relationNames, relationTypeOf } from '../policies/relation-types';

/** How many relations an item may have, from both sides. */
const RELATIONS_MAX = 2_000;
const RULES_MAX = 20;

type Context = DecisionContext<CIState>;

interface Relating {
  readonly type: string;
  readonly target: string;
}

/** The guards of relations and redundancy rules. */
export const relationGuards: Readonly<Record<string, Guard<CIState>>> = {
  hasRelationType: defineGuard<CIState, { type: string }>({
    unless: 'the policy in force knows the relation type, by either of its names',
    check: (_, { type }, { policies }) => {
      const types = ciPolicies(policies).relationTypes.value;
      return (
        relationTypeOf(types, type) !== undefined ||
        refuse(
          'relation-type',
          `there is no relation ${type}; there is ${relationNames(types).join(', ')}`,
          { types: relationNames(types) },
        )
      );
    },
  }),
  hasFittingTarget: defineGuard<CIState, Relating>({
    unless: 'the target is another item that is not disposed of, and not related so yet',
    check: checkTarget,
  }),
  isRelated: defineGuard<CIState, Relating>({
    unless: 'the items are related so',
    check: checkRelated,
  }),
  hasCorrectableRelation: defineGuard<CIState, CorrectCIRelation>({
    unless: 'a relation to add is not there, and a relation to remove is',
    check: (state, command, context) =>
      command.correction === 'add'
        ? checkTarget(state, command, context)
        : checkRelated(state, command, context),
  }),
  hasImpactingRelation: defineGuard<CIState, SetCIRedundancy>({
    unless: 'impact reaches the item over the relation, and the minimum fits its kind',
    check: checkRule,
  }),
  hasRedundancy: defineGuard<CIState, { relation?: string | null }>({
    unless: 'the item has a redundancy rule for the relation',
    check: ({ redundancy }, { relation = null }) =>
      redundancy.some((rule) => rule.relation === relation) ||
      refuse('no-redundancy', `there is no rule for ${relation ?? 'all impactors'}`, {
        relations: redundancy.map((rule) => rule.relation),
      }),
  }),
};

/** The relation that a command means by the id or number of its target. */
export function relationTo(
  { relations }: Pick<CIState, 'relations'>,
  { type, target }: Relating,
  { tickets }: Pick<Context, 'tickets'>,
): CIRelation | undefined {
  const id = tickets.get(target)?.id ?? target;
  return relations.find((each) => each.type === type && each.target === id);
}

function checkTarget(state: CIState, command: Relating, context: Context): true | Refusal {
  const { target: reference, type } = command;
  const target = context.tickets.get(reference)?.state;
  if (target === undefined) {
    return refuse(
      'related-missing',
      `there is no configuration item ${reference}; name one that is there`,
      { reference },
    );
  }
  if (target.id === state.id) {
    return refuse('self-reference', 'an item cannot be related to itself');
  }
  if (target.state === 'disposed') {
    return refuse('target-disposed', `${reference} is disposed of; name an item that is kept`);
  }
  if (relationTo(state, command, context) !== undefined) {
    return refuse('already-related', `it stands to ${reference} by ${type} already`);
  }
  return (
    state.relations.length < RELATIONS_MAX ||
    refuse('too-many', `an item has at most ${RELATIONS_MAX} relations`)
  );
}

function checkRelated(state: CIState, command: Relating, context: Context): true | Refusal {
  return (
    relationTo(state, command, context) !== undefined ||
    refuse('not-related', `it does not stand to ${command.target} by ${command.type}`)
  );
}

function checkRule(
  { redundancy }: CIState,
  { relation, kind, minimum }: SetCIRedundancy,
  { policies }: Context,
): true | Refusal {
  const types = ciPolicies(policies).relationTypes.value;
  if (isThere(relation) && relationTypeOf(types, relation)?.impact !== 'target-to-source') {
    return refuse('relation-type', `nothing reaches an item by ${relation}`, {
      types: relationNames(types).filter(
        (name) => relationTypeOf(types, name)?.impact === 'target-to-source',
      ),
    });
  }
  if (kind === 'percentage' && minimum > 100) {
    return refuse('redundancy-minimum', 'a percentage goes from 1 to 100', { minimum });
  }
  const isReplaced = redundancy.some((rule) => rule.relation === (relation ?? null));
  return (
    isReplaced ||
    redundancy.length < RULES_MAX ||
    refuse('too-many', `an item has at most ${RULES_MAX} redundancy rules`)
  );
}
