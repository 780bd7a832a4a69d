import {
  INCIDENTS,
  incidentDeskOf,
  startEngineUnderTest,
  type EngineUnderTest,
} from './engine-under-test';

const PAIRS = 10;
let engine: EngineUnderTest;

beforeAll(async () => {
  engine = await startEngineUnderTest();
});

afterAll(async () => {
  await engine.close();
});

const desk = incidentDeskOf(() => engine);
const ticket = (id: string) => desk.ticket(id);
const registered = () => desk.registered({ assignmentGroup: 'messaging', startWork: true });

async function send(id: string, route: string, body: object): Promise<number> {
  return (await engine.post(`${INCIDENTS}/${id}/${route}`, { body })).status;
}

describe('two commands that decide on the same two incidents', () => {
  it('never leave a resolved parent with an open child', async () => {
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const [parent, child] = [await registered(), await registered()];
      const statuses = await Promise.all([
        send(child, 'set-parent', { parent }),
        send(parent, 'resolve', { code: 'solved-permanently', notes: 'Restarted.' }),
      ]);
      expect(statuses.sort()).toEqual([200, 409]);
    }
  });

  it('never make two incidents the duplicates of each other', async () => {
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const [one, other] = [await registered(), await registered()];
      const statuses = await Promise.all([
        send(one, 'mark-duplicate', { original: other }),
        send(other, 'mark-duplicate', { original: one }),
      ]);
      expect(statuses.sort()).toEqual([200, 409]);
    }
  });

  it('make one incident the parent when each is to be under the other', async () => {
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const [one, other] = [await registered(), await registered()];
      const statuses = await Promise.all([
        send(one, 'set-parent', { parent: other }),
        send(other, 'set-parent', { parent: one }),
      ]);
      expect(statuses.sort()).toEqual([200, 409]);
      const tickets = [await ticket(one), await ticket(other)];
      expect(tickets.filter(({ parent }) => parent !== null)).toHaveLength(1);
    }
  });
});
