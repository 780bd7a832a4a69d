import type { Fields, World } from './world';

const CHANGE_MANAGER = 'm.rivera';
const BOARD = ['b.stone', 'i.meyer', 'o.banda'] as const;
const CHAIR = BOARD[0];
const SUBSTITUTE = 'w.chen';
const IMPLEMENTER = 'f.rossi';
const ARCHITECT = 'k.ito';

const plans = {
  implementationPlan: 'Drain the gateway, install 7.3, let sessions back in.',
  testPlan: 'Renew the keys of 50 sessions on the reference gateway.',
  backOutPlan: 'Boot the other partition with 7.2.',
} as const;

/** The gateway under configuration control, by its number. */
export async function registerGateway(world: World): Promise<string> {
  const { number } = await world.create('configuration-items', {
    actor: 'h.patel',
    body: {
      ciClass: 'network-device',
      identification: ['VPN-88213'],
      attributes: { name: 'vpn-gw-1', firmware: '7.2' },
      state: 'in-production',
    },
  });
  world.say(`${number}  vpn-gw-1, a gateway with firmware 7.2, is under configuration control`);
  return number;
}

/** Another change of the same gateway, on its way long before: it takes Saturday evening. */
export async function scheduleOther(world: World, gateway: string): Promise<string> {
  await world.at('2026-10-12T09:00:00Z');
  const { id, number } = await world.create('changes', {
    actor: 'h.patel',
    body: {
      title: 'Second power supply for vpn-gw-1',
      requester: 'h.patel',
      type: 'normal',
      service: 'Remote Access',
      configurationItems: [gateway],
      changeManager: CHANGE_MANAGER,
      description: 'It has one power supply only.',
      justification: 'A power cut takes it down.',
      implementationPlan: 'Plug it in.',
      testPlan: 'Pull the other one.',
      backOutPlan: 'Unplug it.',
      impact: 3,
    },
  });
  const path = `changes/${id}`;
  await prepare(world, path, ['2026-10-17T20:00:00Z', '2026-10-17T23:00:00Z']);
  for (const approver of [CHANGE_MANAGER, BOARD[0], BOARD[1]]) {
    await world.command(`${path}/approve`, { actor: approver });
  }
  await world.expect(path, { state: 'scheduled' });
  world.say(
    `${number}  «Second power supply for vpn-gw-1» is scheduled, 17 October 20:00 to 23:00`,
  );
  return number;
}

async function prepare(
  world: World,
  path: string,
  [plannedStart, plannedEnd]: readonly [string, string],
): Promise<void> {
  const actor = CHANGE_MANAGER;
  await world.command(`${path}/plan-window`, { actor, body: { plannedStart, plannedEnd } });
  const facts = { serviceCriticality: 3 };
  await world.command(`${path}/record-risk`, { actor, body: { facts } });
  await world.command(`${path}/submit`, { actor });
  await world.command(`${path}/technical-approve`, { actor: ARCHITECT });
}

/** The drafted change is planned, meets the other one, is moved and goes through the board. */
export async function authorise(world: World, change: string, other: string): Promise<void> {
  const path = `changes/${change}`;
  await planFix(world, path);
  const { scan } = await world.expect(path, { state: 'authorise', risk: 'moderate' });
  const [conflict] = (scan as { readonly conflicts: readonly Fields[] }).conflicts;
  if (conflict?.['with'] !== other || conflict['severity'] !== 'hard') {
    throw new Error(`a hard conflict with ${other} was to be found: ${JSON.stringify(scan)}`);
  }
  world.flow('change-assessment', `risk moderate; ${other} takes the same gateway at that time`);

  await world.at('2026-10-13T09:00:00Z');
  const { slot } = await world.view(`${path}/free-slot?from=2026-10-17T21:00:00Z`);
  const { start, end } = slot as { readonly start: string; readonly end: string };
  await world.answer(path, 'plan-window', 'ChangeConflictsRecorded', {
    actor: CHANGE_MANAGER,
    body: { plannedStart: start, plannedEnd: end },
  });
  world.say(`moved to the next free slot: ${inWords(start)} to ${inWords(end)}`);
  const moved = await world.get(path);
  if ((moved['scan'] as { readonly conflicts: readonly unknown[] }).conflicts.length > 0) {
    throw new Error(`nothing should be in the way now: ${JSON.stringify(moved['scan'])}`);
  }
  world.flow('change-assessment', 'scanned again, nothing is in its way; approvals asked anew');
  await holdMeeting(world, path, String(moved['number']));
}

async function planFix(world: World, path: string): Promise<void> {
  await world.at('2026-10-12T15:00:00Z');
  const actor = CHANGE_MANAGER;
  const drafted = { actor, because: await world.eventOf(path, 'ChangeDrafted') };
  const body = { ...plans, changeManager: CHANGE_MANAGER };
  await world.command(`${path}/edit`, { ...drafted, body });
  await world.command(`${path}/set-impact`, { ...drafted, body: { impact: 2 } });
  const assignment = { group: 'Network Operations', assignee: IMPLEMENTER };
  await world.command(`${path}/assign`, { ...drafted, body: assignment });
  const window = { plannedStart: '2026-10-17T21:00:00Z', plannedEnd: '2026-10-17T23:00:00Z' };
  await world.command(`${path}/plan-window`, { ...drafted, body: window });
  const facts = { serviceCriticality: 3 };
  await world.command(`${path}/record-risk`, { ...drafted, body: { facts } });
  await world.command(`${path}/submit`, drafted);
  await world.answer(path, 'technical-approve', 'ChangeSubmitted', { actor: ARCHITECT });
  world.say(`planned for 17 October, 21:00 to 23:00, handed in and assessed by ${ARCHITECT}`);
}

