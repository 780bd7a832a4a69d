import { HOUR_MS, openChangeDesk, type ChangeDesk } from './change-desk';
import { problemDeskOn, type ProblemDesk } from './problem-desk';

/** Behind the window of the others: two changes of one item at a time are a conflict. */
const LATER_HOURS = [6, 8] as const;

let desk: ChangeDesk;
let problems: ProblemDesk;

beforeAll(async () => {
  desk = await openChangeDesk();
  problems = problemDeskOn(desk);
});

afterAll(async () => {
  await desk.close();
});

async function published(): Promise<string> {
  const template = await desk.create('change-templates', {
    title: 'Restart a relay',
    description: 'Restart it.',
    justification: 'Memory.',
    implementationPlan: 'Drain, restart.',
    testPlan: 'Send a message.',
    backOutPlan: 'The other relay.',
    impact: 3,
    variables: ['configurationItems'],
  });
  await desk.command(`change-templates/${template}/approve`, {}, 'mara');
  await desk.command(`change-templates/${template}/publish`);
  return template;
}

async function standard(template: string, item: string): Promise<string> {
  const facts = { title: 'Restart', requester: 'rita', type: 'standard', template };
  const id = await desk.create('changes', { ...facts, configurationItems: [item] });
  await desk.command(`changes/${id}/plan-window`, {
    plannedStart: '2026-01-01T02:00:00Z',
    plannedEnd: '2026-01-01T04:00:00Z',
  });
  await desk.command(`changes/${id}/submit`);
  await desk.engine.flowsIdle();
  return id;
}

describe('failed changes', () => {
  it('demote their template, and are a problem where they repeat about one item', async () => {
    const template = await published();
    const items = ['relay-7', 'relay-8', 'relay-9'];
    const changes = await Promise.all(items.map((item) => standard(template, item)));
    const again = await desk.scheduled({ configurationItems: ['relay-9'] }, LATER_HOURS);
    await desk.engine.advance(3 * HOUR_MS);

    const [good = '', fair = '', bad = ''] = changes;
    await desk.command(`changes/${good}/start`);
    await desk.command(`changes/${good}/finish`, { itemUpdates: 'none' });
    await desk.command(`changes/${fair}/start`);
    await desk.command(`changes/${fair}/finish`, { itemUpdates: 'none' });
    await problems.carryOut(bad, 'backed-out');
    expect(await desk.ticket(`change-templates/${template}`)).toMatchObject({
      state: 'under-review',
    });
    const demotion = (await desk.engine.get(`/api/v1/change-templates/${template}/history`)).body;
    expect(demotion['entries']).toContainEqual(
      expect.objectContaining({
        type: 'ChangeTemplateDemoted',
        actor: 'flow:failed-changes-to-template',
        data: expect.objectContaining({ successful: 2, total: 3 }),
      }),
    );

    await desk.engine.advance(4 * HOUR_MS);
    await problems.carryOut(again, 'unsuccessful');
    const listed = await desk.engine.get('/api/v1/problems');
    const found = listed.body['items'] as readonly Readonly<Record<string, unknown>>[];
    expect(found).toMatchObject([
      { title: 'Changes of relay-9 fail', configurationItem: 'relay-9' },
    ]);
    const id = String(found[0]?.['id']);
    expect(await problems.linkedTo(`problems/${id}`, 'relates-to')).toEqual([bad, again]);
  });
});
