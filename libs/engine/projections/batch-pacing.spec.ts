import { BatchPacing, DEFAULT_PACING } from './batch-pacing';

describe('BatchPacing', () => {
  const simulate = (
    batches: number,
    workMs: number,
    { isHurried = false, quietMs = 0, events = 1 } = {},
  ): { readonly rests: number[]; readonly elapsedMs: number } => {
    let now = 0;
    const pacing = new BatchPacing(
      DEFAULT_PACING,
      () => now,
      () => isHurried,
    );
    const rests: number[] = [];
    for (let i = 0; i < batches; i += 1) {
      const rest = pacing.restMs(events);
      rests.push(rest);
      now += workMs + rest + quietMs;
    }
    return { rests, elapsedMs: now };
  };

  it('takes at most 8 batches a second under load, beside the first burst', () => {
    const { elapsedMs } = simulate(88, 5);
    expect(elapsedMs).toBeGreaterThanOrEqual(9_500);
    expect(elapsedMs).toBeLessThanOrEqual(11_000);
  });

  it('never rests longer than the time between two batches', () => {
    expect(Math.max(...simulate(200, 0).rests)).toBeLessThanOrEqual(DEFAULT_PACING.intervalMs);
  });

  it('does not rest where batches come one by one', () => {
    const { rests } = simulate(50, 1, { quietMs: 200 });
    expect(Math.max(...rests)).toBe(0);
  });

  it('rests longer behind large batches, whatever came before', () => {
    const { busyEvents, busyIntervalMs } = DEFAULT_PACING;
    expect(simulate(3, 5, { quietMs: 5_000, events: busyEvents }).rests).toEqual(
      Array(3).fill(busyIntervalMs),
    );
    expect(simulate(3, 5, { quietMs: 5_000, events: busyEvents - 1 }).rests).toEqual([0, 0, 0]);
  });

  it('does not let anybody wait behind a large batch', () => {
    const { rests } = simulate(100, 0, { isHurried: true, events: DEFAULT_PACING.busyEvents });
    expect(Math.max(...rests)).toBe(DEFAULT_PACING.hurriedIntervalMs);
  });

  it('rests shorter while somebody waits', () => {
    const { rests } = simulate(100, 0, { isHurried: true });
    expect(Math.max(...rests)).toBe(DEFAULT_PACING.hurriedIntervalMs);
  });

  it('ends a rest when somebody begins to wait', async () => {
    const pacing = new BatchPacing(
      { ...DEFAULT_PACING, intervalMs: 60_000, hurriedIntervalMs: 0, burst: 0 },
      () => 0,
      () => false,
    );
    const resting = pacing.rest(new AbortController().signal, 1);
    pacing.hurry();
    await expect(resting).resolves.toBeUndefined();
  });

  it('ends a rest when it is aborted', async () => {
    const abort = new AbortController();
    const pacing = new BatchPacing(
      { ...DEFAULT_PACING, intervalMs: 60_000, hurriedIntervalMs: 60_000, burst: 0 },
      () => 0,
      () => false,
    );
    const resting = pacing.rest(abort.signal, 1);
    abort.abort();
    await expect(resting).resolves.toBeUndefined();
  });
});
