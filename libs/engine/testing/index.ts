export { counterProcess } from './counter.process';
export { counterEvents, evolveCounter, initialCounter, type CounterState } from './counter.events';
export {
  Add,
  AddAll,
  AttachReceipt,
  CloseCounter,
  CountFollower,
  Entry,
  Follow,
  ForkCounter,
  OpenCounter,
  Touch,
} from './counter.commands';
export { InterceptedEventStore, type AppendInterception } from './intercepted-event-store';
export {
  add,
  CounterDesk,
  countingIds,
  errorOf,
  ManualClock,
  openTestEngine,
  storedEvents,
} from './engine-kit';
export { echoFlow } from './flow-kit';
export { LogFlowIndex } from './log-flow-index';
