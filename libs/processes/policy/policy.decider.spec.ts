import type { PolicySet, ProcessDefinition } from '@ledgerdesk/kernel';
import { given, type GivenStep } from '@ledgerdesk/kernel/testing';
import { priorityMatrices } from '../policies/priority-matrix';
import { describeProcessModel, ticketBodies } from '../testing';
import { onePersonPublishes } from './policy-publication';
import { policyCommands } from './policy.decider';
import { policyProcess } from './policy.process';
import type { PolicyState } from './policy.state';

type Step = GivenStep<PolicyState>;

const reason = 'The service desk asked for it.';
const days = (count: number): { readonly days: number } => ({ days: count });
const introduced: Step = ['IntroducePolicy', { policy: 'reopen-window', reason }];
const proposed: Step = ['ProposePolicyVersion', { value: days(14), reason }];
const published: Step = ['PublishPolicyVersion'];
const matrix: Step = ['IntroducePolicy', { policy: 'priority-matrix', reason }];

function under(policies: PolicySet): ProcessDefinition<PolicyState> {
  return { ...policyProcess, policies: { ...policyProcess.policies, ...policies } };
}

const fourEyes = under({
  'policy-publication': {
    ...onePersonPublishes,
    version: 2,
    value: { fourEyes: ['reopen-window'] },
  },
});

describe('a policy', () => {
  it('is introduced with the value in force, its version, and what the build calls it', () => {
    given(policyProcess)
      .when(...(matrix as [string]))
      .thenEvents([
        'PolicyIntroduced',
        {
          number: 'POL-000001',
          policy: 'priority-matrix',
          title: 'Priority matrix',
          version: 1,
          value: priorityMatrices['servicenow-3x3'].value,
          builtIn: 'servicenow-3x3',
        },
      ])
      .thenState({ state: 'in-force', version: 1, policy: 'priority-matrix' });
  });

  it('is introduced with the version that a file of teams counts to', () => {
    const teams = { name: 'teams', version: 7, value: { network: { members: ['li.w'] } } };
    given(under({ teams }))
      .when('IntroducePolicy', { policy: 'teams', reason })
      .thenState({ version: 7 });
  });

  it('is not introduced where nothing looks at it, and those there are are named', () => {
    given(policyProcess)
      .when('IntroducePolicy', { policy: 'lunch-menu', reason })
      .thenRefused('refused.unknown-policy', {
        policies: [
          'custom-fields',
          'policy-publication',
          'priority-matrix',
          'reopen-window',
          'teams',
        ],
      });
  });

  it('is known by its name, so that it is introduced once', () => {
    const key = policyProcess.commands['IntroducePolicy']?.naturalKey?.({ policy: 'teams' });
    expect(key).toBe('teams');
  });
});

describe('a version of a policy', () => {
  it('is proposed, then published with the reason and the name of who proposed it', () => {
    given(policyProcess, introduced, proposed)
      .when('PublishPolicyVersion', {}, { actor: 'ben' })
      .thenEvents([
        'PolicyVersionPublished',
        {
          policy: 'reopen-window',
          version: 2,
          value: days(14),
          effectiveFrom: '2026-03-02T08:02:00.000Z',
          cause: 'proposal',
          proposedBy: 'ada',
          reason,
        },
      ])
      .thenState({ state: 'in-force', version: 2, proposal: null });
  });

  it('is in force from a later time on where that is asked for', () => {
    given(policyProcess, introduced, proposed)
      .when('PublishPolicyVersion', { effectiveFrom: '2026-04-01T00:00:00+02:00' })
      .thenEvents(['PolicyVersionPublished', { effectiveFrom: '2026-03-31T22:00:00.000Z' }]);
  });

  it('is not in force before it is published', () => {
    given(policyProcess, introduced, proposed)
      .when('PublishPolicyVersion', { effectiveFrom: '2026-03-02T08:01:59.999Z' })
      .thenRefused('refused.past-time', { earliest: '2026-03-02T08:02:00.000Z' });
  });

  it.each([
    [{ value: { days: -1 } }, 'refused.policy-value'],
    [{ value: 'a week' }, 'refused.policy-value'],
    [{ value: days(7) }, 'refused.no-change'],
    [{ preset: 'weekly' }, 'refused.unknown-preset'],
    [{ ofVersion: 3 }, 'refused.unknown-policy-version'],
    [{ ofVersion: 1, value: days(3) }, 'refused.policy-source'],
    [{}, 'refused.policy-source'],
  ])('is refused as %j', (source, refused) => {
    given(policyProcess, introduced)
      .when('ProposePolicyVersion', { ...source, reason })
      .thenRefused(refused);
  });

  it('is refused with each fault of its value named', () => {
    given(policyProcess, matrix)
      .when('ProposePolicyVersion', {
        value: { impacts: ['all'], urgencies: ['now'], priorities: [[0]], colour: 'red' },
        reason,
      })
      .thenRefused('refused.policy-value', {
        faults: [
          'value.colour is unknown; there are impacts, urgencies, priorities',
          'value.priorities[0][0] is a whole number from 1 to 9',
        ],
      });
  });

  it('replaces a proposal that was not published', () => {
    given(policyProcess, introduced, proposed)
      .when('ProposePolicyVersion', { value: days(10), reason })
      .thenState({ state: 'under-review', proposedVersion: 2 });
  });

  it('is given up as a proposal, and the one before stays in force', () => {
    given(policyProcess, introduced, proposed)
      .when('WithdrawPolicyProposal', { reason })
      .thenState({ state: 'in-force', version: 1, proposal: null, proposedVersion: null });
  });

  it('takes over a preset', () => {
    given(policyProcess, matrix)
      .when('AdoptPolicyPreset', { preset: 'glpi-5x5', reason })
      .thenEvents([
        'PolicyVersionPublished',
        {
          version: 2,
          value: priorityMatrices['glpi-5x5'].value,
          cause: 'preset',
          preset: 'glpi-5x5',
        },
      ]);
  });

  it('names the presets that there are', () => {
    given(policyProcess, matrix)
      .when('AdoptPolicyPreset', { preset: 'jira', reason })
      .thenRefused('refused.unknown-preset', {
        presets: ['servicenow-3x3', 'itop-3x4', 'glpi-5x5'],
      });
  });

  it('takes an earlier value back as a newer version', () => {
    given(policyProcess, introduced, proposed, published)
      .when('RollBackPolicy', { ofVersion: 1, reason })
      .thenEvents([
        'PolicyVersionPublished',
        { version: 3, value: days(7), cause: 'roll-back', ofVersion: 1 },
      ])
      .thenState({ version: 3 });
  });
});

