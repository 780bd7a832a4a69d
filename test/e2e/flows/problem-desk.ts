import { mailIncident } from '../engine-under-test';
import type { ChangeDesk } from './change-desk';

type Body = Readonly<Record<string, unknown>>;

/** What people do with problems and with the incidents that they explain. */
export interface ProblemDesk {
  /** An incident that somebody works on. */
  incident(): Promise<string>;
  /** An incident on hold for the problem, named by its number. */
  awaiting(problem: string): Promise<string>;
  /** A problem that explains the incidents, with its root cause on record. */
  analysed(...incidents: readonly string[]): Promise<string>;
  fix(problem: string, body: Body): Promise<void>;
  /** Begins a scheduled change within its window, and ends it so. */
  carryOut(change: string, outcome: string): Promise<void>;
  /** The texts of the notes on a ticket: `incidents/<id>`. */
  notesOn(path: string): Promise<readonly string[]>;
  /** The ids that a ticket is linked to in that way. */
  linkedTo(path: string, type: string): Promise<readonly string[]>;
}

export function problemDeskOn(desk: ChangeDesk): ProblemDesk {
  const listOf = async (path: string, field: string): Promise<readonly Body[]> =>
    (await desk.ticket(path))[field] as readonly Body[];
  const incident = async (): Promise<string> => {
    const id = await desk.create('incidents', mailIncident);
    await desk.command(`incidents/${id}/take`, { group: 'desk' });
    return id;
  };
  return {
    incident,
    awaiting: async (problem) => {
      const id = await incident();
      const reference = String((await desk.ticket(`problems/${problem}`))['number']);
      await desk.command(`incidents/${id}/hold`, { reason: 'awaiting-problem', reference });
      await desk.engine.flowsIdle();
      return id;
    },
    analysed: async (...incidents) => {
      const named = incidents.length === 0 ? [await incident()] : incidents;
      const id = await desk.create('problems', { ...registration, incidents: named });
      await desk.command(`problems/${id}/assess`, { category: 'email' });
      await desk.command(`problems/${id}/confirm`, { group: 'messaging', coordinator: 'nora' });
      await desk.command(`problems/${id}/record-cause`, cause);
      return id;
    },
    fix: async (problem, body) => {
      await desk.command(`problems/${problem}/fix`, { notes: 'A new relay.', ...body });
      await desk.engine.flowsIdle();
    },
    carryOut: async (change, outcome) => {
      await desk.command(`changes/${change}/start`);
      if (outcome === 'backed-out') {
        await desk.command(`changes/${change}/back-out`, { reason: 'It drops connections.' });
      } else {
        await desk.command(`changes/${change}/finish`, { itemUpdates: 'none' });
      }
      await desk.engine.flowsIdle();
      await desk.command(`changes/${change}/conclude-review`, { ...review, outcome });
      await desk.engine.flowsIdle();
    },
    notesOn: async (path) => (await listOf(path, 'notes')).map(({ text }) => String(text)),
    linkedTo: async (path, asked) =>
      (await listOf(path, 'links'))
        .filter(({ type }) => type === asked)
        .map(({ target }) => String(target)),
  };
}

const registration = {
  origin: 'reactive',
  title: 'Mail relay stops',
  statement: 'It takes no connections.',
  impact: 2,
  urgency: 2,
  organisation: 'head-office',
  service: 'mail',
};

const cause = { method: 'five-whys', notes: 'Connections stay half open.', evidence: ['log-1'] };

const review = { notes: 'Looked back.', isObjectiveMet: true, incidentsCaused: [] };
