import { ManualClock } from '@ledgerdesk/engine/testing';
import { defineFlow, ticketIdOfStream, type FlowDefinition } from '@ledgerdesk/kernel';
import { mailIncident, startEngineUnderTest, type EngineUnderTest } from '../engine-under-test';

// Goal: what a flow sends is validated like a person's body, nested objects included. Method: a
// flow of our own whose command has a list of objects in it, sound or unsound as the incident says.

const lockdown: FlowDefinition<null> = defineFlow<null>({
  name: 'incident-to-lockdown',
  version: 1,
  title: 'Lockdown',
  summary: 'Drafts a lockdown for each incident.',
  events: { IncidentRegistered: 'starts' },
  follows: {
    IncidentRegistered: { commands: ['change-lockdown.DraftChangeLockdown'], ends: true },
  },
  correlate: ({ stream }) => ticketIdOfStream(stream),
  initial: null,
  evolve: (state) => state,
  decide: (_, { data }) => {
    const start = data['service'] === 'mail' ? '2026-03-02T00:00:00.000Z' : 'soon';
    const entries = [{ start, end: '2026-03-03T00:00:00.000Z' }];
    const body = { title: 'Lock', reason: 'Too many incidents.', entries };
    return {
      commands: [{ process: 'change-lockdown', command: 'DraftChangeLockdown', body }],
      complete: true,
    };
  },
  compensations: {},
  policies: {},
});

let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await startEngineUnderTest({}, { flows: [lockdown], clock: new ManualClock() });
});

afterAll(async () => {
  await engine.close();
});

async function instanceAfter(service: string): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await engine.post('/api/v1/incidents', { body: { ...mailIncident, service } });
  await engine.flowsIdle();
  const path = `/api/v1/flows/${lockdown.name}/instances/${String(body['id'])}`;
  return (await engine.get(path)).body;
}

describe('a command of a flow with objects in it', () => {
  it('is accepted where they are sound', async () => {
    expect(await instanceAfter('mail')).toMatchObject({ parking: null, status: 'completed' });
  });

  it('is refused where one of them is not, which names its field', async () => {
    expect(await instanceAfter('erp')).toMatchObject({
      status: 'parked',
      parking: { code: 'invalid.command', message: expect.stringContaining('entries/0') },
    });
  });
});
