import { ManualClock } from '@ledgerdesk/engine/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngineUnderTest, type EngineUnderTest } from '../engine-under-test';

type Body = Readonly<Record<string, unknown>>;

export const HOUR_MS = 3_600_000;

const CHANGES = '/api/v1/changes';

const teams = {
  'change-advisory-board': { members: ['ben', 'jon', 'eve', 'rita'] },
  'emergency-change-advisory-board': { members: ['ben'] },
};

/** An engine with boards whose members are on record, and what people do with changes on it. */
export interface ChangeDesk {
  readonly engine: EngineUnderTest;
  /** Creates a ticket of the process with these routes, and gives its id. */
  create(plural: string, body: Body): Promise<string>;
  /** A command that must be accepted, by default in the name of `ada`. */
  command(path: string, body?: Body, actor?: string): Promise<void>;
  ticket(path: string): Promise<Body>;
  eventsOf(change: string): Promise<readonly Body[]>;
  /** A change with all that its model asks for, from hour to hour of the clock; drafted alone. */
  drafted(body?: Body, window?: readonly [startHour: number, endHour: number]): Promise<string>;
  /** Handed in and assessed; its approvals are asked. */
  toAuthorise(body?: Body, window?: readonly [number, number]): Promise<string>;
  /** Approved by its manager and by the board. */
  scheduled(body?: Body, window?: readonly [number, number]): Promise<string>;
  /** A server under configuration control, by its number. */
  server(serial: string): Promise<string>;
  close(): Promise<void>;
}

export async function openChangeDesk(): Promise<ChangeDesk> {
  const folder = await mkdtemp(join(tmpdir(), 'ledgerdesk-teams-'));
  const teamsFile = join(folder, 'teams.json');
  await writeFile(teamsFile, JSON.stringify({ version: 1, teams }));
  const clock = new ManualClock();
  const startMs = clock.now().getTime();
  const at = (hour: number): string => new Date(startMs + hour * HOUR_MS).toISOString();
  const environment = { TEAMS_FILE: teamsFile };
  const engine = await startEngineUnderTest({}, { clock, environment });

  const desk: ChangeDesk = {
    engine,
    create: async (plural, body) => {
      const answer = await engine.post(`/api/v1/${plural}`, { body });
      expect(answer).toMatchObject({ status: 201 });
      return String(answer.body['id']);
    },
    command: async (path, body = {}, actor = 'ada') => {
      const answer = await engine.post(`/api/v1/${path}`, { body, headers: { 'x-actor': actor } });
      expect(answer).toMatchObject({ status: 200 });
    },
    ticket: async (path) => (await engine.get(`/api/v1/${path}`)).body,
    eventsOf: async (change) => {
      const { body } = await engine.get(`${CHANGES}/${change}/history?limit=500`);
      return body['entries'] as readonly Body[];
    },
    drafted: async (body = {}, [start, end] = [24, 26]) => {
      const id = await desk.create('changes', { ...draft, ...body });
      const window = { plannedStart: at(start), plannedEnd: at(end) };
      await desk.command(`changes/${id}/plan-window`, window);
      await desk.command(`changes/${id}/record-risk`, { facts: { serviceCriticality: 3 } });
      return id;
    },
    toAuthorise: async (body, window) => {
      const id = await desk.drafted(body, window);
      await desk.command(`changes/${id}/submit`);
      await desk.command(`changes/${id}/technical-approve`);
      await engine.flowsIdle();
      return id;
    },
    scheduled: async (body, window) => {
      const id = await desk.toAuthorise(body, window);
      await desk.command(`changes/${id}/approve`, {}, 'mara');
      await desk.command(`changes/${id}/approve`, {}, 'ben');
      await desk.command(`changes/${id}/approve`, {}, 'jon');
      await engine.flowsIdle();
      return id;
    },
    server: async (serial) => {
      const id = await desk.create('configuration-items', {
        ciClass: 'server',
        identification: [serial],
        attributes: { name: serial, memoryGigabytes: 64 },
        state: 'in-production',
      });
      return String((await desk.ticket(`configuration-items/${id}`))['number']);
    },
    close: async () => {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return desk;
}

const draft = {
  title: 'Replace the mail relay',
  requester: 'rita',
  type: 'normal',
  service: 'mail',
  configurationItems: ['relay-1'],
  changeManager: 'mara',
  description: 'A new relay.',
  justification: 'The old one fails.',
  implementationPlan: 'Swap it.',
  testPlan: 'Send a message.',
  backOutPlan: 'Swap it back.',
  impact: 2,
};

/** What an emergency change needs to begin before it is approved. */
export const emergency = {
  type: 'emergency',
  emergencyReason: 'Mail is down.',
  securityIncident: 'SEC-2026-17',
} as const;
