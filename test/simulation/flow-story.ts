import type { FlowWorld } from './flow-world';

const DAY_MS = 86_400_000;
const INCIDENTS = 4;
const STEPS = 8;

/** A seeded story of a desk: a family of incidents that are resolved, reopened, left alone. */
export async function tellStory(world: FlowWorld, random: () => number): Promise<void> {
  const incidents: string[] = [];
  for (let index = 0; index < INCIDENTS; index += 1) {
    const id = await world.send('RegisterIncident', null, {
      description: `Fault ${index}`,
      channel: 'phone',
      caller: 'nadia',
      service: 'mail',
    });
    if (id === undefined) throw new Error('an incident could not be registered');
    incidents.push(id);
    // One stays untaken: it cannot be resolved with its parent, which parks the flow.
    if (index < INCIDENTS - 1 || random() < 0.7) {
      await world.send('TakeIncident', id, { group: 'desk' });
    }
  }
  const [parent = '', ...children] = incidents;
  for (const child of children) await world.send('SetIncidentParent', child, { parent });
  await world.settle();
  for (let step = 0; step < STEPS; step += 1) {
    await act(world, random, incidents, parent);
    await world.settle();
  }
  await world.advance(10 * DAY_MS);
}

async function act(
  world: FlowWorld,
  random: () => number,
  incidents: readonly string[],
  parent: string,
): Promise<void> {
  const any = incidents[Math.floor(random() * incidents.length)] ?? parent;
  const body = { code: 'other', notes: 'Restarted.' };
  switch (Math.floor(random() * 7)) {
    case 0:
    case 1:
      await world.send('ResolveIncident', parent, { ...body, withChildren: true });
      return;
    case 2:
      await world.send('ReopenIncident', parent, { reason: 'It came back.' });
      return;
    case 3:
      await world.send('DisputeIncidentResolution', any, { comment: 'It never worked.' });
      return;
    case 4:
      await world.send('ResolveIncident', any, { ...body, withChildren: true });
      return;
    case 5:
      await world.send('ReopenIncident', any, { reason: 'Not solved.' });
      return;
    default:
      await world.advance(Math.floor(random() * 6 * DAY_MS));
  }
}
