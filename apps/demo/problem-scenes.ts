import type { Fields, World } from './world';

/** Who has to do with the gateway that keeps failing. */
const COORDINATOR = 'v.aalto';
const REPORTS = [
  ['2026-10-05T08:40:00Z', 'l.fernandez'],
  ['2026-10-05T14:10:00Z', 'j.novak'],
  ['2026-10-06T09:05:00Z', 's.haddad'],
  ['2026-10-07T08:20:00Z', 'm.okafor'],
  ['2026-10-07T16:30:00Z', 'p.lindqvist'],
] as const;
const SIXTH_REPORT = ['2026-10-08T09:15:00Z', 'e.tanaka'] as const;
const LATE_REPORT = ['2026-10-12T08:30:00Z', 'l.fernandez'] as const;
const WORKAROUND = 'Connect to vpn2.example.org instead; it has its own gateway.';

interface Report {
  readonly id: string;
  readonly number: string;
  /** Id of the event by which it was registered. */
  readonly registered: string;
}

interface RaisedProblem {
  readonly id: string;
  readonly number: string;
  /** Those that led to it. */
  readonly reports: readonly Report[];
  /** The one that made a problem of them. */
  readonly sixth: Report;
}

/** A problem that is understood. */
export interface KnownProblem extends RaisedProblem {
  /** All incidents that wait for it. */
  readonly incidents: readonly Report[];
}

/** The same gateway fails again and again: the sixth report makes a problem of it. */
export async function reportUntilProblem(world: World, gateway: string): Promise<RaisedProblem> {
  const reports: Report[] = [];
  for (const each of REPORTS) reports.push(await report(world, gateway, each));
  await expectProblems(world, 0);
  const sixth = await report(world, gateway, SIXTH_REPORT);
  reports.push(sixth);
  const [found] = await expectProblems(world, 1);
  const id = String(found?.['id']);
  const { number, title } = await world.expect(`problems/${id}`, {
    state: 'new',
    configurationItem: gateway,
  });
  await world.expectLinks(`problems/${id}`, 'investigates', reports);
  world.flow('repeats-to-problem', `${String(number)} «${String(title)}», as these are`);
  world.detail('six incidents of one item within 30 days; all six linked with it');
  return { id, number: String(number), reports, sixth };
}

async function expectProblems(world: World, count: number): Promise<readonly Fields[]> {
  const { items } = await world.view('problems?limit=10');
  const problems = items as readonly Fields[];
  if (problems.length === count) return problems;
  throw new Error(`${count} problems should be registered by now, there are ${problems.length}`);
}

async function report(
  world: World,
  gateway: string,
  [at, caller]: readonly [string, string],
): Promise<Report> {
  await world.at(at);
  const recorded = await world.create('incidents', {
    actor: 'desk.kim',
    body: {
      title: 'VPN drops every few minutes',
      description: 'The connection from home is lost after five to ten minutes.',
      channel: 'phone',
      caller,
      service: 'Remote Access',
      configurationItem: gateway,
      category: 'Network',
      impact: 2,
      urgency: 2,
    },
  });
  const { id, number, events } = recorded;
  world.say(`${number}  ${caller}: VPN drops every few minutes, on ${gateway}`);
  const body = { group: 'Network Operations' };
  await world.command(`incidents/${id}/take`, { actor: 'g.larsen', body });
  return { id, number, registered: events[0]?.id ?? '' };
}

/** The problem is analysed; its workaround becomes a known error that open incidents are told. */
export async function understandProblem(
  world: World,
  gateway: string,
  problem: RaisedProblem,
): Promise<KnownProblem> {
  const { id, number, reports } = problem;
  const path = `problems/${id}`;
  await world.at('2026-10-08T10:00:00Z');
  const because = await world.eventOf(path, 'ProblemRegistered');
  for (const incident of reports) await holdFor(world, incident.id, number, because);
  world.say(`the six incidents are put on hold for ${number}`);
  await analyse(world, problem);
  const { knownErrors } = await world.get(path);
  const [knownError = ''] = knownErrors as readonly string[];
  const published = await world.expect(`known-errors/${knownError}`, {
    state: 'published',
    workaround: WORKAROUND,
  });
  for (const each of reports) await world.expectNote(`incidents/${each.id}`, WORKAROUND);
  world.flow('workaround-to-known-error', `${String(published['number'])} drafted, published, and`);
  world.detail('its workaround told to each of the six open incidents');
  return { ...problem, incidents: [...reports, await reportLate(world, gateway, problem)] };
}

