export { eventFaults } from './event-faults';
export { eventually, type EventuallyOptions } from './eventually';
export {
  checkProcessModel,
  type ModelCoverage,
  type ModelOptions,
  type ProcessModel,
} from './process-model';
export { deepFreeze, recordEvent, type RecordingOptions } from './recording';
export { given, type GivenStep, type Outcome, type ScenarioContext } from './scenario';
export {
  givenFlow,
  type ExpectedFlowCommand,
  type FlowEventStep,
  type FlowOutcome,
  type FlowScenario,
  type FlowStep,
  type FlowStepEnvelope,
} from './flow-scenario';
