export { createHttpApplication } from './http-application';
export { EngineModule } from './engine/engine.module';
export { requestOf, withRequest, type CommandEnvelope } from './engine/command-dispatch';
export { HttpApiModule } from './http-api.module';
export {
  DEFAULT_HTTP_LIMITS,
  type BrokerStatus,
  type HttpApiOptions,
  type HttpLimits,
  type HttpLog,
  type HttpSurface,
  type LedThing,
} from './http-api.options';
export {
  API_ROOT,
  collectionPath,
  commandRoutesOf,
  type CommandRoute,
} from './commands/command-route';
export {
  commandAnswerOf,
  type CommandAnswer,
  type CommandAnswerEvent,
} from './commands/command-answer';
export { dryRunAnswerOf, type DryRunAnswer, type DryRunEvent } from './commands/dry-run-answer';
export type { BulkRowAnswer } from './commands/bulk';
export {
  startCommandConsumer,
  type CommandConsumer,
  type CommandConsumerOptions,
} from './broker/start-command-consumer';
export { asyncApiDocument, type DescribedEvents } from './asyncapi/asyncapi-document';
export { eventFamilies, type EventFamily } from './asyncapi/event-families';
export { commandSchemaOf, type JsonSchema } from './openapi/command-schemas';
export { openApiDocument, type DescribedApi } from './openapi/openapi-document';
export { problemOf, type Problem, type ProblemDocument } from './problem/problem-document';
export { PROBLEM_MEDIA_TYPE, problemTypeOf, statusOf } from './problem/problem-status';
export { commandBuilderFor, type CommandBuilder } from './request/command-body';