async function holdMeeting(world: World, path: string, change: string): Promise<void> {
  await world.at('2026-10-14T13:00:00Z');
  const asked = await world.eventOf(path, 'ChangeApprovalRequested');
  await world.command(`${path}/approve`, { actor: CHANGE_MANAGER, because: asked });
  const { id, number } = await world.create('cab-meetings', {
    actor: CHANGE_MANAGER,
    because: asked,
    body: {
      title: 'Change advisory board, week 42',
      scheduledAt: '2026-10-14T13:00:00Z',
      chair: CHAIR,
      members: BOARD,
    },
  });
  const meeting = `cab-meetings/${id}`;
  const [, second, absent] = BOARD;
  await world.command(`${meeting}/add-item`, { actor: CHANGE_MANAGER, body: { change } });
  await world.command(`${meeting}/delegate-seat`, {
    actor: CHANGE_MANAGER,
    body: { member: absent, delegate: SUBSTITUTE },
  });
  await world.command(`${meeting}/publish-agenda`, { actor: CHANGE_MANAGER });
  await world.command(`${meeting}/open`, { actor: CHAIR, body: { present: BOARD } });
  for (const actor of [CHAIR, second, SUBSTITUTE]) {
    await world.command(`${meeting}/vote`, { actor, body: { item: 1, vote: 'approve' } });
  }
  await world.answer(meeting, 'decide-item', 'CabMeetingPlanned', {
    actor: CHAIR,
    body: { item: 1, decision: 'approved', notes: 'The reference gateway ran for a week.' },
  });
  world.say(`${number}  the board approves, ${SUBSTITUTE} voting in the seat of ${absent}`);
  const { approvalRounds } = await world.expect(path, { state: 'scheduled' });
  const votes = (approvalRounds as readonly { readonly answers: readonly Fields[] }[]).at(-1);
  if (votes?.answers.some(({ answeredBy }) => answeredBy === SUBSTITUTE) !== true) {
    throw new Error(`the vote of ${SUBSTITUTE} is not on record: ${JSON.stringify(votes)}`);
  }
  world.flow('cab-to-change', `the decision and each vote on ${change}, which is scheduled`);
  const { schedule } = await world.get(`configuration-items/${await itemOf(world, path)}`);
  if ((schedule as readonly unknown[]).length !== 2) {
    throw new Error(`two changes should be in the calendar: ${JSON.stringify(schedule)}`);
  }
  world.flow('change-schedule', 'entered in the calendar of the gateway, those concerned told');
}

async function itemOf(world: World, path: string): Promise<string> {
  const { configurationItems } = await world.get(path);
  return String((configurationItems as readonly string[])[0]);
}

/** The change is carried out within its window and looked back at. */
export async function carryOut(world: World, change: string, gateway: string): Promise<void> {
  const path = `changes/${change}`;
  const actor = IMPLEMENTER;
  await world.at('2026-10-17T23:05:00Z');
  const { number } = await world.get(path);
  await world.answer(path, 'start', 'ChangeAuthorised', { actor });
  world.say(`${String(number)}  ${actor} begins, within the window`);
  world.flow('change-configuration', 'a baseline of the gateway as it is before');

  await world.at('2026-10-17T23:50:00Z');
  const attribute = { attribute: 'firmware', value: '7.3', change: String(number) };
  await world.command(`configuration-items/${gateway}/change-attribute`, {
    actor,
    body: attribute,
    because: await world.eventOf(path, 'ChangeStarted'),
  });
  await world.at('2026-10-18T00:20:00Z');
  await world.answer(path, 'finish', 'ChangeStarted', { actor, body: { itemUpdates: 'none' } });
  const { itemUpdates } = await world.expect(path, { state: 'review', reviewer: CHANGE_MANAGER });
  const [update] = itemUpdates as readonly Fields[];
  if (update?.['configurationItem'] !== gateway) {
    throw new Error(`an update of ${gateway} should be recorded: ${JSON.stringify(itemUpdates)}`);
  }
  world.say(`${gateway}  vpn-gw-1 has firmware 7.3; ${actor} says that all is done`);
  world.flow('change-configuration', `a baseline after it; what differs is recorded on`);
  world.detail(`${String(number)}, and ${CHANGE_MANAGER} asked to review it`);

  await world.at('2026-10-19T09:00:00Z');
  await world.answer(path, 'conclude-review', 'ChangeReviewRequested', {
    actor: CHANGE_MANAGER,
    body: {
      outcome: 'successful',
      notes: 'No session was lost since.',
      isObjectiveMet: true,
      incidentsCaused: [],
    },
  });
  await world.expect(path, { state: 'closed' });
  world.say(`${CHANGE_MANAGER} concludes the review: successful`);
}

function inWords(instant: string): string {
  return `${Number(instant.slice(8, 10))} October ${instant.slice(11, 16)}`;
}