async function analyse(world: World, { id, number, reports }: RaisedProblem): Promise<void> {
  const path = `problems/${id}`;
  const actor = COORDINATOR;
  await world.at('2026-10-08T14:00:00Z');
  await world.answer(path, 'assess', 'ProblemRegistered', { actor, body: { category: 'Network' } });
  const team = { group: 'Network Operations', coordinator: COORDINATOR };
  await world.answer(path, 'confirm', 'ProblemRegistered', { actor, body: team });
  world.say(`${COORDINATOR} takes ${number} on and analyses it`);
  await world.at('2026-10-09T11:00:00Z');
  const cause = {
    method: 'five-whys',
    notes: 'Firmware 7.2 leaks a session for each new key; at 4,000 it drops the oldest.',
    evidence: reports.map((each) => each.number),
  };
  await world.answer(path, 'record-cause', 'ProblemConfirmed', { actor, body: cause });
  const workaround = { steps: WORKAROUND, effectiveness: 'full', validity: 'until-fixed' };
  await world.answer(path, 'record-workaround', 'ProblemConfirmed', { actor, body: workaround });
  world.say(`${COORDINATOR} records the root cause and a workaround`);
}

async function reportLate(
  world: World,
  gateway: string,
  { id, number }: RaisedProblem,
): Promise<Report> {
  const late = await report(world, gateway, LATE_REPORT);
  await world.expectLinks(`problems/${id}`, 'investigates', [late]);
  await world.expectNote(`incidents/${late.id}`, WORKAROUND);
  world.flow('repeats-to-problem', `linked with ${number}, which has this pattern`);
  world.flow('workaround-to-known-error', 'told the workaround at once');
  await holdFor(world, late.id, number, late.registered);
  return late;
}

async function holdFor(
  world: World,
  incident: string,
  reference: string,
  because: string,
): Promise<void> {
  const body = { reason: 'awaiting-problem', reference };
  await world.command(`incidents/${incident}/hold`, { actor: 'g.larsen', body, because });
}

/** A fix is begun: its change is drafted and linked by itself. Gives the id of the change. */
export async function beginFix(world: World, problem: KnownProblem): Promise<string> {
  const path = `problems/${problem.id}`;
  await world.at('2026-10-12T10:00:00Z');
  await world.answer(path, 'fix', 'ProblemConfirmed', {
    actor: COORDINATOR,
    body: { notes: 'Firmware 7.3 gives its sessions back.', changeNeed: 'to-be-drafted' },
  });
  world.say(`${COORDINATOR} begins the fix: a change is needed`);
  const { links } = await world.expect(path, { state: 'fix-in-progress' });
  const link = (links as readonly Fields[]).find(({ type }) => type === 'fixed-by');
  const change = String(link?.['target']);
  const { number } = await world.expect(`changes/${change}`, {
    state: 'new',
    type: 'normal',
    requester: COORDINATOR,
  });
  world.flow('problem-fix', `${String(number)} drafted and linked with ${problem.number}`);
  return change;
}

/** The change is closed with success: what was waiting for the problem is over. */
export async function expectResolution(
  world: World,
  { id, number, incidents }: KnownProblem,
): Promise<void> {
  await world.expect(`problems/${id}`, { state: 'resolved' });
  world.flow('fix-change-to-problem', `${number} hears of it`);
  for (const incident of incidents) {
    await world.expect(`incidents/${incident.id}`, {
      state: 'resolved',
      resolutionCode: 'resolved-by-problem',
      resolvedBy: 'flow:problem-resolution',
    });
  }
  const [first] = incidents;
  world.flow('problem-resolution', `${number} is resolved, and with it all ${incidents.length}`);
  world.detail(
    `incidents that wait for it: ${first?.number ?? ''} to ${incidents.at(-1)?.number ?? ''}`,
  );
}
