import { newUuid7, type CommandOutcome, type Engine } from '@ledgerdesk/engine';
import { LedgerdeskError, type CommandClass } from '@ledgerdesk/kernel';
import type { ModulesContainer } from '@nestjs/core';
import { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper';
import type { CommandBus, ICommand, ICommandHandler } from '@nestjs/cqrs';
import { COMMAND_HANDLER_METADATA, COMMAND_METADATA } from '@nestjs/cqrs/dist/decorators/constants';
import 'reflect-metadata';
import { requestOf } from './command-dispatch';

/** Any command of one process goes to the pipeline. */
class ProcessCommandHandler implements ICommandHandler<object, CommandOutcome> {
  constructor(
    private readonly process: string,
    private readonly commands: Engine['commands'],
  ) {}

  async execute(command: object): Promise<CommandOutcome> {
    return this.commands.execute(requestOf(this.process, command));
  }
}

/**
 * Binds the pipeline to the bus for each command class. The bus itself only warns when a second
 * handler takes a command over, so the application's own handlers are looked through first.
 *
 * @throws LedgerdeskError `defect.duplicate-command`
 */
export function bindCommands(engine: Engine, bus: CommandBus, modules: ModulesContainer): void {
  const foreign = handledCommands(modules);
  for (const [name, process] of engine.processes) {
    const handler = new ProcessCommandHandler(name, engine.commands);
    const wrapper = new InstanceWrapper<ICommandHandler<ICommand>>({
      name: ProcessCommandHandler.name,
      metatype: ProcessCommandHandler,
      instance: handler,
      isResolved: true,
    });
    for (const { type } of Object.values(process.commands)) {
      const other = foreign.get(type.name);
      if (other !== undefined) throw duplicateHandler(type.name, other);
      bus.bind(wrapper, busIdOf(type));
    }
  }
}

/** Names of the handlers in the application's own modules, by the command they handle. */
function handledCommands(modules: ModulesContainer): ReadonlyMap<string, string> {
  const handled = new Map<string, string>();
  for (const module of modules.values()) {
    for (const { metatype } of module.providers.values()) {
      if (typeof metatype !== 'function') continue;
      const command: unknown = Reflect.getMetadata(COMMAND_HANDLER_METADATA, metatype);
      if (typeof command === 'function') handled.set(command.name, metatype.name);
    }
  }
  return handled;
}

// The bus finds the handler by an id in the metadata of the command class, which `@CommandHandler`
// would have put there.
function busIdOf(type: CommandClass): string {
  const known = Reflect.getOwnMetadata(COMMAND_METADATA, type) as
    { readonly id: string } | undefined;
  if (known !== undefined) return known.id;
  const id = newUuid7();
  Reflect.defineMetadata(COMMAND_METADATA, { id }, type);
  return id;
}

function duplicateHandler(command: string, handler: string): LedgerdeskError {
  return new LedgerdeskError(
    'defect.duplicate-command',
    `${handler} handles ${command}, which a process of the engine handles already; remove it`,
    { details: { command, handler } },
  );
}
