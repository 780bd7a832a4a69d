import type { ApiClient } from './api-client';
import type { DemoEngine } from './demo-engine';
import type { Narrator } from './narrator';
import type { Story } from './story';

export type Fields = Readonly<Record<string, unknown>>;

/** What a command was answered with. */
export interface Recorded {
  readonly id: string;
  readonly number: string;
  readonly position: string;
  readonly events: readonly { readonly id: string; readonly type: string }[];
}

interface Sending {
  readonly actor: string;
  readonly body?: Fields;
  /** Id of the event that moves the person to it: the why of what follows. */
  readonly because?: string;
}

interface Entry {
  readonly eventId: string;
  readonly type: string;
}

const DAY_MS = 86_400_000;

/**
 * The month in which all scenes play: its time, which brings the everyday incidents with it, what
 * people send over HTTP, and what they find then. Every expectation that is not met ends the demo.
 */
export class World {
  constructor(
    private readonly engine: DemoEngine,
    private readonly client: ApiClient,
    private readonly story: Story,
    readonly narrator: Narrator,
  ) {}

  /** Lets time pass, day by day, with all that happens at the desk and that flows do. */
  async at(instant: string): Promise<void> {
    const end = new Date(instant).toISOString();
    const now = this.engine.clock.now().getTime();
    let day = now - (now % DAY_MS) + DAY_MS;
    for (; day < Date.parse(end); day += DAY_MS) await this.passUntil(new Date(day).toISOString());
    await this.passUntil(end);
  }

  /** Tells what happens now, under its date. */
  say(text: string): void {
    const now = this.engine.clock.now().toISOString();
    this.narrator.line(`   ${now.slice(0, 10)} ${now.slice(11, 16)}  ${text}`);
  }

  /** Tells what came of it by itself. */
  flow(name: string, text: string): void {
    this.narrator.line(`${' '.repeat(21)}-> ${name}: ${text}`);
  }

  /** One more line of what came of it. */
  detail(text: string): void {
    this.narrator.line(`${' '.repeat(24)}${text}`);
  }

  create(collection: string, sending: Sending): Promise<Recorded> {
    return this.command(collection, sending);
  }

  /** Sends a command and waits for all that flows make of it. */
  async command(path: string, sending: Sending): Promise<Recorded> {
    const recorded = await this.send(path, sending);
    await this.engine.settle();
    return recorded;
  }

  /** A command to which the last event of this type on the ticket has moved the person. */
  async answer(path: string, route: string, cause: string, sending: Sending): Promise<Recorded> {
    const because = await this.eventOf(path, cause);
    return this.command(`${path}/${route}`, { ...sending, because });
  }

  get(path: string): Promise<Fields> {
    return this.client.get(`/api/v1/${path}`) as Promise<Fields>;
  }

  /** A list or view that has seen all that is in the log by now. */
  async view(path: string): Promise<Fields> {
    const wait = `minPosition=${await this.engine.head()}&minPositionTimeoutMs=10000`;
    return this.get(`${path}${path.includes('?') ? '&' : '?'}${wait}`);
  }

  /** Reads a ticket, whose fields must be these. */
  async expect(path: string, expected: Fields): Promise<Fields> {
    const ticket = await this.get(path);
    for (const [field, value] of Object.entries(expected)) {
      const found = JSON.stringify(ticket[field]);
      if (found !== JSON.stringify(value)) {
        const name = typeof ticket['number'] === 'string' ? ticket['number'] : path;
        throw new Error(`${field} of ${name} should be ${JSON.stringify(value)}, it is ${found}`);
      }
    }
    return ticket;
  }

  /** The ticket must be linked with each of the others. */
  async expectLinks(
    path: string,
    asked: string,
    targets: readonly { readonly id: string; readonly number: string }[],
  ): Promise<void> {
    const { links } = await this.get(path);
    const linked = (links as readonly Fields[]).filter(({ type }) => type === asked);
    for (const { id, number } of targets) {
      if (!linked.some(({ target }) => target === id)) {
        throw new Error(`${path} should have a link ${asked} to ${number}`);
      }
    }
  }

  /** A note on the ticket must contain the text. */
  async expectNote(path: string, text: string): Promise<void> {
    const { notes, number } = await this.get(path);
    if (!(notes as readonly Fields[]).some((note) => String(note['text']).includes(text))) {
      throw new Error(`${String(number)} should have the note «${text}»`);
    }
  }

  /** The engine is well: no flow is stuck, no read model behind. */
  async expectHealth(): Promise<void> {
    const health = (await this.client.get('/health')) as Fields;
    if (health['status'] !== 'ok') throw new Error(`not well: ${JSON.stringify(health)}`);
  }

  /** Id of the last event of this type in the history of a ticket, which must have one. */
  async eventOf(path: string, type: string): Promise<string> {
    const { entries } = await this.get(`${path}/history?limit=500`);
    const found = (entries as readonly Entry[]).filter((entry) => entry.type === type).at(-1);
    if (found === undefined) throw new Error(`${path} has no event ${type}`);
    return found.eventId;
  }

  private async passUntil(instant: string): Promise<void> {
    this.engine.moveTo(instant);
    await this.story.tellUntil(instant);
    await this.engine.settle();
  }

  private async send(path: string, { actor, body = {}, because }: Sending): Promise<Recorded> {
    const headers = {
      'x-actor': actor,
      ...(because !== undefined && { 'x-causation-id': because }),
    };
    return (await this.client.post(`/api/v1/${path}`, headers, body)) as Recorded;
  }
}
