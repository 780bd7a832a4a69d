export { readConfiguration } from './configuration';
export { startEngine } from './start-engine';
