export { readConfiguration, type EngineConfiguration } from './configuration';
export { runService, type ServiceProcess } from './run-service';
export {
  COMMAND_ROLE,
  ENGINE_ROLE,
  FLOW_ROLE,
  PROJECTION_ROLE,
  QUERY_ROLE,
  RELAY_ROLE,
  type ServiceRole,
} from './service-role';
export { startService, type StartedService, type StartOptions } from './start-service';
