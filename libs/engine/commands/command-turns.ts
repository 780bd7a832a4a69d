import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { CommandOutcome } from '../command-request';
import type { CommandLimits } from './command-limits';
import { ownStreams, type CommandPlan } from './command-plan';
import type { CommandSettler } from './command-settler';
import type { StreamQueue } from './stream-queue';

/**
 * Gives each command its turn on the tickets that it decides on: its own, and for a joint command
 * also those that it looks at or has companions on. Which those are shows only when it is decided,
 * so it begins with its own and, where more come up, lets go and takes all of them. Decision 0007.
 */
export class CommandTurns {
  constructor(
    private readonly queue: StreamQueue,
    private readonly settler: Pick<CommandSettler, 'settle'>,
    private readonly limits: Pick<CommandLimits, 'jointTurnsMax'>,
  ) {}

  /** @throws LedgerdeskError as {@link CommandSettler.settle}, and `limit.stream-queue` */
  async settle(plan: CommandPlan): Promise<CommandOutcome> {
    const held = new Set(ownStreams(plan));
    for (let turn = 1; turn <= this.limits.jointTurnsMax; turn += 1) {
      const settlement = await this.queue.runOnAll(held, () => this.settler.settle(plan, held));
      if (settlement.kind === 'recorded') return settlement.outcome;
      for (const stream of settlement.streams) held.add(stream);
    }
    throw unsteady(plan, this.limits.jointTurnsMax);
  }
}

function unsteady({ command, stream }: CommandPlan, turns: number): LedgerdeskError {
  return new LedgerdeskError(
    'conflict.revision',
    `the tickets that ${command.name} on ${stream} looks at changed ${turns} times in a row; ` +
      'nothing was written on it, try again',
    { details: { stream, turns } },
  );
}
