import { LedgerdeskError } from './errors';

/** Whether work on a ticket in this state goes on, waits, or is over. */
export const stateCategories = ['open', 'waiting', 'done'] as const;

/** One of {@link stateCategories}. */
export type StateCategory = (typeof stateCategories)[number];

export interface StateDefinition {
  readonly title: string;
  readonly category: StateCategory;
  /** No command leads out of it to another state. */
  readonly final?: boolean;
}

/** What a command may do to the state of a ticket. */
export interface Transition<State extends string = string> {
  /** `null` stands for «not there yet»: the command creates the ticket. */
  readonly from: readonly (State | null)[];
  /** The states that it may lead to; absent: the state stays as it is. */
  readonly to?: readonly State[];
  /**
   * Where that differs from state to state: what it may lead to from each of `from`, and for one
   * that is not named, the state stays as it is. `to` lists them all then, or is for `null`.
   */
  readonly targets?: Readonly<Partial<Record<State, readonly State[]>>>;
  /** By name, asked in this order; the first that says no refuses the command. */
  readonly guards?: readonly string[];
}

export interface Lifecycle<State extends string = string> {
  readonly states: Readonly<Record<State, StateDefinition>>;
  /** By command name. */
  readonly transitions: Readonly<Record<string, Transition<State>>>;
}

/** The states that a command may lead to from this one; none where it leaves the state as it is. */
export function targetsOf<State extends string>(
  { to = [], targets }: Pick<Transition<State>, 'to' | 'targets'>,
  from: State | null,
): readonly State[] {
  return targets === undefined || from === null ? to : (targets[from] ?? []);
}

/** Types a lifecycle literally: a transition that names an unknown state does not compile. */
export function defineLifecycle<const State extends string>(lifecycle: {
  readonly states: Readonly<Record<State, StateDefinition>>;
  readonly transitions: Readonly<Record<string, Transition<NoInfer<State>>>>;
}): Lifecycle<State> {
  return lifecycle;
}

/**
 * Faults of a lifecycle table, in words; none for a sound one: each state reachable, none a dead
 * end unless final, none final with a way out, no unknown state or guard.
 */
export function lifecycleFaults(
  lifecycle: Lifecycle,
  guards: readonly string[],
): readonly string[] {
  return [...transitionFaults(lifecycle, guards), ...stateFaults(lifecycle)];
}

/**
 * @throws LedgerdeskError `defect.lifecycle` that lists every fault: the engine refuses to start.
 */
export function assertSoundLifecycle(
  name: string,
  lifecycle: Lifecycle,
  guards: readonly string[],
): void {
  const faults = lifecycleFaults(lifecycle, guards);
  if (faults.length === 0) return;
  throw new LedgerdeskError(
    'defect.lifecycle',
    `the lifecycle of ${name} is unsound: ${faults.join('; ')}`,
    {
      details: { process: name, faults },
    },
  );
}

function transitionFaults(lifecycle: Lifecycle, guards: readonly string[]): readonly string[] {
  const states = Object.keys(lifecycle.states);
  return Object.entries(lifecycle.transitions).flatMap(([command, transition]) => [
    ...[...transition.from, ...(transition.to ?? []), ...targetNames(transition)]
      .filter((state) => state !== null && !states.includes(state))
      .map((state) => `${command} names the unknown state ${String(state)}`),
    ...(transition.guards ?? [])
      .filter((guard) => !guards.includes(guard))
      .map((guard) => `${command} names the unknown guard ${guard}`),
  ]);
}

function targetNames({ targets = {} }: Transition): readonly string[] {
  return Object.entries(targets).flatMap(([from, to]) => [from, ...(to ?? [])]);
}

function stateFaults(lifecycle: Lifecycle): readonly string[] {
  const reachable = reachableStates(lifecycle);
  const faults: string[] = [];
  for (const [state, { final }] of Object.entries(lifecycle.states)) {
    if (!reachable.has(state)) faults.push(`no command leads to the state ${state}`);
    const hasWayOut = waysOut(lifecycle, state).length > 0;
    const isFinal = final === true;
    if (!hasWayOut && !isFinal) faults.push(`the state ${state} is a dead end but not final`);
    if (hasWayOut && isFinal) faults.push(`the state ${state} is final but has a way out`);
  }
  return faults;
}

function reachableStates(lifecycle: Lifecycle): ReadonlySet<string> {
  const reached = new Set<string>();
  let frontier: (string | null)[] = [null];
  while (frontier.length > 0) {
    const next: string[] = [];
    for (const transition of Object.values(lifecycle.transitions)) {
      const left = frontier.filter((state) => transition.from.includes(state));
      for (const state of left.flatMap((from) => targetsOf(transition, from))) {
        if (!reached.has(state)) {
          reached.add(state);
          next.push(state);
        }
      }
    }
    frontier = next;
  }
  return reached;
}

function waysOut(lifecycle: Lifecycle, state: string): readonly string[] {
  return Object.values(lifecycle.transitions)
    .filter((transition) => transition.from.includes(state))
    .flatMap((transition) => targetsOf(transition, state))
    .filter((target) => target !== state);
}
