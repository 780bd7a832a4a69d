import { openChangeDesk, type ChangeDesk } from './change-desk';

let desk: ChangeDesk;

beforeAll(async () => {
  desk = await openChangeDesk();
});

afterAll(async () => {
  await desk.close();
});

/** A meeting in session about the change, where `sam` sits in the place of `jon`. */
async function meetingAbout(change: string): Promise<string> {
  const meeting = await desk.create('cab-meetings', {
    title: 'CAB of week 1',
    scheduledAt: '2026-01-01T13:00:00Z',
    chair: 'eve',
    members: ['eve', 'ben', 'jon'],
  });
  await desk.command(`cab-meetings/${meeting}/add-item`, { change });
  await desk.command(`cab-meetings/${meeting}/delegate-seat`, { member: 'jon', delegate: 'sam' });
  await desk.command(`cab-meetings/${meeting}/publish-agenda`);
  await desk.command(`cab-meetings/${meeting}/open`, { present: ['eve', 'ben', 'jon'] }, 'eve');
  return meeting;
}

async function decide(
  meeting: string,
  decision: string,
  votes: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [actor, vote] of Object.entries(votes)) {
    await desk.command(`cab-meetings/${meeting}/vote`, { item: 1, vote }, actor);
  }
  const body = { item: 1, decision, notes: 'As discussed.' };
  await desk.command(`cab-meetings/${meeting}/decide-item`, body, 'eve');
  await desk.engine.flowsIdle();
}

describe('cab-to-change', () => {
  it('schedules a change that the board approves, with each vote under both names', async () => {
    const change = await desk.toAuthorise({ configurationItems: ['relay-1'] });
    await desk.command(`changes/${change}/approve`, {}, 'mara');
    const meeting = await meetingAbout(change);
    await decide(meeting, 'approved', { eve: 'approve', ben: 'reject', sam: 'approve' });
    const answers = [
      { approver: 'eve', answeredBy: 'eve', isApproval: true, meaning: 'vote in CAB-000001' },
      { approver: 'ben', answeredBy: 'ben', isApproval: false },
      { approver: 'jon', answeredBy: 'sam', isApproval: true },
    ];
    expect(await desk.ticket(`changes/${change}`)).toMatchObject({
      state: 'scheduled',
      approvalRounds: [
        { policy: 'change-manager', status: 'approved' },
        { policy: 'cab', status: 'withdrawn' },
        { policy: 'cab', status: 'approved', answers },
      ],
    });
  });

  it('sends a change back that the board rejects', async () => {
    const change = await desk.toAuthorise({ configurationItems: ['relay-2'] });
    await decide(await meetingAbout(change), 'rejected', { eve: 'reject', ben: 'reject' });
    expect(await desk.ticket(`changes/${change}`)).toMatchObject({ state: 'new' });
  });

  it('notes a decision on the change that is neither yes nor no', async () => {
    const change = await desk.toAuthorise({ configurationItems: ['relay-3'] });
    const meeting = await meetingAbout(change);
    await decide(meeting, 'deferred', {});
    const { body } = await desk.engine.get(`/api/v1/changes/${change}/history?limit=500`);
    expect(JSON.stringify(body)).toContain('The change advisory board deferred the change.');
    const answer = await desk.engine.post(`/api/v1/changes/${change}/adopt-cab-decision`, {
      body: { meeting },
    });
    expect(answer).toMatchObject({ status: 409, body: { code: 'refused.no-board-decision' } });
  });
});
