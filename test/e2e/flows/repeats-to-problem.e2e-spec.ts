import { HOUR_MS, openChangeDesk, type ChangeDesk } from './change-desk';
import { problemDeskOn, type ProblemDesk } from './problem-desk';
import { mailIncident } from '../engine-under-test';

const REPEATS = 6;

let desk: ChangeDesk;
let problems: ProblemDesk;

beforeAll(async () => {
  desk = await openChangeDesk();
  problems = problemDeskOn(desk);
});

afterAll(() => desk.close());

/** One after the other, two hours apart: they repeat, but are no surge. */
async function incidentsOn(configurationItem: string, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const service = `mail-${configurationItem}`;
    ids.push(await desk.create('incidents', { ...mailIncident, service, configurationItem }));
    await desk.engine.advance(2 * HOUR_MS);
  }
  return ids;
}

async function problemsOf(configurationItem: string): Promise<readonly string[]> {
  // What is recorded now stands in the log behind all that the flow did.
  const { body } = await desk.engine.post('/api/v1/incidents', { body: mailIncident });
  const wait = `minPosition=${String(body['position'])}`;
  const listed = await desk.engine.get(`/api/v1/problems?limit=50&${wait}`);
  const items = listed.body['items'] as readonly Readonly<Record<string, unknown>>[];
  return items
    .filter((item) => item['configurationItem'] === configurationItem)
    .map(({ id }) => String(id));
}

describe('repeats-to-problem', () => {
  it('registers a problem for the sixth incident of an item, and links the later ones', async () => {
    const incidents = await incidentsOn('relay-1', REPEATS - 1);
    expect(await problemsOf('relay-1')).toEqual([]);
    const last = await incidentsOn('relay-1', 1);
    const [problem = '', ...others] = await problemsOf('relay-1');
    expect(others).toEqual([]);
    expect(await desk.ticket(`problems/${problem}`)).toMatchObject({
      state: 'new',
      title: 'Repeated incidents: item:relay-1',
    });
    const { body } = await desk.engine.get(`/api/v1/problems/${problem}/history`);
    expect(body['entries']).toContainEqual(
      expect.objectContaining({ type: 'ProblemRegistered', actor: 'flow:repeats-to-problem' }),
    );
    const all = [...incidents, ...last];
    expect(await problems.linkedTo(`problems/${problem}`, 'investigates')).toEqual(all);
    const more = await incidentsOn('relay-1', 2);
    expect(await problemsOf('relay-1')).toEqual([problem]);
    expect(await problems.linkedTo(`problems/${problem}`, 'investigates')).toEqual([
      ...all,
      ...more,
    ]);
  });

  it('hands the pattern of a duplicate to the original', async () => {
    await incidentsOn('relay-2', REPEATS);
    const [duplicate = ''] = await problemsOf('relay-2');
    const original = await problems.analysed();
    await desk.command(`problems/${duplicate}/assess`, { category: 'email' });
    await desk.command(`problems/${duplicate}/mark-duplicate`, { original });
    await desk.engine.flowsIdle();
    const [more] = await incidentsOn('relay-2', 1);
    expect(await problems.linkedTo(`problems/${original}`, 'investigates')).toContain(more);
  });
});
