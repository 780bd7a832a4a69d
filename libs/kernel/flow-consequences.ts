import { LedgerdeskError } from './errors';
import type { RecordedEvent } from './event';

/** All that may follow from one kind of event. A flow can do nothing that stands in none. */
export interface FlowConsequence {
  /** Commands that may be sent, as `<process>.<Command>`: `incident.CloseIncident`. */
  readonly commands?: readonly string[];
  /** Timers that may be set, moved or cancelled; a name that ends in `*` stands for all such. */
  readonly timers?: readonly string[];
  /** Steps from which on it may undo. */
  readonly undoes?: readonly string[];
  /** The instance may end. */
  readonly ends?: boolean;
}

/**
 * By event type. More closely: `TimerElapsed <timer>`, `FlowCommandAccepted <step>`,
 * `FlowCommandRefused <step>`. What undoes a step: `undo <step>`.
 */
export type FlowConsequences = Readonly<Record<string, FlowConsequence>>;

/** What of a flow is looked at here. */
interface DeclaringFlow {
  readonly name: string;
  readonly follows: FlowConsequences;
}

/** What of a decision is looked at here. */
interface DeclaredDecision {
  readonly commands?: readonly { readonly process: string; readonly command: string }[];
  readonly timers?: readonly ({ readonly set: string } | { readonly cancel: string })[];
  readonly compensate?: string;
  readonly complete?: boolean;
}

const COMMAND = /^[a-z][a-z0-9-]*\.[A-Z][A-Za-z0-9]*$/;
const DETAILED = ['TimerElapsed', 'FlowCommandAccepted', 'FlowCommandRefused'];

/** What is wrong with the consequences that a flow declares. */
export function consequenceFaults({
  events,
  follows,
  compensations,
}: {
  readonly events: Readonly<Record<string, unknown>>;
  readonly follows: FlowConsequences;
  readonly compensations: Readonly<Record<string, unknown>>;
}): readonly string[] {
  return Object.entries(follows).flatMap(([key, { commands = [] }]) => {
    const [type = '', ...rest] = key.split(' ');
    const isKnown =
      type === 'undo'
        ? compensations[rest.join(' ')] !== undefined
        : events[type] !== undefined && (rest.length === 0 || DETAILED.includes(type));
    return [
      ...(isKnown ? [] : [`it declares what follows from ${key}, which it does not see`]),
      ...commands
        .filter((command) => !COMMAND.test(command))
        .map((command) => `${command} is no <process>.<Command>`),
    ];
  });
}

/** What a flow declares to follow from this event. */
export function consequenceOf(
  { follows }: Pick<DeclaringFlow, 'follows'>,
  { type, data }: Pick<RecordedEvent, 'type' | 'data'>,
): FlowConsequence {
  const detail = type === 'TimerElapsed' ? data['name'] : data['step'];
  const closer = DETAILED.includes(type) ? follows[`${type} ${String(detail)}`] : undefined;
  return closer ?? follows[type] ?? {};
}

/**
 * @throws LedgerdeskError `defect.flow-undeclared` for a decision that the flow does not declare
 * to follow from the event.
 */
export function assertDeclared(
  flow: DeclaringFlow,
  cause: Pick<RecordedEvent, 'type' | 'data'>,
  { commands = [], timers = [], compensate, complete = false }: DeclaredDecision,
): void {
  const declared = consequenceOf(flow, cause);
  const sent = commands.map(({ process, command }) => `${process}.${command}`);
  const timed = timers.map((action) => ('set' in action ? action.set : action.cancel));
  const faults = [
    ...sent.filter((name) => !(declared.commands ?? []).includes(name)),
    ...timed.filter((name) => !isTimerDeclared(declared, name)).map((name) => `timer ${name}`),
    ...(compensate === undefined || (declared.undoes ?? []).includes(compensate)
      ? []
      : [`undoing from ${compensate}`]),
    ...(complete && declared.ends !== true ? ['ends'] : []),
  ];
  if (faults.length > 0) throw undeclared(flow, cause.type, faults);
}

/** @throws LedgerdeskError `defect.flow-undeclared` */
export function assertUndoingDeclared(
  flow: DeclaringFlow,
  step: string,
  { process, command }: { readonly process: string; readonly command: string },
): void {
  const name = `${process}.${command}`;
  const declared = flow.follows[`undo ${step}`]?.commands ?? [];
  if (!declared.includes(name)) throw undeclared(flow, `undo ${step}`, [name]);
}

function isTimerDeclared({ timers = [] }: FlowConsequence, name: string): boolean {
  return timers.some((declared) =>
    declared.endsWith('*') ? name.startsWith(declared.slice(0, -1)) : declared === name,
  );
}

function undeclared(
  { name }: Pick<DeclaringFlow, 'name'>,
  cause: string,
  faults: readonly string[],
): LedgerdeskError {
  const what = [...new Set(faults)].join(', ');
  return new LedgerdeskError(
    'defect.flow-undeclared',
    `the flow ${name} does not declare that this follows from ${cause}: ${what}; ` +
      'add it to `follows`',
    { details: { flow: name, cause, undeclared: [...new Set(faults)] } },
  );
}
