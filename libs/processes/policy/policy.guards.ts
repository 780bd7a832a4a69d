import {
  canonicalJson,
  policyKindOf,
  refuse,
  type DecisionContext,
  type Guard,
  type Policy,
  type PolicySet,
  type Refusal,
} from '@ledgerdesk/kernel';
import { defineGuard } from '../shared/command-definition';
import { isThere, utc } from '../shared/fields';
import type { IntroducePolicy, PublishPolicyVersion } from './policy.commands';
import { publicationPolicy } from './policy-publication';
import type { PolicyState } from './policy.state';

interface Choice {
  readonly value?: unknown;
  readonly preset?: string | null | undefined;
  readonly ofVersion?: number | null | undefined;
}

/** The questions that the lifecycle of a policy asks. */
export const policyGuards: Readonly<Record<string, Guard<PolicyState>>> = {
  isKnownPolicy: defineGuard<PolicyState, IntroducePolicy>({
    unless: 'a process or a flow of this build looks at the policy',
    check: (_, { policy }, { policies }) => {
      const known = knownPolicy(policies, policy);
      return 'refused' in known ? known : true;
    },
  }),
  hasSoundValue: defineGuard<PolicyState, Choice>({
    unless: 'exactly one of value, preset and version is given, and is one that the policy takes',
    check: (state, command, { policies }) => {
      const chosen = chosenValue(state, command, policies);
      if ('refused' in chosen) return chosen;
      return isInForce(state, chosen.value)
        ? refuse('no-change', `version ${state.version} has this very value already`)
        : isSound(state.policy, chosen.value, policies);
    },
  }),
  isProposalSound: defineGuard<PolicyState>({
    unless: 'the proposed value is still one that the policy takes',
    check: ({ policy, proposal }, _, { policies }) => isSound(policy, proposal?.value, policies),
  }),
  isByAnotherPerson: defineGuard<PolicyState>({
    unless: 'two people agree, where the policy `policy-publication` asks for four eyes',
    stateOnly: true,
    check: ({ policy, proposedBy }, _, context) =>
      !needsFourEyes(policy, context) ||
      context.actor !== proposedBy ||
      refuse('four-eyes', `${context.actor} proposed this version; another person publishes it`, {
        proposedBy,
      }),
  }),
  isWithoutReview: defineGuard<PolicyState>({
    unless: 'one person alone may publish it, by the policy `policy-publication`',
    stateOnly: true,
    check: ({ policy }, _, context) =>
      !needsFourEyes(policy, context) ||
      refuse(
        'four-eyes',
        `${String(policy)} is published by two people; propose a version, and let another publish it`,
      ),
  }),
  isNotBackdated: defineGuard<PolicyState, PublishPolicyVersion>({
    unless: 'the version is in force from now on or later: nothing is decided again',
    check: (_, { effectiveFrom }, { now }) =>
      !isThere(effectiveFrom) ||
      utc(effectiveFrom) >= now ||
      refuse('past-time', `effectiveFrom lies in the past; give ${now} or later, or leave it out`, {
        earliest: now,
      }),
  }),
};

/** The value that a command names, as it is, by a preset or by an earlier version. */
export function chosenValue(
  { policy, versions }: Pick<PolicyState, 'policy' | 'versions'>,
  { value, preset, ofVersion }: Choice,
  policies: PolicySet,
): { readonly value: unknown } | Refusal {
  const known = knownPolicy(policies, policy);
  if ('refused' in known) return known;
  const given = [value, preset, ofVersion].filter(isThere);
  if (given.length !== 1) {
    return refuse('policy-source', 'give exactly one of value, preset and ofVersion');
  }
  if (isThere(value)) return { value };
  if (isThere(preset)) return presetOf(known, preset);
  const earlier = versions.find(({ version }) => version === ofVersion);
  const numbers = versions.map(({ version }) => version);
  return (
    earlier ??
    refuse(
      'unknown-policy-version',
      `there is no version ${String(ofVersion)} at hand; there are ${numbers.join(', ')}`,
      { versions: numbers },
    )
  );
}

/** The policy of this name as the decision knows it, or `refused.unknown-policy`. */
export function knownPolicy(policies: PolicySet, name: string | null): Policy | Refusal {
  const known = name !== null && Object.hasOwn(policies, name) ? policies[name] : undefined;
  if (known !== undefined) return known;
  const names = Object.keys(policies).sort();
  return refuse(
    'unknown-policy',
    `nothing looks at a policy ${String(name)}; there are ${names.join(', ')}`,
    { policies: names },
  );
}

function presetOf(policy: Policy, name: string): { readonly value: unknown } | Refusal {
  const { presets } = policyKindOf(policy);
  if (Object.hasOwn(presets, name)) return { value: presets[name] };
  const names = Object.keys(presets);
  return refuse(
    'unknown-preset',
    `the policy has no preset ${name}; ` +
      (names.length === 0 ? 'it has none: give a value' : `it has ${names.join(', ')}`),
    { presets: names },
  );
}

function isSound(name: string | null, value: unknown, policies: PolicySet): true | Refusal {
  const known = knownPolicy(policies, name);
  if ('refused' in known) return known;
  const faults = policyKindOf(known).faults(value);
  if (faults.length === 0) return true;
  return refuse('policy-value', `${String(name)} does not take this: ${faults.join('; ')}`, {
    faults,
  });
}

function isInForce({ isRetired, versions }: PolicyState, value: unknown): boolean {
  const newest = versions.at(-1);
  if (isRetired || newest === undefined) return false;
  return canonicalJson(newest.value) === canonicalJson(value);
}

function needsFourEyes(
  policy: string | null,
  { policies }: Pick<DecisionContext, 'policies'>,
): boolean {
  return publicationPolicy(policies).value.fourEyes.some((each) => each === policy);
}
