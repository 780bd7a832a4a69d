import type { FlowDefinition } from './flow';
import { assertUndoingDeclared } from './flow-consequences';
import type { FlowEvent, FlowOrder } from './flow-events';
import { openCommands, type FlowInstance, type IssuedCommand } from './flow-instance';

type FlowCompensated = Extract<FlowEvent, { type: 'FlowCompensated' }>;

/** From where to undo, why, and whether the instance ends with it. */
export interface CompensationRequest {
  readonly fromStep: string;
  readonly reason: string | null;
  readonly completes: boolean;
  /** The id of the n-th undoing command. */
  readonly idOf: (index: number) => string;
}

/**
 * `FlowCompensated`: what was done from the first command of the step on is undone, last first.
 * What was not sent yet is withdrawn; a command that may be under way is let through, and undone
 * behind it if it was accepted.
 *
 * @throws LedgerdeskError `defect.flow-undeclared`
 */
export function compensationOf<State>(
  flow: FlowDefinition<State>,
  instance: FlowInstance<State>,
  { fromStep, reason, completes, idOf }: CompensationRequest,
): FlowCompensated {
  const first = instance.commands.findIndex(({ step }) => step === fromStep);
  const concerned = first === -1 ? [] : instance.commands.slice(first);
  const next = openCommands(instance)[0];
  const underWay = next?.status === 'pending' ? next : undefined;
  const isWithdrawn = (command: IssuedCommand): boolean =>
    command.status !== 'accepted' && command !== underWay && command.undoes === null;
  const commands = concerned
    .filter((command) => !isWithdrawn(command) && command.undoes === null)
    .reverse()
    .flatMap((command) => undoingOf(flow, instance.state, command))
    .map((order, index) => ({ ...order, id: idOf(index) }));
  return {
    type: 'FlowCompensated',
    data: {
      flowVersion: flow.version,
      fromStep,
      reason,
      commands,
      withdrawn: concerned.filter(isWithdrawn).map(({ id }) => id),
      completes,
    },
  };
}

function undoingOf<State>(
  flow: FlowDefinition<State>,
  state: State,
  { id, step, process, ticket, acceptedBy, command, body }: IssuedCommand,
): readonly Omit<FlowOrder, 'id'>[] {
  const target = acceptedBy ?? ticket;
  // A ticket that is still to be created has no id yet.
  if (target === null) return [];
  const undoing = flow.compensations[step]?.(
    { step, process, ticket: target, command, body },
    state,
  );
  if (undoing === undefined) return [];
  assertUndoingDeclared(flow, step, undoing);
  return [
    {
      process: undoing.process,
      ticket: undoing.ticket ?? null,
      command: undoing.command,
      body: undoing.body,
      step: undoing.step ?? `undo ${step}`,
      tolerates: undoing.tolerates ?? [],
      branchesOnRefusal: false,
      undoes: id,
    },
  ];
}
