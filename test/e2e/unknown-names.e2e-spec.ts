import { ManualClock } from '@ledgerdesk/engine/testing';
import {
  mailIncident,
  startEngineUnderTest,
  type Answer,
  type EngineUnderTest,
} from './engine-under-test';

// Goal: a name that leads nowhere is refused with what would lead somewhere. Method: commands that
// name tickets of their own and of other processes, and filters with words that there are not.

const NOWHERE = '0197c6a2-6a4e-7c1e-8f00-00000000dead';

let engine: EngineUnderTest;
let incident: string;
let change: string;

beforeAll(async () => {
  engine = await startEngineUnderTest({}, { clock: new ManualClock() });
  incident = String((await post('incidents', mailIncident)).body['id']);
  await post(`incidents/${incident}/take`, { group: 'desk' });
  change = String((await post('changes', draft)).body['id']);
});

afterAll(() => engine.close());

const draft = { title: 'A', requester: 'rita', type: 'normal', service: 'mail' };

const post = (path: string, body: object): Promise<Answer> =>
  engine.post(`/api/v1/${path}`, { body });

function expectMissing(answer: Answer, field: string): string {
  expect(answer).toMatchObject({
    status: 409,
    body: { code: 'refused.related-missing', field, references: [expect.any(String)] },
  });
  return String(answer.body['detail']);
}

describe('a ticket that a command names', () => {
  it('has to be there', async () => {
    const emergency = { ...draft, type: 'emergency', emergencyReason: 'Mail is down.' };
    const answer = await post('changes', { ...emergency, majorIncident: 'MI-000099' });
    expect(expectMissing(answer, 'majorIncident')).toBe(
      'majorIncident: there is no major-incident MI-000099; give the id or number (MI-…) of one ' +
        'that is there',
    );
  });

  it('has to be there where a list names it', async () => {
    const { body } = await post('configuration-items', {
      ciClass: 'server',
      identification: ['SN-names'],
      attributes: { name: 'names-1' },
    });
    const named = [String(body['number']), 'CI-000099', NOWHERE, 'relay-1'];
    const answer = await post('changes', { ...draft, configurationItems: named });
    expect(answer.body['references']).toEqual(['CI-000099', NOWHERE]);
  });

  it('is of the kind that the field is for', async () => {
    const number = String((await engine.get(`/api/v1/changes/${change}`)).body['number']);
    const answer = await post('incidents', { ...mailIncident, configurationItem: number });
    expect(expectMissing(answer, 'configurationItem')).toContain(
      `${number} is the number of another kind (change), not of this one (configuration-item)`,
    );
  });

  it.each([
    ['hold', { reason: 'awaiting-change', reference: 'CHG-000099' }, 'reference'],
    ['hold', { reason: 'awaiting-problem', reference: NOWHERE }, 'reference'],
    ['link', { type: 'caused-by', targetKind: 'change', target: 'CHG-000099' }, 'target'],
    ['correct', { field: 'configurationItem', value: 'CI-000099', reason: 'r' }, 'value'],
  ])(
    'has to be there in %s, where it reads like one of this system',
    async (route, body, field) => {
      expectMissing(await post(`incidents/${incident}/${route}`, body), field);
    },
  );

  it('may be one of another system, where it does not read like one of this', async () => {
    const link = { type: 'caused-by', targetKind: 'change', target: 'CHG0030017' };
    expect(await post(`incidents/${incident}/link`, link)).toMatchObject({ status: 200 });
  });

  it('is asked for only once all else is right', async () => {
    const answer = await post(`changes/${change}/conclude-review`, {
      ...{ outcome: 'successful', notes: 'n', isObjectiveMet: true },
      incidentsCaused: ['INC-000099'],
    });
    expect(answer).toMatchObject({ status: 409, body: { code: 'refused.state' } });
  });

  it('is refused by a dry run, too', async () => {
    const answer = await post('changes?dryRun=true', { ...draft, primary: 'CHG-000099' });
    expectMissing(answer, 'primary');
  });
});

describe('a word that there is not', () => {
  it.each([
    ['incidents?state=nonsense', 'state', 'new, assigned, in-progress'],
    ['incidents?state=new&state=nonsense', 'state', 'on-hold'],
    ['changes?type=huge', 'type', 'normal, standard, emergency'],
    ['work?process=nonsense', 'process', 'cab-meeting'],
    ['problems?stateCategory=over', 'stateCategory', 'open, waiting, done'],
    ['incidents?filter={"state":{"$ne":"nonsense"}}', 'state', 'new, assigned'],
  ])('is refused in a filter with those that there are: %s', async (path, field, words) => {
    const answer = await engine.get(`/api/v1/${path}`);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid.query', field } });
    expect(answer.body['detail']).toContain(words);
  });

  it('is refused in a correction with those that there are', async () => {
    const body = { field: 'channel', value: 'pigeon', reason: 'r' };
    const answer = await post(`incidents/${incident}/correct`, body);
    expect(answer).toMatchObject({ status: 409, body: { code: 'refused.correction-value' } });
    expect(answer.body['detail']).toContain('channel is one of phone, email');
  });
});

describe('who asked for a change', () => {
  it.each(['take', 'assign'])('does not carry it out: %s', async (route) => {
    const body =
      route === 'take' ? { group: 'messaging' } : { group: 'messaging', assignee: 'rita' };
    const answer = await engine.post(`/api/v1/changes/${change}/${route}`, {
      body,
      headers: { 'x-actor': 'rita' },
    });
    expect(answer).toMatchObject({ status: 409, body: { code: 'refused.separation-of-duties' } });
    expect(answer.body['detail']).toContain('somebody else has to carry it out');
  });
});
