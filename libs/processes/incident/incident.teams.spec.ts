import { allowedCommands, isRefusal, type PolicyReference } from '@ledgerdesk/kernel';
import { given, type Outcome } from '@ledgerdesk/kernel/testing';
import {
  defaultTicketPolicies,
  incidentProcess,
  isMemberOfTeam,
  openTeams,
  withPolicies,
  type IncidentState,
} from '../index';

const teams = {
  name: 'teams',
  version: 3,
  value: {
    messaging: { members: ['li.w', 'omar.s'] },
    dissolved: { members: [] },
  },
};
const staffed = withPolicies(incidentProcess, { teams });

const report = { description: 'Mail is stuck.', channel: 'phone', caller: 'nadia.k', service: 'm' };
const registered = ['RegisterIncident', report] as const;
const toGroup = ['AssignIncident', { group: 'messaging' }] as const;
const toPerson = ['AssignIncident', { group: 'messaging', assignee: 'li.w' }] as const;

const byLi = { actor: 'li.w' };
const refusedFor = (person: string, group = 'messaging'): Readonly<Record<string, unknown>> => ({
  group,
  person,
  policy: { name: 'teams', version: 3 },
});

/** Which policies each decided event refers to, by type. */
function policiesOf({ decision }: Outcome<IncidentState>): unknown {
  if (isRefusal(decision)) throw new Error(decision.message);
  return decision.map(({ type, policies }): [string, readonly PolicyReference[] | undefined] => [
    type,
    policies,
  ]);
}

describe('a team', () => {
  it('has the members that the policy lists, and no other', () => {
    expect(isMemberOfTeam(teams, 'messaging', 'li.w')).toBe(true);
    expect(isMemberOfTeam(teams, 'messaging', 'eve')).toMatchObject({
      refused: 'refused.not-a-member',
      message: expect.stringContaining('eve is no member of messaging by version 3') as string,
    });
  });

  it('is open to all where the policy does not list it, whatever it is called', () => {
    for (const group of ['network', 'constructor', '__proto__', 'toString']) {
      expect(isMemberOfTeam(teams, group, 'eve')).toBe(true);
    }
  });

  it('without members is closed to everybody', () => {
    expect(isMemberOfTeam(teams, 'dissolved', 'li.w')).not.toBe(true);
  });

  it('is open unless the organisation lists it', () => {
    expect(defaultTicketPolicies.teams).toBe(openTeams);
    expect(isMemberOfTeam(openTeams, 'messaging', 'eve')).toBe(true);
  });
});

describe('an incident of a closed group', () => {
  it.each([
    ['StartIncidentWork', [registered, toPerson]],
    ['TakeIncident', [registered, toGroup]],
  ] as const)('%s is for members: others are refused', (command, steps) => {
    given(staffed, ...steps)
      .when(command, {}, { actor: 'eve' })
      .thenRefused('refused.not-a-member', refusedFor('eve'));
    given(staffed, ...steps)
      .when(command, {}, byLi)
      .thenState({ state: 'in-progress', assignee: 'li.w' });
  });

  it('is taken for the group that the command names by its members alone', () => {
    const body = { group: 'messaging' };
    given(staffed, registered)
      .when('TakeIncident', body)
      .thenRefused('refused.not-a-member', refusedFor('ada'));
    given(staffed, registered).when('TakeIncident', body, byLi).thenState({ assignee: 'li.w' });
  });

  it.each([
    ['AssignIncident', [registered], { group: 'messaging', assignee: 'eve' }],
    ['AssignIncident', [registered, toGroup], { group: 'messaging', assignee: 'eve' }],
    ['ReassignIncident', [registered, toPerson], { assignee: 'eve' }],
    [
      'ReassignIncident',
      [registered, ['AssignIncident', { group: 'network' }]],
      { group: 'messaging', assignee: 'eve' },
    ],
    ['HandOverIncident', [registered, toPerson], { assignee: 'eve' }],
  ] as const)('%s gives it to members alone', (command, steps, body) => {
    given(staffed, ...steps)
      .when(command, body)
      .thenRefused('refused.not-a-member', refusedFor('eve'));
    given(staffed, ...steps)
      .when(command, { ...body, assignee: 'omar.s' })
      .thenState({ assignee: 'omar.s', assignmentGroup: 'messaging' });
  });

  it('is assigned to the group, and reassigned to it, by anyone who names no person', () => {
    given(staffed, registered)
      .when(...toGroup)
      .thenState({ assignmentGroup: 'messaging', assignee: null });
    given(staffed, registered, ['AssignIncident', { group: 'network', assignee: 'eve' }])
      .when('ReassignIncident', { group: 'messaging' })
      .thenState({ assignmentGroup: 'messaging', assignee: null });
  });

  it('leaves it to an open group: there the person need be no member', () => {
    given(staffed, registered, toPerson)
      .when('ReassignIncident', { group: 'network', assignee: 'eve' })
      .thenState({ assignmentGroup: 'network', assignee: 'eve' });
  });

  it('does not offer to start work to those who may not', () => {
    const { state } = given(staffed, registered, toPerson);
    const offered = (actor: string): readonly string[] =>
      allowedCommands(staffed, state, {
        id: '',
        number: '',
        actor,
        onBehalfOf: null,
        now: '2026-03-02T09:00:00.000Z',
        policies: staffed.policies,
        tickets: new Map(),
        related: new Map(),
        blobs: new Map(),
      }).map(({ command }) => command);
    expect(offered('li.w')).toEqual(expect.arrayContaining(['StartIncidentWork', 'TakeIncident']));
    expect(offered('eve')).not.toContain('StartIncidentWork');
    expect(offered('eve')).not.toContain('TakeIncident');
  });
});

