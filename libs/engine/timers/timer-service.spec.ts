import type { DueTimer } from '../flows/flow-index.port';
import { DEFAULT_BACK_OFF } from '../subscriptions/back-off';
import { ManualClock } from '../testing';
import { eventually } from '../testing/projection-kit';
import { TimerService, type TimerServiceOptions } from './timer-service';

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const timer = (name: string, minute: number): DueTimer => {
  return { stream: 'flow-x-a', name, dueAt: at(minute), setBy: `${name}-${minute}` };
};

/** An index in memory, a clock that is told, and a scheduler that only notes what it was asked. */
class TimerBench {
  readonly clock = new ManualClock();
  readonly elapsed: string[] = [];
  readonly delays: number[] = [];
  readonly failures: unknown[] = [];
  readonly service: TimerService;
  questions = 0;
  timers: DueTimer[] = [];
  private wake: () => void = () => undefined;

  constructor(options: Partial<TimerServiceOptions> = {}) {
    this.service = new TimerService({
      index: {
        reached: () => Promise.resolve(true),
        due: async (by, limit) => {
          this.questions += 1;
          return this.inOrder()
            .filter(({ dueAt }) => dueAt <= by)
            .slice(0, limit);
        },
        nextDue: async (after) => this.inOrder().find(({ dueAt }) => dueAt > after)?.dueAt,
      },
      elapse: (due) => this.elapse(due),
      clock: this.clock,
      scheduler: {
        after: (delayMs, task) => {
          this.delays.push(delayMs);
          this.wake = task;
          return () => undefined;
        },
      },
      backOff: { ...DEFAULT_BACK_OFF, delay: () => Promise.resolve() },
      pageMax: 2,
      onFailure: (error) => this.failures.push(error),
      ...options,
    });
  }

  /** The time goes on to that minute, and the scheduler wakes the service. */
  until(minute: number): void {
    this.clock.advance(Date.parse(at(minute)) - this.clock.now().getTime());
    this.wake();
  }

  private inOrder(): readonly DueTimer[] {
    return this.timers.toSorted((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
  }

  private async elapse({ name, setBy }: DueTimer): Promise<undefined> {
    this.elapsed.push(name);
    this.timers = this.timers.filter((other) => other.setBy !== setBy);
  }
}

describe('TimerService', () => {
  it('lets late timers elapse in order, then sleeps until the next', async () => {
    const bench = new TimerBench();
    bench.timers = [timer('c', 3), timer('a', 1), timer('d', 9), timer('b', 2)];
    bench.until(5);
    bench.service.start();
    await eventually(() => bench.delays.length === 1);
    expect(bench.elapsed).toEqual(['a', 'b', 'c']);
    expect(bench.delays).toEqual([4 * 60_000]);
    const asked = bench.questions;
    bench.until(9);
    await eventually(() => bench.elapsed.length === 4);
    await bench.service.stop();
    // Not once in between: it does not poll.
    expect(bench.questions - asked).toBeLessThanOrEqual(2);
  });

  it('waits for an index that is built for the first time, and counts that for no failure', async () => {
    let isServing = false;
    let questions = 0;
    const pending = [timer('a', 1)];
    const bench = new TimerBench({
      index: {
        reached: () => Promise.resolve(isServing),
        due: (by) => {
          if (!isServing) throw new Error('no live generation yet');
          return Promise.resolve(pending.filter(({ dueAt }) => dueAt <= by));
        },
        nextDue: () => Promise.resolve(undefined),
      },
      backOff: {
        ...DEFAULT_BACK_OFF,
        delay: () => {
          questions += 1;
          return new Promise((resolve) => setImmediate(resolve));
        },
      },
    });
    bench.until(5);
    bench.service.start();
    await eventually(() => questions > 2);
    isServing = true;
    await eventually(() => bench.elapsed.length === 1);
    await bench.service.stop();
    expect(bench.failures).toEqual([]);
  });

  it('asks twice at the start, however many timers pend', async () => {
    const pending = 1_000_000;
    const limits: number[] = [];
    const bench = new TimerBench({
      index: {
        reached: () => Promise.resolve(true),
        due: (_, limit) => {
          limits.push(limit);
          return Promise.resolve([]);
        },
        nextDue: () => {
          limits.push(1);
          return Promise.resolve(at(pending));
        },
      },
    });
    bench.service.start();
    await eventually(() => bench.delays.length === 1);
    await bench.service.stop();
    expect(limits).toEqual([2, 1]);
  });

  it('lets late timers elapse in order also where they fill many pages', async () => {
    const bench = new TimerBench();
    const minutes = Array.from({ length: 25 }, (_, n) => (n * 7) % 25);
    bench.timers = minutes.map((minute) => timer(`${minute}`, minute));
    bench.until(30);
    bench.service.start();
    await eventually(() => bench.elapsed.length === 25);
    await bench.service.stop();
    expect(bench.elapsed.map(Number)).toEqual(minutes.toSorted((a, b) => a - b));
  });

  it('wakes for a timer that is set later and due earlier', async () => {
    const bench = new TimerBench();
    bench.timers = [timer('late', 60)];
    bench.service.start();
    await eventually(() => bench.delays.length === 1);
    bench.timers.push(timer('soon', 5));
    bench.service.hint(at(5), 1n);
    await eventually(() => bench.delays.length === 2);
    expect(bench.delays).toEqual([60 * 60_000, 5 * 60_000]);
    await bench.service.stop();
  });

  it('lets a timer elapse once, however long the index still shows it', async () => {
    let count = 0;
    const bench = new TimerBench({
      elapse: async () => {
        count += 1;
        return 7n;
      },
    });
    bench.timers = [timer('a', 1)];
    bench.until(2);
    bench.service.start();
    await eventually(() => count === 1);
    bench.service.rouse();
    await eventually(() => bench.questions >= 3);
    await bench.service.stop();
    expect(count).toBe(1);
  });

  it('goes on after an error, and says it', async () => {
    let isDown = true;
    const bench: TimerBench = new TimerBench({
      elapse: async () => {
        if (!isDown) bench.timers = [];
        isDown = !isDown;
        if (!isDown) throw new Error('down');
        bench.elapsed.push('a');
        return undefined;
      },
    });
    bench.timers = [timer('a', 1)];
    bench.until(2);
    bench.service.start();
    await eventually(() => bench.elapsed.length === 1);
    await bench.service.stop();
    expect(bench.failures).toEqual([new Error('down')]);
  });
});
