import { HOUR_MS, openChangeDesk, type ChangeDesk } from './change-desk';
import { problemDeskOn, type ProblemDesk } from './problem-desk';
import { mailIncident } from '../engine-under-test';

let desk: ChangeDesk;
let problems: ProblemDesk;
let change: string;

// A change of relay-1 that has just altered it.
beforeAll(async () => {
  desk = await openChangeDesk();
  problems = problemDeskOn(desk);
  change = await desk.scheduled({ configurationItems: ['relay-1'] }, [2, 4]);
  await desk.engine.advance(3 * HOUR_MS);
  await desk.command(`changes/${change}/start`);
  const update = { configurationItem: 'relay-1', summary: 'A new relay.' };
  await desk.command(`changes/${change}/record-item-update`, update);
  await desk.engine.flowsIdle();
});

afterAll(() => desk.close());

async function incidentOn(configurationItem: string): Promise<string> {
  const id = await desk.create('incidents', { ...mailIncident, configurationItem });
  await desk.engine.flowsIdle();
  return id;
}

const suspectsOf = async (incident: string): Promise<unknown> =>
  (await desk.ticket(`incidents/${incident}`))['suspectedCauses'];

describe('change-to-suspected-cause', () => {
  it('suspects the change of the item, which a person confirms as the cause', async () => {
    const incident = await incidentOn('relay-1');
    expect(await suspectsOf(incident)).toMatchObject([{ change, status: 'suspected' }]);
    expect(await problems.linkedTo(`incidents/${incident}`, 'caused-by')).toEqual([]);
    await desk.command(`incidents/${incident}/confirm-suspected-cause`, { cause: 1 });
    expect(await problems.linkedTo(`incidents/${incident}`, 'caused-by')).toEqual([change]);
  });

  it('suspects nothing of another item, nor after two days', async () => {
    expect(await suspectsOf(await incidentOn('relay-2'))).toEqual([]);
    await desk.engine.advance(49 * HOUR_MS);
    expect(await suspectsOf(await incidentOn('relay-1'))).toEqual([]);
  });
});
