export { readConfiguration, type EngineConfiguration, type LogLevel } from './configuration';
export { startEngine, type StartedEngine, type StartOptions } from './start-engine';
