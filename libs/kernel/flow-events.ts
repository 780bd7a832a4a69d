import { defineEvents, type EventOf, type RecordedEventOf } from './event-definition';

const flowVersion = 'integer';

/**
 * The progress of flows. Types are those of the engine: all flows share them. `commands` are
 * {@link FlowOrder}s; positions are decimal text.
 */
export const flowEvents = defineEvents({
  FlowStarted: {
    version: 1,
    summary: 'An event began an instance of a flow; `run` counts how often this key began.',
    fields: { flow: 'text', key: 'text', flowVersion, run: 'integer' },
  },
  FlowDecided: {
    version: 1,
    summary: 'What follows from one event: the commands to send, and why.',
    fields: {
      flowVersion,
      cause: 'text',
      causeType: 'text',
      causeStream: 'text',
      causeRevision: 'integer',
      causePosition: 'text',
      commands: 'object[]',
      notes: 'text[]',
      completes: 'boolean',
    },
  },
  FlowCommandAccepted: {
    version: 1,
    summary: 'A command of the flow was accepted; its events end at `position`.',
    fields: {
      flowVersion,
      commandId: 'text',
      process: 'text',
      ticket: 'text',
      number: 'text',
      command: 'text',
      step: 'text',
      revision: 'integer',
      position: 'text',
      attempts: 'integer',
    },
  },
  FlowCommandRefused: {
    version: 1,
    summary: 'A command of the flow was refused: tolerated, left to its branch, or parked.',
    fields: {
      flowVersion,
      commandId: 'text',
      process: 'text',
      ticket: 'text|null',
      command: 'text',
      step: 'text',
      code: 'text',
      message: 'text',
      state: 'text|null',
      attempts: 'integer',
      handling: ['tolerated', 'branch', 'parked'],
    },
  },
  TimerSet: {
    version: 1,
    summary: 'A timer was started.',
    fields: { flow: 'text', key: 'text', flowVersion, name: 'text', dueAt: 'time' },
  },
  TimerMoved: {
    version: 1,
    summary: 'A timer was given another time: by the flow, or by a person, who says why.',
    fields: {
      flowVersion,
      name: 'text',
      dueAt: 'time',
      previousDueAt: 'time',
      reason: 'text|null',
    },
  },
  TimerCancelled: {
    version: 1,
    summary: 'A timer was stopped: it will not elapse.',
    fields: { flowVersion, name: 'text', dueAt: 'time' },
  },
  TimerElapsed: {
    version: 1,
    summary: 'A timer fell due.',
    fields: { flowVersion, name: 'text', dueAt: 'time' },
  },
  FlowCompensated: {
    version: 1,
    summary: 'What was done from a step on is undone, last first.',
    fields: {
      flowVersion,
      fromStep: 'text',
      reason: 'text|null',
      commands: 'object[]',
      withdrawn: 'text[]',
      completes: 'boolean',
    },
  },
  FlowParked: {
    version: 1,
    summary: 'The instance cannot go on by itself; `wayOut` says what a person can do.',
    fields: {
      flowVersion,
      code: 'text',
      message: 'text',
      attempts: 'integer',
      commandId: 'text|null',
      cause: 'text|null',
      causePosition: 'text|null',
      wayOut: 'text',
    },
  },
  FlowRetried: {
    version: 1,
    summary: 'A person let the instance try again what it was parked for.',
    fields: {
      flowVersion,
      commandId: 'text|null',
      cause: 'text|null',
      causePosition: 'text|null',
      reason: 'text|null',
    },
  },
  FlowSkipped: {
    version: 1,
    summary: 'A person let the instance go on without what it was parked for.',
    fields: {
      flowVersion,
      commandId: 'text|null',
      cause: 'text|null',
      causePosition: 'text|null',
      reason: 'text',
    },
  },
  FlowCompleted: {
    version: 1,
    summary: 'The instance is over.',
    fields: { flowVersion, outcome: ['completed', 'compensated'] },
  },
});

/** What the engine records of a flow, before it is sealed. */
export type FlowEvent = EventOf<typeof flowEvents>;

/** The same as recorded: discriminated by `type`. */
export type RecordedFlowEvent = RecordedEventOf<typeof flowEvents>;

/** A command as `FlowDecided` records it. */
export interface FlowOrder {
  /** The id that it is sent under, however often. */
  readonly id: string;
  readonly process: string;
  readonly ticket: string | null;
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly step: string;
  readonly tolerates: readonly string[];
  readonly branchesOnRefusal: boolean;
  /** Id of the command that it undoes, sent only if that one was accepted; else null. */
  readonly undoes: string | null;
}

/** Whether an event is a flow's own. */
export function isFlowEvent(event: { readonly type: string }): event is RecordedFlowEvent {
  return Object.hasOwn(flowEvents, event.type);
}
