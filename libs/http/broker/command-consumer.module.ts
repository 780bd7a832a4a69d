import { Module, type DynamicModule } from '@nestjs/common';
import {
  BrokerCommandIntake,
  CommandOutcomes,
  type Engine,
  type Tracing,
} from '@ledgerdesk/engine';
import { commandBuilderFor, type CommandBuilder } from '../request/command-body';
import { commandTopicControllerOf } from './command-topics.controller';

/** Whose commands are taken, and in whose name where a message does not say. */
export interface CommandConsumerSettings {
  readonly engine: Engine;
  /** Names of the processes whose topics are consumed. Default: all of the engine. */
  readonly hostedProcesses?: readonly string[];
  /** Default `default`. */
  readonly tenant?: string;
  /** Version of this build. */
  readonly version: string;
  readonly tracing?: Tracing;
}

/** Takes the commands of the hosted processes from the message broker. */
@Module({})
export class CommandConsumerModule {
  static forRoot(settings: CommandConsumerSettings): DynamicModule {
    const { engine } = settings;
    const hosted = settings.hostedProcesses ?? [...engine.processes.keys()];
    return {
      module: CommandConsumerModule,
      controllers: hosted.map(commandTopicControllerOf),
      providers: [{ provide: BrokerCommandIntake, useValue: intakeOf(settings) }],
    };
  }
}

function intakeOf({
  engine,
  tenant,
  version,
  tracing,
}: CommandConsumerSettings): BrokerCommandIntake {
  const builders = new Map<object, CommandBuilder>();
  return new BrokerCommandIntake({
    commands: engine.commands,
    processes: engine.processes,
    outcomes: new CommandOutcomes(engine),
    tenant: tenant ?? 'default',
    version,
    ...(tracing && { tracing }),
    revive: (type, body) => {
      const build = builders.get(type) ?? commandBuilderFor(type);
      builders.set(type, build);
      return build(body);
    },
  });
}
