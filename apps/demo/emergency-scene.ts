import type { World } from './world';

const REQUESTER = 'g.larsen';
const IMPLEMENTER = 'n.adeyemi';
const APPROVER = 'i.meyer';
const CHANGE_MANAGER = 'm.rivera';

/** Payments are down at night: the change begins first and is approved in the morning. */
export async function repairBeforeApproval(world: World): Promise<void> {
  await world.at('2026-10-20T02:10:00Z');
  const { id, number } = await world.create('changes', {
    actor: REQUESTER,
    body: {
      title: 'Close the hole in the payment gateway',
      requester: REQUESTER,
      type: 'emergency',
      emergencyReason: 'Payments are stopped until the hole is closed.',
      securityIncident: 'SEC-2026-0117',
      service: 'Payments',
      configurationItems: ['pay-gateway-1'],
      changeManager: CHANGE_MANAGER,
      description: 'The patch of the vendor.',
      justification: 'It is being exploited.',
      implementationPlan: 'Install the patch, restart.',
      testPlan: 'One payment of one cent.',
      backOutPlan: 'Restore the image.',
      impact: 1,
    },
  });
  const path = `changes/${id}`;
  const actor = IMPLEMENTER;
  const window = { plannedStart: '2026-10-20T02:00:00Z', plannedEnd: '2026-10-20T06:00:00Z' };
  await world.command(`${path}/plan-window`, { actor, body: window });
  await world.command(`${path}/record-risk`, { actor, body: { facts: { serviceCriticality: 1 } } });
  const down = { retrospective: true, serviceDownSince: '2026-10-20T01:40:00Z' };
  await world.command(`${path}/submit`, { actor, body: down });
  await world.command(`${path}/start`, { actor });
  const { approvalDueAt } = await world.expect(path, { state: 'implement', isAuthorised: false });
  world.say(
    `${number}  payments are down: ${REQUESTER} asks, ${actor} begins; nobody has approved it`,
  );
  const due = String(approvalDueAt).slice(0, 16).replace('T', ' ');
  world.flow('change-retro-approval', `the emergency board is asked; due by ${due}`);

  await world.at('2026-10-20T03:00:00Z');
  await world.command(`${path}/finish`, { actor, body: { itemUpdates: 'none' } });
  world.say(`${number}  done, payments run`);

  await world.at('2026-10-20T09:30:00Z');
  await world.command(`${path}/approve`, {
    actor: APPROVER,
    body: { comment: 'Right to act at once.' },
  });
  await world.expect(path, { state: 'review', isAuthorised: true, isEscalated: false });
  world.say(`${number}  ${APPROVER} approves it for the emergency board, in time`);
  world.flow('change-retro-approval', 'its clock stops, nothing is escalated');

  await world.at('2026-10-21T09:00:00Z');
  await world.command(`${path}/conclude-review`, {
    actor: CHANGE_MANAGER,
    body: {
      outcome: 'successful',
      notes: 'Patched in 50 minutes.',
      isObjectiveMet: true,
      incidentsCaused: [],
    },
  });
  await world.expect(path, { state: 'closed' });
}
