import { seededRandom } from './seeded-random';

interface SentCommand {
  readonly key: string;
  readonly path: string;
  readonly body: object;
  /** Business time; absent for now. */
  readonly at: string | undefined;
}

/** A command that was accepted, with what the client was told. */
export interface Acknowledged extends SentCommand {
  readonly answer: CommandAnswer;
}

export interface CommandAnswer {
  readonly id: string;
  readonly revision: string;
  readonly position: string;
  readonly repeated: boolean;
  readonly events: readonly { readonly id: string; readonly revision: string }[];
}

const INCIDENTS = '/api/v1/incidents';
const STEPS = [
  ['take', {}],
  ['add-note', { text: 'Looked at it.', visibility: 'internal' }],
  ['resolve', { code: 'solved-permanently', notes: 'Restarted.' }],
] as const;
const CLOSING = ['close', { comment: 'Agreed.' }] as const;

const WEEK_MS = 7 * 86_400_000;
/** Within this time the timer of an incident falls due that nobody closes. */
const DUE_WITHIN_MS = 3_000;

/**
 * Clients that carry incidents from the call to the end, side by side. A client whose connection
 * breaks sends the very same command again, with the same key, as soon as the engine is back; now
 * and then one repeats a command although it has the answer. Every other incident was resolved a
 * week ago and is closed by a timer, moments later.
 */
export class DeskClients {
  readonly acknowledged: Acknowledged[] = [];
  /** What must not be: another answer to the same key. */
  readonly surprises: string[] = [];
  /** Incidents that a timer is to close. */
  readonly leftToTimer: string[] = [];
  private isStopping = false;
  private isAbandoned = false;
  private readonly running: readonly Promise<void>[];
  private goals: { readonly count: number; readonly reached: () => void }[] = [];

  /** `url` resolves to where the engine is, once it is there. */
  constructor(
    private readonly url: () => Promise<string>,
    { clients, seed }: { readonly clients: number; readonly seed: number },
  ) {
    this.running = Array.from({ length: clients }, (_, index) =>
      this.work(`client-${index}`, seededRandom(seed + index)),
    );
    for (const one of this.running) one.catch(() => undefined);
  }

  /** Resolves after so many more acknowledged commands; rejects where one was refused. */
  async acknowledgedMore(count: number): Promise<void> {
    const goal = new Promise<void>((reached) => {
      this.goals.push({ count: this.acknowledged.length + count, reached });
    });
    await Promise.race([goal, Promise.all(this.running)]);
  }

  /** Lets each client finish the incident that it is at. */
  async finish(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.running);
  }

  /** Lets everything go, for a test that has failed. */
  async abandon(): Promise<void> {
    this.isStopping = true;
    this.isAbandoned = true;
    await Promise.allSettled(this.running);
  }

  private async work(name: string, random: () => number): Promise<void> {
    for (let incident = 0; !this.isStopping; incident += 1) {
      const key = `${name}-${incident}`;
      const body = {
        description: `Incident ${key}`,
        channel: 'phone',
        caller: name,
        service: 'mail',
        assignmentGroup: 'desk',
      };
      const isLeftToTimer = random() < 0.5;
      const at = isLeftToTimer ? weekAgo(random() * DUE_WITHIN_MS) : undefined;
      const { id } = await this.accept(
        { key: `${key}-register`, path: INCIDENTS, body, at },
        random,
      );
      for (const [step, content] of isLeftToTimer ? STEPS : [...STEPS, CLOSING]) {
        const path = `${INCIDENTS}/${id}/${step}`;
        await this.accept({ key: `${key}-${step}`, path, body: content, at }, random);
      }
      if (isLeftToTimer) this.leftToTimer.push(id);
    }
  }

  private async accept(sent: SentCommand, random: () => number): Promise<CommandAnswer> {
    const { key } = sent;
    const answer = await this.send(sent);
    this.acknowledged.push({ ...sent, answer });
    this.goals = this.goals.filter(({ count, reached }) => {
      if (this.acknowledged.length < count) return true;
      reached();
      return false;
    });
    if (random() < 0.1) this.compare(key, answer, await this.send(sent));
    return answer;
  }

  private compare(key: string, first: CommandAnswer, again: CommandAnswer): void {
    const isSame = again.repeated && again.id === first.id && again.revision === first.revision;
    if (!isSame) this.surprises.push(`${key} was answered ${JSON.stringify([first, again])}`);
  }

  // Only an answer ends it: whatever else happens, the client does not know and asks again.
  private async send(sent: SentCommand): Promise<CommandAnswer> {
    const { key } = sent;
    while (!this.isAbandoned) {
      const answer = await tryToSend(await this.url(), sent);
      if (answer === undefined || answer.status === 503) continue;
      if (answer.status < 300) return answer.body;
      throw new Error(`${key} was answered ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    throw new Error('abandoned');
  }
}

function weekAgo(laterMs: number): string {
  return new Date(Date.now() - WEEK_MS + laterMs).toISOString();
}

/** Undefined where the connection broke: nobody knows what became of the command. */
async function tryToSend(
  url: string,
  { key, path, body, at }: SentCommand,
): Promise<{ readonly status: number; readonly body: CommandAnswer } | undefined> {
  const headers = {
    'content-type': 'application/json',
    'x-actor': 'desk',
    'idempotency-key': key,
    ...(at !== undefined && { 'x-occurred-at': at }),
  };
  try {
    const response = await fetch(url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as CommandAnswer };
  } catch {
    await new Promise((resume) => setImmediate(resume));
    return undefined;
  }
}
