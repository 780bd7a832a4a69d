import { ManualClock } from '@ledgerdesk/engine/testing';
import { startEngineUnderTest, incidentDeskOf, type EngineUnderTest } from './engine-under-test';

// Goal: times in the wrong order, and values that would be lost or lead nowhere, are refused with
// what would be right. Method: one such command of each kind.

const HOUR_MS = 3_600_000;

const clock = new ManualClock();
const at = (hours: number): string =>
  new Date(clock.now().getTime() + hours * HOUR_MS).toISOString();

let engine: EngineUnderTest;
const desk = incidentDeskOf(() => engine);

beforeAll(async () => {
  engine = await startEngineUnderTest({}, { clock });
});

afterAll(() => engine.close());

async function created(plural: string, body: object): Promise<string> {
  const answer = await engine.post(`/api/v1/${plural}`, { body });
  expect(answer).toMatchObject({ status: 201 });
  return String(answer.body['id']);
}

/** The code and what it says of the field. */
async function refusalOf(path: string, body: object): Promise<string> {
  const answer = await engine.post(`/api/v1/${path}`, { body });
  const errors = (answer.body['errors'] ?? []) as readonly { message: string }[];
  const said = errors.map(({ message }) => message).join(', ') || String(answer.body['detail']);
  return `${answer.status} ${String(answer.body['code'])}: ${said}`;
}

describe('an incident', () => {
  it('has an impact that ends after it begins', async () => {
    const id = await desk.registered({ impactBeganAt: at(-2) });
    await desk.command(id, 'take', { group: 'desk' });
    const resolution = { code: 'solved-permanently', notes: 'Restarted.' };
    expect(
      await refusalOf(`incidents/${id}/resolve`, { ...resolution, impactEndedAt: at(-3) }),
    ).toBe(`409 refused.impact-end: the impact began at ${at(-2)}; it cannot have ended before`);
    await desk.command(id, 'resolve', { ...resolution, impactEndedAt: at(-1) });
    const corrected = { field: 'impactBeganAt', value: at(-0.5), reason: 'Found in the log.' };
    expect(await refusalOf(`incidents/${id}/correct`, corrected)).toBe(
      '409 refused.correction-value: impactBeganAt does not lie after impactEndedAt',
    );
  });

  it('excludes none but its own children from its resolution', async () => {
    const id = await desk.registered();
    await desk.command(id, 'take', { group: 'desk' });
    const child = await desk.registered();
    await desk.command(child, 'set-parent', { parent: id });
    const number = String((await desk.ticket(child))['number']);
    const resolution = { code: 'solved-permanently', notes: 'Restarted.' };
    const body = { ...resolution, excludedChildren: [number, 'INC-009999'] };
    expect(await refusalOf(`incidents/${id}/resolve`, body)).toBe(
      '409 refused.no-such-child: not among its children: INC-009999; leave them out of ' +
        'excludedChildren',
    );
    await desk.command(id, 'resolve', { ...resolution, excludedChildren: [number] });
  });

  it('keeps a title of one line when it is corrected', async () => {
    const id = await desk.registered();
    const body = { field: 'title', value: 'Mail\nis down', reason: 'Clearer.' };
    expect(await refusalOf(`incidents/${id}/correct`, body)).toBe(
      '409 refused.correction-value: title is one line',
    );
  });

  it('is told which of its fields are missing', async () => {
    expect(
      await refusalOf('incidents', { channel: 'phone', caller: 'nadia', service: 'mail' }),
    ).toBe('422 invalid.command: description is missing: description must be a string');
  });
});

describe('what is planned', () => {
  it('does not lie in the past', async () => {
    const meeting = { title: 'CAB', chair: 'ben', members: ['ben'] };
    const past = 'lies in the past; give a time from';
    expect(await refusalOf('cab-meetings', { ...meeting, scheduledAt: at(-1) })).toContain(
      `409 refused.past-time: scheduledAt ${past}`,
    );
    const id = await created('cab-meetings', { ...meeting, scheduledAt: at(1) });
    const moved = { scheduledAt: at(-1), reason: 'Sooner.' };
    expect(await refusalOf(`cab-meetings/${id}/reschedule`, moved)).toContain(past);
  });

  it('does not end before it begins, and is about something', async () => {
    const draft = { title: 'A', requester: 'rita', type: 'normal', service: 'mail' };
    const id = await created('changes', draft);
    const work = { title: 'Drain', plannedStart: at(2), plannedEnd: at(1) };
    expect(await refusalOf(`changes/${id}/add-work-order`, work)).toBe(
      '409 refused.window: the work must not end before it begins',
    );
    expect(await refusalOf(`changes/${id}/request-children`, { configurationItems: [] })).toContain(
      '422 invalid.command: configurationItems must contain at least 1 elements',
    );
  });
});

describe('a workaround that holds until the fix', () => {
  it('has no date that would be lost', async () => {
    const incident = await desk.registered();
    const id = await created('problems', {
      ...{ origin: 'reactive', statement: 'It stops.', impact: 2, urgency: 2 },
      ...{ organisation: 'hq', service: 'mail', incidents: [incident] },
    });
    const workaround = { steps: 'Restart.', effectiveness: 'full', validity: 'until-fixed' };
    const body = { ...workaround, validUntil: at(1) };
    expect(await refusalOf(`problems/${id}/record-workaround`, body)).toBe(
      '422 invalid.command: leave validUntil out where validity is until-fixed',
    );
  });

  it('is looked into by a task that is due later', async () => {
    const incident = await desk.registered();
    const problem = await created('problems', {
      ...{ origin: 'reactive', statement: 'It stops.', impact: 2, urgency: 2 },
      ...{ organisation: 'hq', service: 'mail', incidents: [incident] },
    });
    const task = { problem, title: 'Look', kind: 'general', dueAt: at(-1) };
    expect(await refusalOf('problem-tasks', task)).toContain('409 refused.past-time: dueAt');
  });
});
