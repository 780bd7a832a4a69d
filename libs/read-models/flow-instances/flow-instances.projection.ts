import {
  FLOW_INSTANCES,
  FLOW_INSTANCES_BY_FLOW,
  FLOW_STREAM_PREFIX,
  type Contribution,
  type Projection,
  type ReadDocument,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

/** An instance that is not over: what it waits for, and since when. */
interface FlowInstanceDocument extends ReadDocument {
  readonly flow: string;
  readonly key: string;
  readonly version: number;
  readonly run: number;
  readonly status: 'open' | 'parked';
  /** Of its first event in this run, and of its last one. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Commands without an outcome, by id: what each is. */
  readonly commands: Readonly<Record<string, string>>;
  readonly hasOpenCommands: boolean;
  readonly completes: boolean;
  readonly timers: Readonly<Record<string, string>>;
  /** Why a person has to look at it; null while it goes on by itself. */
  readonly parkedAt: string | null;
  readonly parkedCode: string | null;
  readonly parkedMessage: string | null;
  readonly parkedAttempts: number | null;
  readonly wayOut: string | null;
}

/** The instances of all flows that are not over: what an operator lists, and a runner takes up. */
export const flowInstancesProjection: Projection = {
  name: FLOW_INSTANCES,
  version: 2,
  streamPrefixes: [FLOW_STREAM_PREFIX],
  documents: {
    name: FLOW_INSTANCES,
    fields: {
      flow: 'text',
      key: 'text',
      status: 'text',
      hasOpenCommands: 'boolean',
      updatedAt: 'text',
      parkedAt: 'text',
      parkedCode: 'text',
    },
    compoundIndexes: [['flow', 'status']],
  },
  aggregates: [
    {
      collection: { name: FLOW_INSTANCES_BY_FLOW, fields: { flow: 'text' } },
      contributions: (document: ReadDocument): readonly Contribution[] => {
        const { flow, status } = document as FlowInstanceDocument;
        const parked = status === 'parked' ? 1 : 0;
        return [{ id: flow, labels: { flow }, amounts: { open: 1, parked } }];
      },
    },
  ],
  keyOf: ({ stream }) => stream,
  fold: (document, event) => {
    if (event.type === 'FlowCompleted') return null;
    const known = (document as FlowInstanceDocument | undefined) ?? begun(event);
    const next = folded(known, event);
    // Parked at its very first event and skipped: nothing was begun.
    if (next.run === 0 && next.status === 'open') return null;
    return {
      ...next,
      hasOpenCommands: Object.keys(next.commands).length > 0,
      updatedAt: event.recordedAt,
    };
  },
};

const UNPARKED = {
  status: 'open',
  parkedAt: null,
  parkedCode: null,
  parkedMessage: null,
  parkedAttempts: null,
  wayOut: null,
} as const;

function begun({ recordedAt, stream, data, origin }: RecordedEvent): FlowInstanceDocument {
  return {
    ...UNPARKED,
    flow: origin.id,
    key: stream.slice(`${FLOW_STREAM_PREFIX}${origin.id}-`.length),
    version: Number(data['flowVersion']),
    run: 0,
    startedAt: recordedAt,
    updatedAt: recordedAt,
    commands: {},
    hasOpenCommands: false,
    completes: false,
    timers: {},
  };
}

function folded(
  known: FlowInstanceDocument,
  { type, data, recordedAt }: RecordedEvent,
): FlowInstanceDocument {
  switch (type) {
    case 'FlowStarted':
      return {
        ...known,
        flow: String(data['flow']),
        key: String(data['key']),
        run: Number(data['run']),
      };
    case 'FlowDecided':
      return {
        ...known,
        version: Number(data['flowVersion']),
        commands: { ...known.commands, ...issued(data['commands']) },
      };
    case 'FlowCompensated': {
      const withdrawn = data['withdrawn'] as readonly string[];
      const kept = Object.entries(known.commands).filter(([id]) => !withdrawn.includes(id));
      const commands = { ...Object.fromEntries(kept), ...issued(data['commands']) };
      return { ...known, ...UNPARKED, commands };
    }
    case 'FlowCommandAccepted':
      return { ...known, commands: without(known.commands, data['commandId']) };
    case 'FlowCommandRefused':
      return data['handling'] === 'parked'
        ? known
        : { ...known, commands: without(known.commands, data['commandId']) };
    case 'TimerSet':
    case 'TimerMoved': {
      const timer = { [String(data['name'])]: String(data['dueAt']) };
      return { ...known, timers: { ...known.timers, ...timer } };
    }
    case 'TimerCancelled':
    case 'TimerElapsed':
      return { ...known, timers: without(known.timers, data['name']) };
    case 'FlowParked':
      return {
        ...known,
        status: 'parked',
        parkedAt: recordedAt,
        parkedCode: String(data['code']),
        parkedMessage: String(data['message']),
        parkedAttempts: Number(data['attempts']),
        wayOut: String(data['wayOut']),
        commands: { ...parkedCommand(data['commandId']), ...known.commands },
      };
    case 'FlowRetried':
      return { ...known, ...UNPARKED };
    case 'FlowSkipped':
      return { ...known, ...UNPARKED, commands: without(known.commands, data['commandId']) };
    default:
      return known;
  }
}

function issued(orders: unknown): Readonly<Record<string, string>> {
  const commands = orders as readonly {
    readonly id: string;
    readonly command: string;
    readonly ticket: string | null;
  }[];
  return Object.fromEntries(
    commands.map(({ id, command, ticket }) => [id, `${command} ${ticket ?? ''}`.trim()]),
  );
}

/** A refusal that found no branch is open again. */
function parkedCommand(id: unknown): Readonly<Record<string, string>> {
  return typeof id === 'string' ? { [id]: 'refused' } : {};
}

function without(
  record: Readonly<Record<string, string>>,
  key: unknown,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
