export interface EventuallyOptions {
  /** Default 2 ms: in this process. What asks another process may leave it more time. */
  readonly everyMs?: number;
  /** A bound for what hangs: tests may share a slow machine with others. Default two minutes. */
  readonly withinMs?: number;
}

/** Resolves when the condition holds, which is asked again and again; rejects when it does not. */
export async function eventually(
  condition: () => Promise<boolean> | boolean,
  what = 'the condition',
  { everyMs = 2, withinMs = 120_000 }: EventuallyOptions = {},
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`${what} did not come about within ${withinMs} ms`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs);
    });
  }
}