describe('a retired policy', () => {
  const retired: Step = ['RetirePolicy', { reason }];

  it('is proposed again, with its last value too', () => {
    given(policyProcess, introduced, retired, [
      'ProposePolicyVersion',
      { ofVersion: 1, reason },
    ] as Step)
      .when('PublishPolicyVersion')
      .thenState({ state: 'in-force', version: 2, isRetired: false });
  });

  it('stays retired when the proposal is given up', () => {
    given(policyProcess, introduced, retired, proposed)
      .when('WithdrawPolicyProposal', { reason })
      .thenState({ state: 'retired', isRetired: true });
  });
});

describe('a policy of four eyes', () => {
  it('is not published by the one who proposed it', () => {
    given(fourEyes, introduced, proposed)
      .when('PublishPolicyVersion')
      .thenRefused('refused.four-eyes', { proposedBy: 'ada' });
  });

  it('is published by another one, and the event says by which version of the rule', () => {
    const { decision } = given(fourEyes, introduced, proposed).when(
      'PublishPolicyVersion',
      {},
      { actor: 'ben' },
    );
    expect(decision).toMatchObject([{ policies: [{ name: 'policy-publication', version: 2 }] }]);
  });

  it.each([
    ['AdoptPolicyPreset', { preset: 'any' }],
    ['RollBackPolicy', { ofVersion: 1 }],
    ['RetirePolicy', {}],
  ])('is not open to %s by one person', (command, body) => {
    given(fourEyes, introduced)
      .when(command, { ...body, reason })
      .thenRefused('refused.four-eyes');
  });
});

describe('the process of policies', () => {
  it('has a rule for each of its commands', () => {
    expect(policyProcess.commands).toMatchObject(policyCommands);
  });
});

const textOf = (value: unknown): string => JSON.stringify(value);

function otherPreset({ versions }: PolicyState): 'itop-3x4' | 'glpi-5x5' {
  const newest = textOf(versions.at(-1)?.value);
  return newest === textOf(priorityMatrices['itop-3x4'].value) ? 'glpi-5x5' : 'itop-3x4';
}

describeProcessModel<PolicyState>(
  {
    process: policyProcess,
    bodies: {
      ...ticketBodies<PolicyState>('Policy'),
      ProposePolicyVersion: (state) => ({
        value: priorityMatrices[otherPreset(state)].value,
        reason,
      }),
      AdoptPolicyPreset: (state) => ({ preset: otherPreset(state), reason }),
      RollBackPolicy: ({ versions }) => {
        const newest = textOf(versions.at(-1)?.value);
        const other = versions.find(({ value }) => textOf(value) !== newest);
        return other && { ofVersion: other.version, reason };
      },
    },
  },
  { seed: 20260302, runs: 60 },
);
