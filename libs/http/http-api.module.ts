import {
  Inject,
  Module,
  type DynamicModule,
  type OnModuleDestroy,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { AsyncApiController } from './asyncapi/asyncapi.controller';
import { whyControllerOf } from './audit/why.controller';
import { BlobsController } from './blobs/blobs.controller';
import { bulkControllerOf } from './commands/bulk.controller';
import { commandControllerOf } from './commands/command.controller';
import { CommandOutcomeController } from './commands/command-outcome.controller';
import { CommandSender } from './commands/command-sender';
import { withRequest } from './engine/command-dispatch';
import { EngineModule } from './engine/engine.module';
import { EventsController } from './events/events.controller';
import { LiveFeed } from './events/live-feed';
import { FlowActsController } from './flows/flow-acts.controller';
import { FlowsController } from './flows/flows.controller';
import {
  HTTP_API_SETTINGS,
  httpApiSettings,
  type HttpApiOptions,
  type HttpApiSettings,
} from './http-api.options';
import { listControllerOf } from './lists/list.controller';
import { viewControllerOf } from './lists/view.controller';
import { OpenApiController } from './openapi/openapi.controller';
import { ApiMetrics } from './operations/api-metrics';
import { HealthController } from './operations/health.controller';
import { MetricsController } from './operations/metrics.controller';
import { ProjectionWatch } from './operations/projection-watch';
import { PolicyCatalogueController } from './policies/policy-catalogue.controller';
import { ticketControllerOf } from './tickets/ticket.controller';
import { ChangeCalendarController } from './views/change-calendar.controller';
import { ConfigurationImpactController } from './views/configuration-impact.controller';
import { graphControllerOf } from './views/graph.controller';
import { KnownErrorsController } from './views/known-errors.controller';
import { WorkController } from './views/work.controller';

/**
 * The REST API over an open engine, or that part of it that a service serves: controllers made from
 * the process definitions, the log, blobs, health, metrics and the OpenAPI document. It owns the
 * live feed and the watch over the projections, and ends both with the application; the engine
 * stays the caller's.
 */
@Module({})
export class HttpApiModule implements OnModuleInit, OnModuleDestroy {
  static forRoot(options: HttpApiOptions): DynamicModule {
    const settings = httpApiSettings(options);
    return {
      module: HttpApiModule,
      imports: [EngineModule.forRoot(settings.engine)],
      controllers: controllersOf(settings),
      providers: [
        { provide: HTTP_API_SETTINGS, useValue: settings },
        { provide: ProjectionWatch, useValue: new ProjectionWatch(settings) },
        { provide: LiveFeed, useValue: new LiveFeed(settings) },
        {
          provide: CommandSender,
          useFactory: commandSender,
          inject: [CommandBus, ProjectionWatch, HTTP_API_SETTINGS],
        },
        {
          provide: ApiMetrics,
          useFactory: apiMetrics,
          inject: [ProjectionWatch, LiveFeed, HTTP_API_SETTINGS],
        },
      ],
    };
  }

  constructor(
    @Inject(ProjectionWatch) private readonly watch: ProjectionWatch,
    @Inject(LiveFeed) private readonly feed: LiveFeed,
    @Inject(ApiMetrics) private readonly metrics: ApiMetrics,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.watch.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.watch.stop(), this.feed.close()]);
    this.metrics.close();
  }
}

// A service takes commands, or answers questions, or does neither; all say how they are.
function controllersOf({ engine, surfaces, hostedProcesses }: HttpApiSettings): Type[] {
  const processes = [...engine.processes.values()];
  const hosted = processes.filter(({ name }) => hostedProcesses.includes(name));
  const commands = [
    ...hosted.flatMap((process) => [commandControllerOf(process), bulkControllerOf(process)]),
    FlowActsController,
  ];
  const queries = [
    ...processes.flatMap((process) => [
      listControllerOf(process),
      viewControllerOf(process),
      ticketControllerOf(process),
      whyControllerOf(process),
      graphControllerOf(process),
    ]),
    FlowsController,
    PolicyCatalogueController,
    WorkController,
    ConfigurationImpactController,
    ChangeCalendarController,
    KnownErrorsController,
    EventsController,
    OpenApiController,
    AsyncApiController,
  ];
  return [
    ...(surfaces.includes('commands') ? commands : []),
    ...(surfaces.includes('queries') ? queries : []),
    ...(surfaces.length > 0 ? [BlobsController, CommandOutcomeController] : []),
    HealthController,
    MetricsController,
  ];
}

function commandSender(
  bus: CommandBus,
  watch: ProjectionWatch,
  settings: HttpApiSettings,
): CommandSender {
  return new CommandSender(settings, watch, (request) =>
    bus.execute(withRequest(request.command, request)),
  );
}

function apiMetrics(watch: ProjectionWatch, feed: LiveFeed, settings: HttpApiSettings): ApiMetrics {
  return new ApiMetrics({
    engine: settings.engine,
    watch,
    feed,
    leading: settings.leading,
    broker: settings.broker,
  });
}
