import { policyKindOf, policyNameOf, type Policy } from '@ledgerdesk/kernel';
import { processes } from '../index';

const policies = new Map<string, Policy>(
  processes
    .flatMap((process) => Object.values(process.policies))
    .map((policy) => [policyNameOf(policy), policy]),
);

function faultsOf(name: string, value: unknown): readonly string[] {
  const policy = policies.get(name);
  if (policy === undefined) throw new Error(`there is no policy ${name}`);
  return policyKindOf(policy).faults(value);
}

function valueOf(name: string): Readonly<Record<string, unknown>> {
  return structuredClone(policies.get(name)?.value) as Readonly<Record<string, unknown>>;
}

describe('a policy', () => {
  it.each([...policies])('%s takes the value that ships with the system', (name, { value }) => {
    expect(faultsOf(name, value)).toEqual([]);
  });

  it.each([...policies])('%s takes each of its presets', (_, policy) => {
    const { presets, faults } = policyKindOf(policy);
    expect(Object.values(presets).flatMap((value) => faults(value))).toEqual([]);
  });

  it.each([...policies.keys()])('%s takes neither a text nor nothing, and says what', (name) => {
    expect(faultsOf(name, 'seven')).toEqual([expect.stringContaining('value is an object')]);
    expect(faultsOf(name, null)).toEqual([expect.stringContaining('value is an object')]);
  });

  it.each([
    ['reopen-window', { days: -1 }, 'value.days is a whole number'],
    ['reopen-window', { days: 7, hours: 1 }, 'value.hours is unknown; there are days'],
    ['reopen-window', {}, 'value.days is missing'],
    ['priority-matrix', { ...valueOf('priority-matrix'), impacts: [] }, 'value.impacts is a list'],
    [
      'priority-matrix',
      { ...valueOf('priority-matrix'), priorities: [[1, 2, 3]] },
      'value.priorities has a row for each of the 3 impacts',
    ],
    [
      'priority-matrix',
      {
        ...valueOf('priority-matrix'),
        priorities: [
          [1, 2, 3],
          [2, 3],
          [1, 1, 1],
        ],
      },
      'value.priorities[1] has a cell for each of the 3 urgencies',
    ],
    ['teams', { network: { members: [7] } }, 'value.network.members[0] is a text'],
    [
      'custom-fields',
      { incident: { site: { title: 'Site', type: 'choice' } } },
      'value.incident.site.choices is missing',
    ],
    [
      'custom-fields',
      { incident: { site: { title: 'Site', type: 'colour' } } },
      'value.incident.site.type is one of',
    ],
    [
      'change-approvals',
      { cab: { source: { kind: 'group' }, rule: 'most', isMandatory: true } },
      'value.cab.source.group is missing',
    ],
    [
      'change-models',
      { ...valueOf('change-models'), models: {} },
      'value.models.normal is missing',
    ],
    [
      'ci-classes',
      { server: { title: 'Server', parents: ['machine'] } },
      'value.server.parents names machine, which is no class, or comes from it',
    ],
    [
      'ci-classes',
      { server: { title: 'Server', parents: ['server'] } },
      'value.server.parents names server, which is no class, or comes from it',
    ],
    [
      'ci-classes',
      { server: { title: 'Server', identifiedBy: ['serial'] } },
      'value.server has no attribute serial to be identified by',
    ],
    [
      'major-incident-triggers',
      { rules: [{ id: 'a', when: 'children', atMost: 3 }] },
      'value.rules[0].moreThan is missing',
    ],
    ['policy-publication', { fourEyes: 'all' }, 'value.fourEyes is a list of 0 to 200 entries'],
  ])('%s does not take %j', (name, value, fault) => {
    expect(faultsOf(name, value).join('\n')).toContain(fault);
  });
});
