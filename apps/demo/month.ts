import { callers, deskAgents, specialists, troubles, type Trouble } from './desk';
import { SeededRandom } from './seeded-random';

/** One command of the story, to be sent over the API. */
export interface Step {
  /** Business time, ISO 8601. */
  readonly at: string;
  /** Which incident of the story, from 0. */
  readonly incident: number;
  /** Last segment of the route; null registers the incident. */
  readonly route: string | null;
  readonly actor: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CHANNELS = ['phone', 'email', 'portal', 'chat'] as const;
const LEVELS = [1, 2, 2, 2, 2, 3] as const;
/** Of each kind: so many that what happens to one of them by chance makes no pattern. */
const ITEMS_OF_A_KIND = 90;
/** Callers answer before they are taken to have nothing more to say. */
const WAIT_MAX_MS = 2 * DAY_MS;

/**
 * The life of `incidents` incidents that are reported within 30 days from `start`, in order of
 * time. The shares (solved on the call, waiting, handed on, reopened) follow a real service desk's
 * log: 26 % resolved at once, 45 % reassigned, 15 % waiting for the caller, 1 to 3 % reopened.
 */
export function monthOfIncidents(seed: number, start: Date, incidents: number): readonly Step[] {
  const random = new SeededRandom(seed);
  const end = start.getTime() + 30 * DAY_MS;
  const steps: Step[] = [];
  for (let incident = 0; incident < incidents; incident += 1) {
    const reported = start.getTime() + workingTime(random);
    steps.push(
      ...new Life(incident, reported, random).steps.filter(({ at }) => Date.parse(at) < end),
    );
  }
  return steps.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.incident - b.incident));
}

// Most reports come on working days between eight and six.
function workingTime(random: SeededRandom): number {
  const day = Math.floor(random.between(0, 30));
  const hour = random.chance(0.9) ? random.between(8, 18) : random.between(0, 24);
  return Math.floor(day * DAY_MS + hour * HOUR_MS);
}

/** Follows one incident from its report to its end. */
class Life {
  readonly steps: Step[] = [];
  private readonly trouble: Trouble;
  private readonly configurationItem: string;
  private readonly agent: string;
  private readonly deskAgent: string;

  constructor(
    private readonly incident: number,
    private time: number,
    private readonly random: SeededRandom,
  ) {
    this.trouble = random.pick(troubles);
    const serial = 1 + Math.floor(random.between(0, ITEMS_OF_A_KIND));
    this.configurationItem = `${this.trouble.configurationItems}-${String(serial).padStart(2, '0')}`;
    this.agent = random.pick(specialists[this.trouble.group] ?? deskAgents);
    this.deskAgent = random.pick(deskAgents);
    if (random.chance(0.26)) this.solvedOnTheCall();
    else this.handedOn();
  }

  private solvedOnTheCall(): void {
    this.step(null, this.deskAgent, {
      ...this.report(),
      assignmentGroup: 'Service Desk',
      assignee: this.deskAgent,
      resolutionCode: 'solved-remotely',
      resolutionNotes: this.trouble.resolution,
    });
    this.end();
  }

  private handedOn(): void {
    this.step(null, this.deskAgent, this.report());
    this.after(this.random.skewed(10 * MINUTE_MS, 0.8));
    this.step('assign', this.deskAgent, { group: this.firstGroup() });
    if (this.random.chance(0.04)) {
      this.after(this.random.skewed(HOUR_MS, 0.7));
      this.step('cancel', this.deskAgent, {
        reason: 'unnecessary',
        comment: 'The caller reports that it works again.',
      });
      return;
    }
    if (this.random.chance(0.45)) {
      this.after(this.random.skewed(90 * MINUTE_MS, 0.9));
      this.step('reassign', this.deskAgent, { group: this.trouble.group, assignee: this.agent });
    }
    this.after(this.random.skewed(45 * MINUTE_MS, 1));
    this.step('take', this.agent, {});
    this.work();
    this.resolve();
    if (this.random.chance(0.02)) {
      this.after(this.random.skewed(DAY_MS, 0.5));
      this.step('reopen', this.deskAgent, { reason: 'The caller reports the same again.' });
      this.work();
      this.resolve();
    }
    this.end();
  }

  private work(): void {
    if (this.random.chance(0.5)) {
      this.after(this.random.skewed(HOUR_MS, 0.8));
      this.step('add-note', this.agent, {
        visibility: 'internal',
        text: `Looked at ${this.configurationItem}; nothing unusual in its log so far.`,
      });
    }
    if (this.random.chance(0.15)) {
      this.after(this.random.skewed(HOUR_MS, 0.8));
      this.step('hold', this.agent, {
        reason: 'awaiting-caller',
        comment: 'Please tell us when it happened last, and from where.',
      });
      this.after(Math.min(this.random.skewed(8 * HOUR_MS, 1), WAIT_MAX_MS));
      this.step('resume', this.agent, { cause: 'caller-reply' });
    }
    if (this.random.chance(0.3)) {
      this.step('log-time', this.agent, {
        minutes: Math.ceil(this.random.skewed(25, 0.6)),
        comment: 'Diagnosis and repair',
      });
    }
  }

  private resolve(): void {
    this.after(this.random.skewed(4 * HOUR_MS, 1.2));
    this.step('resolve', this.agent, {
      code: 'solved-permanently',
      notes: this.trouble.resolution,
    });
  }

  // Closed five days after it was resolved, as in the real log.
  private end(): void {
    this.after(5 * DAY_MS);
    this.step('close', this.deskAgent, {});
  }

  private firstGroup(): string {
    return this.random.chance(0.55) ? this.trouble.group : 'Service Desk';
  }

  private report(): Readonly<Record<string, unknown>> {
    const { title, description, service, category } = this.trouble;
    return {
      title,
      description,
      service,
      configurationItem: this.configurationItem,
      category,
      channel: this.random.pick(CHANNELS),
      caller: this.random.pick(callers),
      impact: this.random.pick(LEVELS),
      urgency: this.random.pick(LEVELS),
    };
  }

  private after(durationMs: number): void {
    this.time += Math.max(MINUTE_MS, Math.floor(durationMs));
  }

  private step(route: string | null, actor: string, body: Readonly<Record<string, unknown>>): void {
    this.steps.push({
      at: new Date(this.time).toISOString(),
      incident: this.incident,
      route,
      actor,
      body,
    });
  }
}
