export { readConfiguration } from '@ledgerdesk/hosting';
export { startEngine } from './start-engine';
