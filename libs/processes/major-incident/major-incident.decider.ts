import { joinBlocks, type TicketKind } from '../shared/block';
import { customFieldsBlock } from '../shared/blocks/custom-fields.block';
import { ticketBlocks } from '../shared/ticket-blocks';
import { activeMajorIncidentStates, allMajorIncidentStates } from './major-incident.lifecycle';
import { initialMajorIncident, type MajorIncidentState } from './major-incident.state';
import { candidacyCommands } from './rules/candidacy.rules';
import type { MajorIncidentCommands } from './rules/major-incident-command';
import { responseCommands } from './rules/response.rules';
import { reviewCommands } from './rules/review.rules';

const kind: TicketKind<'MajorIncident'> = {
  title: 'MajorIncident',
  name: 'major-incident',
  activeStates: activeMajorIncidentStates,
  allStates: allMajorIncidentStates,
};

const ticketFacts = ['title', 'service', 'impactBeganAt', 'impactEndedAt'];

/** What every ticket has, and custom fields. */
export const majorIncidentBlocks = joinBlocks(
  ticketBlocks<'MajorIncident', MajorIncidentState>(kind, {
    facts: {
      title: { max: 200, required: true },
      service: { max: 200, required: true },
      businessImpact: { max: 32_000, required: true },
      resolutionNotes: { max: 32_000, required: true },
      reviewImpact: { max: 32_000, required: true },
      impactBeganAt: { time: 'past' },
      impactEndedAt: { time: 'past' },
    },
    apply: (field, to) => ({ [field]: to }),
    applyToFacts: (field, to) => (ticketFacts.includes(field) ? { [field]: to } : {}),
  }),
  customFieldsBlock(kind),
);

/** The state of a major incident before anything happened, and how commands change it. Pure. */
export const majorIncidentDecider = {
  initial: { ...initialMajorIncident, ...majorIncidentBlocks.initial } satisfies MajorIncidentState,
  commands: { ...candidacyCommands, ...responseCommands, ...reviewCommands },
} as const satisfies { initial: MajorIncidentState; commands: MajorIncidentCommands };
