import type { CommandDefinition, DecisionContext, Guard } from '@ledgerdesk/kernel';
import {
  defineCommand,
  defineGuard,
  type TypedCommandDefinition,
  type TypedGuard,
} from '../../shared/command-definition';
import { emitterOf } from '../../shared/folding';
import type { ChangeEventTable } from '../change.events';
import type { ChangeState } from '../change.state';

/** A definition of a command on changes. */
export function changeCommand<Command extends object>(
  definition: TypedCommandDefinition<ChangeState, Command>,
): CommandDefinition<ChangeState> {
  return defineCommand<ChangeState, Command>(definition);
}

/** A guard of changes. */
export function changeGuard<Command extends object = object>(
  guard: TypedGuard<ChangeState, Command>,
): Guard<ChangeState> {
  return defineGuard<ChangeState, Command>(guard);
}

/** Makes an event of a change, its data checked by the compiler. */
export const emit = emitterOf<ChangeEventTable>();

export type ChangeContext = DecisionContext<ChangeState>;

export type ChangeCommands = Readonly<Record<string, CommandDefinition<ChangeState>>>;

export type ChangeGuards = Readonly<Record<string, Guard<ChangeState>>>;
