/** Resolves when the condition holds. Asked after each turn of the event loop, at most 20 s. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  what = 'the condition',
): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come about within 20 s`);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}
