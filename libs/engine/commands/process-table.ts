import {
  assertSoundLifecycle,
  LedgerdeskError,
  type CommandDefinition,
  type ProcessDefinition,
} from '@ledgerdesk/kernel';
import { createCommandValidator, type CommandValidator } from './command-validation';

/** A command with what the pipeline would otherwise look up for each one. */
export interface CommandEntry {
  readonly name: string;
  readonly definition: CommandDefinition;
  readonly validate: CommandValidator;
  /** It may begin a ticket: its transition starts from «not there yet». */
  readonly creates: boolean;
  readonly spawns: boolean;
  /** It may lead to another state. */
  readonly moves: boolean;
  /** It may look at other tickets than the one that it writes to, or have companions on them. */
  readonly isJoint: boolean;
}

/** A process with its tables made ready. */
export interface ProcessEntry {
  readonly definition: ProcessDefinition;
  readonly commands: ReadonlyMap<string, CommandEntry>;
  /** @throws LedgerdeskError `defect.undeclared-event` */
  readonly versionOf: (type: string) => number;
}

/** The processes of an engine by name. */
export class ProcessTable {
  private readonly entries = new Map<string, ProcessEntry>();
  readonly definitions: ReadonlyMap<string, ProcessDefinition>;

  /**
   * @throws LedgerdeskError `defect.duplicate-process`, `defect.duplicate-command` or
   * `defect.lifecycle`: an engine with such definitions refuses to start.
   */
  constructor(processes: readonly ProcessDefinition[]) {
    const owners = new Map<string, string>();
    for (const process of processes) {
      if (this.entries.has(process.name)) throw duplicateProcess(process.name);
      assertSoundLifecycle(process.name, process.lifecycle, Object.keys(process.guards));
      assertCommandsMatchLifecycle(process);
      claimCommandNames(process, owners);
      this.entries.set(process.name, entryOf(process));
    }
    this.definitions = new Map(processes.map((process) => [process.name, process]));
  }

  /** @throws LedgerdeskError `missing.process` */
  get(name: string): ProcessEntry {
    const entry = this.entries.get(name);
    if (entry !== undefined) return entry;
    throw new LedgerdeskError(
      'missing.process',
      `there is no process ${name}; there are ${[...this.entries.keys()].join(', ')}`,
      { details: { process: name, processes: [...this.entries.keys()] } },
    );
  }
}

function entryOf(process: ProcessDefinition): ProcessEntry {
  const commands = new Map<string, CommandEntry>();
  for (const [name, definition] of Object.entries(process.commands)) {
    commands.set(name, {
      name,
      definition,
      validate: createCommandValidator(definition.type),
      creates: process.lifecycle.transitions[name]?.from.includes(null) === true,
      spawns: definition.spawns === true,
      moves: process.lifecycle.transitions[name]?.to !== undefined,
      isJoint: isJoint(definition),
    });
  }
  const versions = new Map(
    Object.entries(process.events).map(([type, { version }]) => [type, version]),
  );
  return {
    definition: process,
    commands,
    versionOf: (type) => versions.get(type) ?? raiseUndeclared(process.name, type),
  };
}

function isJoint({ needs, companions, spawns }: CommandDefinition): boolean {
  return needs !== undefined || companions !== undefined || spawns === true;
}

function claimCommandNames(process: ProcessDefinition, owners: Map<string, string>): void {
  for (const name of Object.keys(process.commands)) {
    const owner = owners.get(name);
    if (owner !== undefined) {
      throw new LedgerdeskError(
        'defect.duplicate-command',
        `${owner} and ${process.name} both define the command ${name}; a command belongs to one process`,
        { details: { command: name, processes: [owner, process.name] } },
      );
    }
    owners.set(name, process.name);
  }
}

function assertCommandsMatchLifecycle(process: ProcessDefinition): void {
  const faults = Object.entries(process.commands).flatMap(([name, command]) =>
    commandFaults(process, name, command),
  );
  for (const name of Object.keys(process.lifecycle.transitions)) {
    if (process.commands[name] === undefined) {
      faults.push(`${name} has a transition but no command`);
    }
  }
  if (faults.length === 0) return;
  throw new LedgerdeskError(
    'defect.lifecycle',
    `the definition of ${process.name} does not hold together: ${faults.join('; ')}`,
    { details: { process: process.name, faults } },
  );
}

function commandFaults(
  process: ProcessDefinition,
  name: string,
  { type, emits, naturalKey, spawns }: CommandDefinition,
): readonly string[] {
  const transition = process.lifecycle.transitions[name];
  const begins = transition?.from.includes(null) === true || spawns === true;
  return [
    ...(type.name === name ? [] : [`${name} is handled by the class ${type.name}`]),
    ...(transition === undefined ? [`${name} has no transition`] : []),
    ...(naturalKey === undefined || begins
      ? []
      : [`${name} has a natural key but begins no ticket`]),
    ...emits
      .filter((event) => process.events[event] === undefined)
      .map((event) => `${name} emits ${event}, which is no event of the process`),
  ];
}

function duplicateProcess(name: string): LedgerdeskError {
  return new LedgerdeskError(
    'defect.duplicate-process',
    `two processes are called ${name}; a name belongs to one process`,
    { details: { process: name } },
  );
}

function raiseUndeclared(process: string, type: string): never {
  throw new LedgerdeskError(
    'defect.undeclared-event',
    `a command of ${process} led to ${type}, which is not in the process's table of events`,
    { details: { process, type } },
  );
}
