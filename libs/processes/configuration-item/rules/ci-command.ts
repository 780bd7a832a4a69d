import {
  ticketKey,
  type CommandDefinition,
  type DecisionContext,
  type TicketAddress,
} from '@ledgerdesk/kernel';
import { defineCommand, type TypedCommandDefinition } from '../../shared/command-definition';
import { isThere } from '../../shared/fields';
import { emitterOf } from '../../shared/folding';
import type { CIEventTable } from '../configuration-item.events';
import type { CIState } from '../configuration-item.state';

/** A definition of a command on items. */
export function ciCommand<Command extends object>(
  definition: TypedCommandDefinition<CIState, Command>,
): CommandDefinition<CIState> {
  return defineCommand<CIState, Command>(definition);
}

/** Makes an event of an item, its data checked by the compiler. */
export const emit = emitterOf<CIEventTable>();

export type CIContext = DecisionContext<CIState>;

export type CICommands = Readonly<Record<string, CommandDefinition<CIState>>>;

/** The authority of a command, as events carry it. */
export function authorityOf(
  { change, discoveryRun }: { change?: string | null; discoveryRun?: string | null },
  { related }: Pick<CIContext, 'related'>,
): { change: string | null; discoveryRun: string | null } {
  return {
    change: isThere(change) ? (related.get(ticketKey(changeAddress(change)))?.id ?? change) : null,
    discoveryRun: discoveryRun ?? null,
  };
}

/** What a command under a change has to look at. */
export function changeOf({ change }: { change?: string | null }): readonly TicketAddress[] {
  return isThere(change) ? [changeAddress(change)] : [];
}

/** Where the change of that id or number is found. */
export function changeAddress(change: string): TicketAddress {
  return { process: 'change', ticket: change };
}
