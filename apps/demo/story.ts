import type { ApiClient } from './api-client';
import type { Step } from './month';

const COLLECTION = '/api/v1/incidents';

interface Registered {
  readonly id: string;
  readonly number: string;
}

/** What has been told so far. */
export interface Told {
  readonly incidents: number;
  readonly commands: number;
  /** Number of the incident with the most to tell. */
  readonly richest: string;
}

/**
 * Sends the steps of a month over HTTP as its time comes: those of one incident one after another,
 * different incidents at the same time, each under the business time at which it happens.
 */
export class Story {
  private readonly registered = new Map<number, Registered>();
  private next = 0;

  constructor(
    private readonly client: ApiClient,
    private readonly steps: readonly Step[],
    private readonly incidentsAtOnce: number,
  ) {}

  /** Tells all that happens up to the instant. */
  async tellUntil(instant: string): Promise<void> {
    const from = this.next;
    while ((this.steps[this.next]?.at ?? '~') <= instant) this.next += 1;
    const lives = [...byIncident(this.steps.slice(from, this.next)).values()];
    const oneAfterAnother = async (): Promise<void> => {
      for (let life = lives.shift(); life !== undefined; life = lives.shift()) {
        for (const step of life) await this.send(step);
      }
    };
    await Promise.all(Array.from({ length: this.incidentsAtOnce }, oneAfterAnother));
  }

  get told(): Told {
    const told = this.steps.slice(0, this.next);
    const lives = [...byIncident(told)];
    const [richest] = lives.reduce((best, life) =>
      interestOf(life[1]) > interestOf(best[1]) ? life : best,
    );
    return {
      incidents: lives.length,
      commands: told.length,
      richest: this.registered.get(richest)?.number ?? '',
    };
  }

  private async send(step: Step): Promise<void> {
    const ticket = this.registered.get(step.incident);
    const path =
      step.route === null ? COLLECTION : `${COLLECTION}/${ticket?.id ?? 'unknown'}/${step.route}`;
    const headers = {
      'x-actor': step.actor,
      'x-occurred-at': step.at,
      'idempotency-key': `demo-${step.incident}-${step.route ?? 'register'}-${Date.parse(step.at)}`,
    };
    const answer = (await this.client.post(path, headers, step.body)) as Registered;
    this.registered.set(step.incident, answer);
  }
}

function byIncident(steps: readonly Step[]): ReadonlyMap<number, readonly Step[]> {
  const lives = new Map<number, Step[]>();
  for (const step of steps) {
    const life = lives.get(step.incident);
    if (life === undefined) lives.set(step.incident, [step]);
    else life.push(step);
  }
  return lives;
}

/** The most steps; a reopened one before others. */
function interestOf(steps: readonly Step[]): number {
  return steps.length + (steps.some(({ route }) => route === 'reopen') ? 100 : 0);
}
