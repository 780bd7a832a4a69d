import type { ApiClient } from './api-client';
import type { Step } from './month';

const COLLECTION = '/api/v1/incidents';

interface Registered {
  readonly id: string;
  readonly number: string;
}

export interface StoryEnd {
  readonly commands: number;
  /** Log position of the newest event: lists are asked to wait for it. */
  readonly position: bigint;
  /** Number of each incident of the story, in its order. */
  readonly numbers: readonly string[];
  /** How many steps each incident went through. */
  readonly stepsOf: ReadonlyMap<number, readonly Step[]>;
}

/**
 * Sends the steps over HTTP: those of one incident one after another, different incidents at the
 * same time, each under the business time at which the story has it happen.
 */
export async function tell(
  client: ApiClient,
  steps: readonly Step[],
  incidentsAtOnce: number,
): Promise<StoryEnd> {
  const stepsOf = byIncident(steps);
  const incidents = [...stepsOf.keys()];
  const registered = new Map<number, Registered>();
  let position = 0n;
  let commands = 0;

  async function live(incident: number): Promise<void> {
    for (const step of stepsOf.get(incident) ?? []) {
      const answer = await send(client, step, registered.get(incident));
      registered.set(incident, answer);
      commands += 1;
      if (BigInt(answer.position) > position) position = BigInt(answer.position);
    }
  }
  async function liveOneAfterAnother(): Promise<void> {
    for (let next = incidents.shift(); next !== undefined; next = incidents.shift()) {
      await live(next);
    }
  }
  await Promise.all(Array.from({ length: incidentsAtOnce }, liveOneAfterAnother));
  const numbers = [...registered.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, { number }]) => number);
  return { commands, position, numbers, stepsOf };
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

async function send(
  client: ApiClient,
  step: Step,
  ticket: Registered | undefined,
): Promise<Registered & { readonly position: string }> {
  const path =
    step.route === null ? COLLECTION : `${COLLECTION}/${ticket?.id ?? 'unknown'}/${step.route}`;
  const headers = {
    'x-actor': step.actor,
    'x-occurred-at': step.at,
    'idempotency-key': `demo-${step.incident}-${step.route ?? 'register'}-${Date.parse(step.at)}`,
  };
  return (await client.post(path, headers, step.body)) as Registered & { position: string };
}
