import {
  defineFlow,
  policyReference,
  ticketIdOfStream,
  type FlowDecision,
  type FlowDefinition,
  type Policy,
  type RecordedEvent,
} from '@ledgerdesk/kernel';

/** How many changes of a template are looked at. */
export interface TemplateWatch {
  /** Fewer say nothing. */
  readonly changesMin: number;
  /** The last ones; at most {@link WATCHED_CHANGES_MAX}. */
  readonly changesMax: number;
}

/** The watch that ships with the system. */
export const templateWatch: Policy<TemplateWatch> = {
  name: 'template-watch',
  version: 1,
  value: { changesMin: 3, changesMax: 20 },
};

/** As many outcomes as an instance keeps. */
export const WATCHED_CHANGES_MAX = 100;

interface TemplateState {
  /** Whether each of the last changes was successful, the oldest first. */
  readonly outcomes: readonly boolean[];
}

const DEMOTE = 'demote template';

/**
 * S-21, templates: when a standard change fails, its template is demoted if too few of its last
 * changes succeeded; by what limit, the template itself knows. It ends, as no change comes of it.
 */
export const failedChangesToTemplate: FlowDefinition<TemplateState> = defineFlow<TemplateState>({
  name: 'failed-changes-to-template',
  version: 1,
  title: 'Failures demote a template',
  summary: 'Takes a template out of use when too many of its last changes failed.',
  events: {
    ChangeClosed: 'starts',
    ChangeTemplatePublished: 'continues',
    ChangeTemplateConfirmed: 'continues',
    ChangeTemplateRetired: 'continues',
    FlowCommandAccepted: 'continues',
  },
  follows: {
    ChangeClosed: { commands: ['change-template.DemoteChangeTemplate'] },
    ChangeTemplateRetired: { ends: true },
    [`undo ${DEMOTE}`]: { commands: ['change-template.ConfirmChangeTemplate'] },
  },
  correlate: ({ type, stream, data }) => {
    if (type !== 'ChangeClosed') return ticketIdOfStream(stream);
    return typeof data['template'] === 'string' ? data['template'] : undefined;
  },
  initial: { outcomes: [] },
  evolve: (state, event) => evolve(state, event),
  decide: (state, event, { key, policies }) => {
    switch (event.type) {
      case 'ChangeClosed':
        return isSuccess(event)
          ? {}
          : onFailure(state, key, policies['templateWatch'] as Policy<TemplateWatch>);
      case 'ChangeTemplateRetired':
        return { complete: true };
      default:
        return {};
    }
  },
  compensations: {
    [DEMOTE]: ({ ticket }) => ({
      process: 'change-template',
      ticket,
      command: 'ConfirmChangeTemplate',
      body: { finding: 'Its demotion was taken back.' },
      tolerates: ['refused.state'],
    }),
  },
  policies: { templateWatch },
});

function evolve(state: TemplateState, event: RecordedEvent): TemplateState {
  switch (event.type) {
    case 'ChangeClosed':
      return { outcomes: [...state.outcomes, isSuccess(event)].slice(-WATCHED_CHANGES_MAX) };
    // Demoted, or reviewed: what comes behind it counts afresh.
    case 'FlowCommandAccepted':
    case 'ChangeTemplatePublished':
    case 'ChangeTemplateConfirmed':
      return state.outcomes.length === 0 ? state : { outcomes: [] };
    default:
      return state;
  }
}

function isSuccess({ data }: RecordedEvent): boolean {
  return data['outcome'] === 'successful' || data['outcome'] === 'successful-with-issues';
}

function onFailure(
  { outcomes }: TemplateState,
  template: string,
  watch: Policy<TemplateWatch>,
): FlowDecision {
  const { changesMin, changesMax } = watch.value;
  const last = outcomes.slice(-changesMax);
  const policies = [policyReference(watch)];
  if (last.length < changesMin) {
    return { notes: [`${last.length} changes say nothing yet about the template.`], policies };
  }
  return {
    commands: [
      {
        process: 'change-template',
        ticket: template,
        command: 'DemoteChangeTemplate',
        body: { successful: last.filter(Boolean).length, total: last.length },
        step: DEMOTE,
        // Its limit is not reached, or it is out of use already.
        tolerates: ['refused.above-limit', 'refused.state'],
      },
    ],
    policies,
  };
}
