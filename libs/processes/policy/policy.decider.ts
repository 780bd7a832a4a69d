import {
  policyKindOf,
  policyReference,
  type CommandDefinition,
  type Decision,
  type DecisionContext,
} from '@ledgerdesk/kernel';
import { defineCommand, type TypedCommandDefinition } from '../shared/command-definition';
import { isThere, utc } from '../shared/fields';
import { emitterOf } from '../shared/folding';
import { publicationPolicy } from './policy-publication';
import {
  AdoptPolicyPreset,
  IntroducePolicy,
  ProposePolicyVersion,
  PublishPolicyVersion,
  RetirePolicy,
  RollBackPolicy,
  WithdrawPolicyProposal,
} from './policy.commands';
import type { PolicyEventTable } from './policy.events';
import { chosenValue, knownPolicy } from './policy.guards';
import type { PolicyState } from './policy.state';

const emit = emitterOf<PolicyEventTable>();

type Context = DecisionContext<PolicyState>;

function command<Command extends object>(
  definition: TypedCommandDefinition<PolicyState, Command>,
): CommandDefinition<PolicyState> {
  return defineCommand(definition);
}

/** What the commands on a policy lead to. */
export const policyCommands: Readonly<Record<string, CommandDefinition<PolicyState>>> = {
  IntroducePolicy: command<IntroducePolicy>({
    type: IntroducePolicy,
    summary:
      'Take a policy over from the build, with the value in force, to publish versions of it.',
    route: null,
    permission: 'policy:introduce',
    emits: ['PolicyIntroduced'],
    example: { policy: 'priority-matrix', reason: 'We are going to have our own.' },
    naturalKey: ({ policy }) => policy,
    decide: ({ policy, reason }, _, { number, policies }) => {
      const known = knownPolicy(policies, policy);
      if ('refused' in known) return known;
      const { name: builtIn, version, value } = known;
      const { title } = policyKindOf(known);
      return [emit('PolicyIntroduced', { number, policy, title, version, value, builtIn, reason })];
    },
  }),
  ProposePolicyVersion: command<ProposePolicyVersion>({
    type: ProposePolicyVersion,
    summary: 'Propose the next version: a value, a preset, or an earlier version again.',
    route: 'propose-version',
    permission: 'policy:propose',
    emits: ['PolicyVersionProposed'],
    example: { preset: 'itop-3x4', reason: 'Departments are to come first.' },
    decide: (asked, state, { policies }) => {
      const chosen = chosenValue(state, asked, policies);
      if ('refused' in chosen) return chosen;
      const { preset = null, ofVersion = null, reason } = asked;
      const { value } = chosen;
      const version = state.version + 1;
      return [emit('PolicyVersionProposed', { version, value, preset, ofVersion, reason })];
    },
  }),
  WithdrawPolicyProposal: command<WithdrawPolicyProposal>({
    type: WithdrawPolicyProposal,
    summary: 'Give the proposal up.',
    route: 'withdraw-proposal',
    permission: 'policy:propose',
    emits: ['PolicyProposalWithdrawn'],
    example: { reason: 'The teams were not asked.' },
    decide: ({ reason }, { version }) => [
      emit('PolicyProposalWithdrawn', { version: version + 1, reason }),
    ],
  }),
  PublishPolicyVersion: command<PublishPolicyVersion>({
    type: PublishPolicyVersion,
    summary: 'Put the proposed version in force, now or at a later time.',
    route: 'publish',
    permission: 'policy:publish',
    emits: ['PolicyVersionPublished'],
    example: {},
    decide: ({ effectiveFrom }, state, context) => {
      const { proposal } = state;
      if (proposal === null) return [];
      const { value, preset, ofVersion, proposedBy, reason } = proposal;
      return published(state, context, {
        ...{ effectiveFrom, value, preset, ofVersion, proposedBy, reason },
        cause: 'proposal',
      });
    },
  }),
  ...alone(),
};

/** What one person may do at once where no four eyes are asked for. */
function alone(): Readonly<Record<string, CommandDefinition<PolicyState>>> {
  return {
    AdoptPolicyPreset: command<AdoptPolicyPreset>({
      type: AdoptPolicyPreset,
      summary: 'Publish a preset as the next version.',
      route: 'adopt-preset',
      permission: 'policy:publish',
      emits: ['PolicyVersionPublished'],
      example: { preset: 'glpi-5x5', reason: 'As in the tool that we come from.' },
      decide: ({ preset, effectiveFrom, reason }, state, context) => {
        const chosen = chosenValue(state, { preset }, context.policies);
        if ('refused' in chosen) return chosen;
        const { value } = chosen;
        return published(state, context, { effectiveFrom, value, preset, reason, cause: 'preset' });
      },
    }),
    RollBackPolicy: command<RollBackPolicy>({
      type: RollBackPolicy,
      summary: 'Publish the value of an earlier version as the next one.',
      route: 'roll-back',
      permission: 'policy:publish',
      emits: ['PolicyVersionPublished'],
      example: { ofVersion: 1, reason: 'Too much was urgent.' },
      decide: ({ ofVersion, effectiveFrom, reason }, state, context) => {
        const chosen = chosenValue(state, { ofVersion }, context.policies);
        if ('refused' in chosen) return chosen;
        const { value } = chosen;
        return published(state, context, {
          ...{ effectiveFrom, value, ofVersion, reason },
          cause: 'roll-back',
        });
      },
    }),
    RetirePolicy: command<RetirePolicy>({
      type: RetirePolicy,
      summary: 'Give the policy back to the build: what it brings is in force again.',
      route: 'retire',
      permission: 'policy:publish',
      emits: ['PolicyRetired'],
      example: { reason: 'What ships with the system suits us.' },
      decide: ({ reason }, { policy, version }, { policies }) => [
        emit('PolicyRetired', { policy: policy ?? '', version, reason }, [
          policyReference(publicationPolicy(policies)),
        ]),
      ],
    }),
  };
}

interface Publication {
  readonly effectiveFrom?: string | null | undefined;
  readonly value: unknown;
  readonly cause: 'proposal' | 'preset' | 'roll-back';
  readonly preset?: string | null;
  readonly ofVersion?: number | null;
  readonly proposedBy?: string | null;
  readonly reason: string;
}

function published(
  { policy, version }: PolicyState,
  { now, policies }: Context,
  { effectiveFrom, value, cause, reason, ...source }: Publication,
): Decision {
  const { preset = null, ofVersion = null, proposedBy = null } = source;
  return [
    emit(
      'PolicyVersionPublished',
      {
        policy: policy ?? '',
        version: version + 1,
        effectiveFrom: isThere(effectiveFrom) ? utc(effectiveFrom) : now,
        ...{ value, cause, preset, ofVersion, proposedBy, reason },
      },
      [policyReference(publicationPolicy(policies))],
    ),
  ];
}
