import { ManualClock } from '@ledgerdesk/engine/testing';
import { incidentDeskOf, startEngineUnderTest, type EngineUnderTest } from '../engine-under-test';

const DAY_MS = 86_400_000;

let engine: EngineUnderTest;
const desk = incidentDeskOf(() => engine);

// The clock begins on a Thursday; a reminder is due each working day.
beforeEach(async () => {
  engine = await startEngineUnderTest({}, { clock: new ManualClock() });
});

afterEach(() => engine.close());

async function asked(): Promise<string> {
  const id = await desk.registered();
  await desk.command(id, 'take', { group: 'desk' });
  await desk.command(id, 'hold', { reason: 'awaiting-caller', comment: 'Which version?' });
  await engine.flowsIdle();
  return id;
}

async function notesOn(id: string): Promise<readonly unknown[]> {
  const { notes } = await desk.ticket(id);
  return (notes as readonly { readonly text: string }[]).map(({ text }) => text);
}

describe('incident-awaiting-caller', () => {
  it('reminds three times, over a weekend, and resolves without a reply', async () => {
    const id = await asked();
    await engine.advance(DAY_MS);
    expect(await notesOn(id)).toEqual(['Reminder 1 of 3. We asked: Which version?']);
    await engine.advance(2 * DAY_MS);
    expect(await notesOn(id)).toHaveLength(1);
    for (const reminders of [2, 3]) {
      await engine.advance(DAY_MS);
      expect(await notesOn(id)).toHaveLength(reminders);
    }
    expect(await desk.ticket(id)).toMatchObject({ state: 'on-hold' });
    await engine.advance(DAY_MS);
    expect(await desk.ticket(id)).toMatchObject({
      state: 'resolved',
      resolutionCode: 'no-response',
      resolvedBy: 'flow:incident-awaiting-caller',
    });
  });

  it('goes on when the caller replies, and reminds no more', async () => {
    const id = await asked();
    const reply = { text: 'Version 7.', visibility: 'public' };
    await desk.command(id, 'add-note', reply, { 'x-actor': 'nadia.k' });
    await engine.flowsIdle();
    expect(await desk.ticket(id)).toMatchObject({ state: 'in-progress' });
    await engine.advance(10 * DAY_MS);
    expect(await desk.ticket(id)).toMatchObject({ state: 'in-progress' });
    expect(await notesOn(id)).toEqual(['Version 7.']);
  });
});
