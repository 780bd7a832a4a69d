/** An incident that counts towards a threshold. */
export interface CountedIncident {
  readonly incident: string;
  /** When it happened. */
  readonly at: string;
}

/** The latest so many are kept: no policy can ask for more within its window. */
export const COUNTED_MAX = 100;

/** The list with one more incident; the very same list where that counts already. */
export function withIncident(
  counted: readonly CountedIncident[],
  incident: string,
  at: string,
): readonly CountedIncident[] {
  if (counted.some((each) => each.incident === incident)) return counted;
  return [...counted.slice(1 - COUNTED_MAX), { incident, at }];
}

/** Those of the last so many milliseconds before an instant, its own included. */
export function within(
  counted: readonly CountedIncident[],
  instant: string,
  windowMs: number,
): readonly CountedIncident[] {
  const endMs = Date.parse(instant);
  return counted.filter(({ at }) => {
    const atMs = Date.parse(at);
    return atMs > endMs - windowMs && atMs <= endMs;
  });
}
