import type { CommandDefinition, DecisionContext } from '@ledgerdesk/kernel';
import { defineCommand, type TypedCommandDefinition } from '../../shared/command-definition';
import { emitterOf } from '../../shared/folding';
import type { IncidentEventTable } from '../incident.events';
import type { IncidentState } from '../incident.state';

/** A definition of a command on incidents. */
export function incidentCommand<Command extends object>(
  definition: TypedCommandDefinition<IncidentState, Command>,
): CommandDefinition<IncidentState> {
  return defineCommand<IncidentState, Command>(definition);
}

/** Makes an event of an incident, its data checked by the compiler. */
export const emit = emitterOf<IncidentEventTable>();

export type IncidentContext = DecisionContext<IncidentState>;

export type IncidentCommands = Readonly<Record<string, CommandDefinition<IncidentState>>>;
