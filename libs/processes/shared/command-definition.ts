import type {
  CommandClass,
  CommandDefinition,
  CompanionCommand,
  Decision,
  DecisionContext,
  DecisionNeeds,
  Guard,
  ProcessState,
  Refusal,
} from '@ledgerdesk/kernel';

/** A command's definition as its author writes it: with the command's own type throughout. */
export interface TypedCommandDefinition<
  State extends ProcessState,
  Command extends object,
> extends Omit<
  CommandDefinition<State>,
  'type' | 'example' | 'decide' | 'naturalKey' | 'needs' | 'companions' | 'internal' | 'spawns'
> {
  readonly type: CommandClass<Command>;
  readonly example: Readonly<Partial<Command>>;
  readonly internal?: true;
  readonly spawns?: true;
  readonly naturalKey?: (command: Command) => string | undefined;
  readonly needs?: (command: Command, state: State) => DecisionNeeds;
  readonly companions?: (
    command: Command,
    state: State,
    context: DecisionContext<State>,
  ) => readonly CompanionCommand[];
  readonly decide: (command: Command, state: State, context: DecisionContext<State>) => Decision;
}

/** Ties a rule to its command class, so that the compiler checks the one against the other. */
export function defineCommand<State extends ProcessState, Command extends object>(
  definition: TypedCommandDefinition<State, Command>,
): CommandDefinition<State> {
  // The kernel hands over the very instance whose class stands in `type`.
  return definition as unknown as CommandDefinition<State>;
}

/** A guard as its author writes it: with the type of the commands that it is asked about. */
export interface TypedGuard<State extends ProcessState, Command extends object> extends Omit<
  Guard<State>,
  'check'
> {
  readonly check: (
    state: State,
    command: Command,
    context: DecisionContext<State>,
  ) => true | Refusal;
}

/** A guard that reads fields of the commands which the lifecycle asks it about. */
export function defineGuard<State extends ProcessState, Command extends object = object>(
  guard: TypedGuard<State, Command>,
): Guard<State> {
  return guard as unknown as Guard<State>;
}

/**
 * The same body under a name of its own: the name of a command is that of its class, and each
 * process has its own. Validation rules are inherited.
 */
export function nameCommand<Command extends object>(
  name: string,
  body: CommandClass<Command>,
): CommandClass<Command> {
  const named = class extends (body as CommandClass) {};
  Object.defineProperty(named, 'name', { value: name });
  return named as CommandClass<Command>;
}

/**
 * A companion for another process, which is known by the names of its commands and fields alone:
 * processes do not import each other. The engine looks the command up by the name of its class.
 */
export function foreignCommand(name: string, fields: Readonly<Record<string, unknown>>): object {
  return Object.assign(new (nameCommand(name, class {}))(), fields);
}

/** An instance of a command class with these fields. */
export function makeCommand<Command extends object>(
  type: CommandClass<Command>,
  fields: Readonly<Partial<Command>>,
): Command {
  return Object.assign(new type(), fields);
}
