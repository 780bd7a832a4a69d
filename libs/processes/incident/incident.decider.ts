import type { RecordedEvent } from '@ledgerdesk/kernel';
import { evolveWith } from '../shared/folding';
import { joinBlocks, type TicketKind } from '../shared/block';
import { customFieldsBlock } from '../shared/blocks/custom-fields.block';
import { suspectedCausesBlock } from '../shared/blocks/suspected-causes.block';
import { ticketBlocks } from '../shared/ticket-blocks';
import { incidentFactFolds, incidentRecordFolds, excerptOf } from './incident.evolve';
import { activeIncidentStates, allIncidentStates } from './incident.lifecycle';
import { majorCommands } from './incident.major';
import { initialIncident, type IncidentState } from './incident.state';
import { incidentChannels, resolutionCodes } from './incident.vocabulary';
import type { IncidentCommands } from './rules/incident-command';
import { outcomeCommands } from './rules/outcome.rules';
import { registrationCommands } from './rules/registration.rules';
import { relationCommands } from './rules/relation.rules';
import { triageCommands } from './rules/triage.rules';
import { workCommands } from './rules/work.rules';

const kind: TicketKind<'Incident'> = {
  title: 'Incident',
  name: 'incident',
  activeStates: activeIncidentStates,
  allStates: allIncidentStates,
};

/** What every ticket has, suspected causes and custom fields. */
export const incidentBlocks = joinBlocks(
  ticketBlocks(kind, {
    facts: {
      title: { max: 200, required: true },
      description: { max: 32_000, required: true },
      caller: { max: 200 },
      source: { max: 200 },
      sourceKey: { max: 200 },
      channel: { words: incidentChannels, required: true },
      service: { max: 200, required: true },
      configurationItem: { max: 200 },
      location: { max: 200 },
      category: { max: 200, required: true },
      subcategory: { max: 200 },
      symptom: { max: 200 },
      resolutionCode: { words: resolutionCodes, required: true },
      resolutionNotes: { max: 32_000, required: true },
      impactBeganAt: { time: 'past', notAfter: 'impactEndedAt' },
      impactEndedAt: { time: 'past', notBefore: 'impactBeganAt' },
    },
    apply: (field, to) => ({
      [field]: to,
      ...(field === 'description' && { excerpt: excerptOf(to) }),
    }),
    applyToFacts: (field, to) => {
      if (field === 'description') return { excerpt: excerptOf(to) };
      return field === 'resolutionNotes' ? {} : { [field]: to };
    },
  }),
  suspectedCausesBlock(kind),
  customFieldsBlock(kind),
);

const initial: IncidentState = { ...initialIncident, ...incidentBlocks.initial };

/** The state of an incident, how commands change it, and how events do. Pure. */
export const incidentDecider = {
  initial,
  commands: {
    ...registrationCommands,
    ...triageCommands,
    ...workCommands,
    ...outcomeCommands,
    ...relationCommands,
    ...majorCommands,
    ...incidentBlocks.commands,
  } satisfies IncidentCommands,
  evolve: evolveWith(initial, incidentBlocks.folds, incidentFactFolds, incidentRecordFolds),
  evolveFacts: evolveWith(initial, incidentBlocks.factFolds, incidentFactFolds),
} as const satisfies {
  initial: IncidentState;
  commands: IncidentCommands;
  evolve: (state: IncidentState, event: RecordedEvent) => IncidentState;
  evolveFacts: (facts: IncidentState, event: RecordedEvent) => IncidentState;
};