describe('an incident registered for a closed group', () => {
  const forGroup = { ...report, assignmentGroup: 'messaging' };

  it('may be registered by anyone who leaves the work to the group', () => {
    given(staffed).when('RegisterIncident', forGroup).thenState({ state: 'assigned' });
  });

  it('goes to members alone', () => {
    given(staffed)
      .when('RegisterIncident', { ...forGroup, assignee: 'eve' })
      .thenRefused('refused.not-a-member', refusedFor('eve'));
    given(staffed)
      .when('RegisterIncident', { ...forGroup, assignee: 'li.w' })
      .thenState({ assignee: 'li.w' });
  });

  it.each([
    ['startWork', { startWork: true }],
    ['holdReason', { holdReason: 'awaiting-problem', holdReference: 'PRB-000001' }],
  ])('is worked on from the beginning by members alone, as %s says', (_field, work) => {
    const body = { ...forGroup, ...work, assignee: 'li.w' };
    given(staffed)
      .when('RegisterIncident', body)
      .thenRefused('refused.not-a-member', refusedFor('ada'));
    given(staffed)
      .when('RegisterIncident', body, { actor: 'omar.s' })
      .thenState({ assignee: 'li.w', assignmentGroup: 'messaging' });
  });
});

describe('an event by which a person gets an incident or starts work on it', () => {
  const reference = [{ name: 'teams', version: 3 }];

  it.each([
    ['AssignIncident', [registered], toPerson[1], ['IncidentAssigned']],
    ['StartIncidentWork', [registered, toPerson], {}, ['IncidentWorkStarted']],
    ['TakeIncident', [registered, toGroup], {}, ['IncidentAssigned', 'IncidentWorkStarted']],
    ['ReassignIncident', [registered, toPerson], { assignee: 'omar.s' }, ['IncidentReassigned']],
    ['HandOverIncident', [registered, toPerson], { assignee: 'omar.s' }, ['IncidentHandedOver']],
  ] as const)('%s: names the version of the teams', (command, steps, body, types) => {
    const outcome = given(staffed, ...steps).when(command, body, byLi);
    expect(policiesOf(outcome)).toEqual(types.map((type) => [type, reference]));
  });

  it('names it at the birth of the incident too', () => {
    const body = { ...report, assignmentGroup: 'messaging', startWork: true };
    expect(policiesOf(given(staffed).when('RegisterIncident', body, byLi))).toEqual([
      ['IncidentRegistered', undefined],
      ['IncidentAssigned', reference],
      ['IncidentWorkStarted', reference],
    ]);
  });

  it('names the open teams where no other are in force', () => {
    expect(policiesOf(given(incidentProcess, registered).when(...toPerson))).toEqual([
      ['IncidentAssigned', [{ name: 'open-teams', version: 1 }]],
    ]);
  });

  it('names none where no person was named', () => {
    expect(policiesOf(given(staffed, registered).when(...toGroup))).toEqual([
      ['IncidentAssigned', undefined],
    ]);
  });
});
