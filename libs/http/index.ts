export { createHttpApplication } from './http-application';
export { EngineModule } from './engine/engine.module';
export { requestOf, withRequest, type CommandEnvelope } from './engine/command-dispatch';
export { HttpApiModule } from './http-api.module';
export {
  DEFAULT_HTTP_LIMITS,
  type HttpApiOptions,
  type HttpLimits,
  type HttpLog,
} from './http-api.options';
export {
  API_ROOT,
  collectionPath,
  commandRoutesOf,
  type CommandRoute,
} from './commands/command-route';
export type { CommandAnswer, CommandAnswerEvent } from './commands/command-answer';
export type { BulkRowAnswer } from './commands/bulk';
export { openApiDocument, type DescribedApi } from './openapi/openapi-document';
export { problemOf, type Problem, type ProblemDocument } from './problem/problem-document';
export { PROBLEM_MEDIA_TYPE, problemTypeOf, statusOf } from './problem/problem-status';
