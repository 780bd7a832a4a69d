import { setImmediate as nextTurn } from 'node:timers/promises';

/** What may befall a call to a port. */
export type Fault =
  'crash-before' | 'crash-after' | 'lost-answer' | 'unavailable' | 'delay' | 'twice';

const FAULTS: readonly Fault[] = [
  'crash-before',
  'crash-after',
  'lost-answer',
  'unavailable',
  'delay',
  'twice',
];

/** The process that made this call is no more: nothing that it still does has an effect. */
class SimulatedCrash extends Error {
  constructor() {
    super('the process was killed');
  }
}

/** Draws, from a seed, which calls go wrong, and how. A run has a bounded number of faults. */
export class FaultPlan {
  readonly drawn: string[] = [];

  constructor(
    private readonly random: () => number,
    private readonly rate: number,
    private readonly faultsMax: number,
  ) {}

  draw(where: string): Fault | undefined {
    const isFault = this.random() < this.rate && this.drawn.length < this.faultsMax;
    if (!isFault) return undefined;
    const fault = FAULTS[Math.floor(this.random() * FAULTS.length)] ?? 'delay';
    this.drawn.push(`${fault} ${where}`);
    return fault;
  }

  /** A few turns of the event loop, so that others go first. */
  async pause(): Promise<void> {
    const turns = 1 + Math.floor(this.random() * 5);
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
  }
}

/** One life of a process, from its start to its crash. */
export class Incarnation {
  private readonly end = new AbortController();

  constructor(private readonly plan: FaultPlan | undefined) {}

  get isDead(): boolean {
    return this.end.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.end.signal;
  }

  assertAlive(): void {
    if (this.isDead) throw new SimulatedCrash();
  }

  die(): void {
    this.end.abort();
  }

  /** A wait between tries: none while alive, for ever once dead, so that loops stand still. */
  rest(): Promise<void> {
    return this.isDead ? new Promise(() => undefined) : nextTurn();
  }

  /**
   * Makes a call to a port, unless something befalls it. `unavailable` says how the port says no.
   */
  async call<T>(where: string, work: () => Promise<T>, unavailable: () => Error): Promise<T> {
    this.assertAlive();
    const fault = this.plan?.draw(where);
    if (fault === 'crash-before') this.crash();
    if (fault === 'unavailable') throw unavailable();
    if (fault === 'delay') await this.plan?.pause();
    if (fault === 'twice') await work();
    this.assertAlive();
    const answer = await work();
    if (fault === 'crash-after') this.crash();
    if (fault === 'lost-answer') throw new Error(`the answer to ${where} was lost`);
    return answer;
  }

  private crash(): never {
    this.die();
    throw new SimulatedCrash();
  }
}
