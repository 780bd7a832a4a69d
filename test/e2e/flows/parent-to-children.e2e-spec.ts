import { ManualClock } from '@ledgerdesk/engine/testing';
import { incidentDeskOf, startEngineUnderTest, type EngineUnderTest } from '../engine-under-test';

let engine: EngineUnderTest;
const desk = incidentDeskOf(() => engine);

beforeAll(async () => {
  engine = await startEngineUnderTest({}, { clock: new ManualClock() });
});

afterAll(() => engine.close());

async function taken(): Promise<string> {
  const id = await desk.registered();
  await desk.command(id, 'take', { group: 'desk' });
  return id;
}

const stateOf = async (id: string): Promise<unknown> => (await desk.ticket(id))['state'];

describe('parent-to-children', () => {
  it('resolves the children that are not excluded, and reopens them with their parent', async () => {
    const [parent, child, excluded] = [await taken(), await taken(), await taken()];
    for (const each of [child, excluded]) await desk.command(each, 'set-parent', { parent });
    const resolution = { code: 'other', notes: 'Restarted.', withChildren: true };
    await desk.command(parent, 'resolve', { ...resolution, excludedChildren: [excluded] });
    await engine.flowsIdle();
    expect([await stateOf(child), await stateOf(excluded)]).toEqual(['resolved', 'in-progress']);
    await desk.command(parent, 'reopen', { reason: 'It failed again.' });
    await engine.flowsIdle();
    expect([await stateOf(child), await stateOf(excluded)]).toEqual(['in-progress', 'in-progress']);
  });
});
