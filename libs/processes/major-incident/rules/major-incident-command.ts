import {
  ticketKey,
  type CommandDefinition,
  type CompanionCommand,
  type DecisionContext,
  type DecisionNeeds,
  type ProcessState,
} from '@ledgerdesk/kernel';
import {
  defineCommand,
  makeCommand,
  type TypedCommandDefinition,
} from '../../shared/command-definition';
import {
  RecordIncidentMajorStatus,
  type MajorStatus,
} from '../../shared/commands/incident-major-status.commands';
import { emitterOf } from '../../shared/folding';
import type { MajorIncidentEventTable } from '../major-incident.events';
import type { MajorIncidentState } from '../major-incident.state';

/** What a major incident reads of the incident that it is about. */
export interface CandidateIncident extends ProcessState {
  readonly id: string | null;
  readonly number: string | null;
  readonly title: string | null;
  readonly service: string | null;
  readonly priority: number | null;
  readonly impactBeganAt: string | null;
  readonly parent: string | null;
  readonly children: readonly string[];
  readonly majorIncident: string | null;
}

const INCIDENT = 'incident';

/** A definition of a command on major incidents. */
export function majorIncidentCommand<Command extends object>(
  definition: TypedCommandDefinition<MajorIncidentState, Command>,
): CommandDefinition<MajorIncidentState> {
  return defineCommand<MajorIncidentState, Command>(definition);
}

/** Makes an event of a major incident, its data checked by the compiler. */
export const emit = emitterOf<MajorIncidentEventTable>();

export type MajorIncidentContext = DecisionContext<MajorIncidentState>;

export type MajorIncidentCommands = Readonly<Record<string, CommandDefinition<MajorIncidentState>>>;

/** Asks for the incident under the name that a command or the state has for it. */
export function needsIncident(incident: string | null): DecisionNeeds {
  return incident === null ? {} : { related: [{ process: INCIDENT, ticket: incident }] };
}

/** The incident that was asked for; undefined where there is none of that name. */
export function incidentOf(
  { related }: Pick<MajorIncidentContext, 'related'>,
  incident: string | null,
): CandidateIncident | undefined {
  if (incident === null) return undefined;
  const found = related.get(ticketKey({ process: INCIDENT, ticket: incident }));
  return found?.state as CandidateIncident | undefined;
}

/**
 * Has the incident hear how far the major incident has come, before that goes on. One that is
 * handled as another major incident by now does not.
 */
export function tellsIncident(
  status: MajorStatus,
  { id, incident }: Pick<MajorIncidentState, 'id' | 'incident'>,
  context: MajorIncidentContext,
  commander: string | null,
): readonly CompanionCommand[] {
  if (incidentOf(context, incident)?.majorIncident !== id || id === null) return [];
  return [noted(incident ?? '', { majorIncident: id, status, commander })];
}

/** What an event says of the incident that the major incident is about. */
export function ofIncident({
  incident,
  pattern,
}: Pick<MajorIncidentState, 'incident' | 'pattern'>): {
  readonly incident: string;
  readonly pattern: string | null;
} {
  return { incident: incident ?? '', pattern };
}

/** The companion that notes a status on the incident. */
export function noted(
  incident: string,
  about: {
    readonly majorIncident: string;
    readonly status: MajorStatus;
    readonly commander: string | null;
  },
): CompanionCommand {
  const { majorIncident, status, commander } = about;
  const command = makeCommand(RecordIncidentMajorStatus, {
    majorIncident,
    status,
    ...(commander !== null && { commander }),
  });
  return { process: INCIDENT, ticket: incident, command };
}
