import { targetsOf, type StateCategory, type Transition } from './lifecycle';
import {
  isRefusal,
  refuse,
  type Decision,
  type DecisionContext,
  type ProcessDefinition,
  type ProcessState,
  type Refusal,
} from './process-definition';

export interface AllowedCommand {
  readonly command: string;
  readonly route: string | null;
  readonly summary: string;
  /** The states that it may lead to; the present one where it does not move the ticket. */
  readonly to: readonly string[];
}

/** Asks the lifecycle, then the guards, then the command's own rule. Pure. */
export function decide<State extends ProcessState>(
  process: ProcessDefinition<State>,
  commandName: string,
  command: object,
  state: State,
  context: DecisionContext<State>,
): Decision {
  const definition = process.commands[commandName];
  if (definition === undefined) {
    return refuse('unknown-command', `${process.name} has no command ${commandName}`, {
      commands: Object.keys(process.commands),
    });
  }
  const refusal =
    refusalByLifecycle(process, commandName, state) ??
    refusalByGuard(process, commandName, command, state, context);
  if (refusal !== undefined) {
    return {
      ...refusal,
      details: { ...refusal.details, allowed: allowedNames(process, state, context) },
    };
  }
  const decision = (
    definition.decide as (c: object, s: State, x: DecisionContext<State>) => Decision
  )(command, state, context);
  return isRefusal(decision)
    ? {
        ...decision,
        details: { ...decision.details, allowed: allowedNames(process, state, context) },
      }
    : decision;
}

/**
 * The commands that lifecycle and state let through; guards that look at the command are not asked.
 */
export function allowedCommands<State extends ProcessState>(
  process: ProcessDefinition<State>,
  state: State,
  context: DecisionContext<State>,
): readonly AllowedCommand[] {
  const allowed: AllowedCommand[] = [];
  for (const [name, definition] of Object.entries(process.commands)) {
    const transition = process.lifecycle.transitions[name];
    if (definition.internal === true || transition === undefined) continue;
    if (!isAllowed(process, name, state, context)) continue;
    allowed.push({
      command: name,
      route: definition.route,
      summary: definition.summary,
      to: reachedFrom(transition, state.state),
    });
  }
  return allowed;
}

function reachedFrom(transition: Transition, state: string | null): readonly string[] {
  const targets = targetsOf(transition, state);
  return targets.length > 0 || state === null ? targets : [state];
}

/** The category of a state, `done` for a name that the lifecycle does not know. */
export function stateCategory(
  process: Pick<ProcessDefinition, 'lifecycle'>,
  state: string,
): StateCategory {
  return process.lifecycle.states[state]?.category ?? 'done';
}

function allowedNames<State extends ProcessState>(
  process: ProcessDefinition<State>,
  state: State,
  context: DecisionContext<State>,
): readonly string[] {
  return allowedCommands(process, state, context).map((allowed) => allowed.command);
}

function isAllowed<State extends ProcessState>(
  process: ProcessDefinition<State>,
  commandName: string,
  state: State,
  context: DecisionContext<State>,
): boolean {
  const transition = process.lifecycle.transitions[commandName];
  if (transition === undefined || !transition.from.includes(state.state)) return false;
  return (transition.guards ?? []).every((name) => {
    const guard = process.guards[name];
    return guard?.stateOnly !== true || guard.check(state, {}, context) === true;
  });
}

function refusalByLifecycle<State extends ProcessState>(
  process: ProcessDefinition<State>,
  commandName: string,
  state: State,
): Refusal | undefined {
  const transition = process.lifecycle.transitions[commandName];
  if (transition?.from.includes(state.state) === true) return undefined;
  const from = transition?.from.filter((name) => name !== null) ?? [];
  const where = state.state === null ? 'that is not registered yet' : `in state ${state.state}`;
  const right =
    from.length > 0 ? `it is allowed in ${from.join(', ')}` : 'it only creates new ones';
  return refuse(
    'state',
    `${commandName} is not allowed for ${articleOf(process.name)} ${where}; ${right}`,
    {
      command: commandName,
      state: state.state,
      allowedIn: from,
    },
  );
}

// «an incident», «a change»
function articleOf(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function refusalByGuard<State extends ProcessState>(
  process: ProcessDefinition<State>,
  commandName: string,
  command: object,
  state: State,
  context: DecisionContext<State>,
): Refusal | undefined {
  for (const name of process.lifecycle.transitions[commandName]?.guards ?? []) {
    const answer = process.guards[name]?.check(
      state,
      command as Readonly<Record<string, unknown>>,
      context,
    );
    if (answer !== undefined && answer !== true) return answer;
  }
  return undefined;
}

/** The command's name: that of its class. */
export function commandNameOf(command: object): string {
  return command.constructor.name;
}
