export {
  applyChanges,
  diffStates,
  formatPath,
  type FieldChange,
  type PathStep,
} from './state-diff';
export { formatInstant, parseInstant, type Instant, type TimeAxis } from './instant';
export {
  HISTORY_LIMIT_DEFAULT,
  HISTORY_LIMIT_MAX,
  ticketHistory,
  type HistoryEntry,
  type HistoryOptions,
  type HistoryPage,
} from './ticket-history';
export { ticketAt, type TicketAt } from './time-travel';
export {
  ticketDiff,
  type AttributedChange,
  type ChangeAuthor,
  type TicketDiff,
} from './ticket-diff';
export type { TicketAddress, TicketLog } from './ticket-log';
export {
  FAULTS_MAX,
  verifyLog,
  type LogAnchor,
  type StreamHead,
  type VerifyOptions,
  type VerifyReport,
} from './verify';
export type { Fault, FaultKind } from './verify-event';
export {
  why,
  WHY_DEPTH_MAX,
  WHY_EFFECTS_MAX,
  type CausalEvent,
  type CausationReader,
  type Effect,
  type FirstCause,
  type Why,
  type WhyLimits,
} from './why';
export { causationReader, type CausationStores } from './causation-reader';
export { whyTicket, type WhyTicketOptions } from './why-ticket';
