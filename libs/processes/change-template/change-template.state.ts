import { ticketIdOfStream, type ProcessState } from '@ledgerdesk/kernel';
import { excerptOf } from '../shared/excerpt';
import type { Folds, FoldTable } from '../shared/folding';
import type { TicketParts } from '../shared/ticket-blocks';
import type { changeTemplateEvents } from './change-template.events';
import type { ChangeTemplateLifecycleState } from './change-template.lifecycle';

/** What a change takes over from a published template. */
export interface ChangeTemplateContent extends Readonly<Record<string, unknown>> {
  readonly title: string;
  readonly description: string | null;
  readonly justification: string | null;
  readonly implementationPlan: string | null;
  readonly testPlan: string | null;
  readonly backOutPlan: string | null;
  readonly impact: number | null;
  /** Fields that a change may set for itself. */
  readonly variables: readonly string[];
  readonly audience: readonly string[];
}

/** What lists and rules know of a template. */
export interface ChangeTemplateFacts extends ProcessState {
  readonly state: ChangeTemplateLifecycleState | null;
  readonly id: string | null;
  readonly number: string | null;
  readonly title: string | null;
  readonly excerpt: string | null;
  readonly proposedBy: string | null;
  readonly impact: number | null;
  readonly variables: readonly string[];
  readonly audience: readonly string[];
  /** In percent. */
  readonly successRateMin: number;
  /** 0 before it was ever published. */
  readonly publishedVersion: number;
  readonly openedAt: string | null;
  readonly publishedAt: string | null;
  readonly closedAt: string | null;
}

/** What only the template itself shows. */
export interface ChangeTemplateRecord {
  readonly description: string | null;
  readonly justification: string | null;
  readonly implementationPlan: string | null;
  readonly testPlan: string | null;
  readonly backOutPlan: string | null;
  /** Of the published version, which stays while the next one is worked on. */
  readonly content: ChangeTemplateContent | null;
  /** Who has worked on it since it was last approved. */
  readonly authors: readonly string[];
  readonly isEdited: boolean;
}

/** A template as it is folded from its stream. */
export interface ChangeTemplateState
  extends ChangeTemplateFacts, ChangeTemplateRecord, TicketParts {}

export const initialChangeTemplate: ChangeTemplateFacts & ChangeTemplateRecord = {
  state: null,
  id: null,
  number: null,
  title: null,
  excerpt: null,
  proposedBy: null,
  impact: null,
  variables: [],
  audience: [],
  successRateMin: 0,
  publishedVersion: 0,
  openedAt: null,
  publishedAt: null,
  closedAt: null,
  description: null,
  justification: null,
  implementationPlan: null,
  testPlan: null,
  backOutPlan: null,
  content: null,
  authors: [],
  isEdited: false,
};

type Table = typeof changeTemplateEvents;

/** What each event changes of the facts. */
export const changeTemplateFolds: Folds<ChangeTemplateFacts, Table> = {
  ChangeTemplateProposed: (_, event) => {
    const { number, title, description, impact, variables, audience } = event.data;
    return {
      ...{ state: 'proposed', number, title, impact, variables, audience },
      successRateMin: event.data.successRateMin,
      excerpt: excerptOf(description),
      id: ticketIdOfStream(event.stream),
      proposedBy: event.actor,
      openedAt: event.occurredAt,
    };
  },
  ChangeTemplateVariablesSet: (_, { data }) => ({ variables: data.to }),
  ChangeTemplateImpactSet: (_, { data }) => ({ impact: data.to }),
  ChangeTemplateApproved: () => ({ state: 'approved' }),
  ChangeTemplateRejected: (_, { data }) => ({ state: data.state }),
  ChangeTemplatePublished: (_, event) => ({
    state: 'published',
    publishedVersion: event.data.templateVersion,
    publishedAt: event.occurredAt,
  }),
  ChangeTemplateReviewBegun: () => ({ state: 'under-review' }),
  ChangeTemplateDemoted: () => ({ state: 'under-review' }),
  ChangeTemplateConfirmed: () => ({ state: 'published' }),
  ChangeTemplateRetired: (_, { occurredAt }) => ({ state: 'retired', closedAt: occurredAt }),
};

const records: Partial<Folds<ChangeTemplateRecord, Table>> = {
  ChangeTemplateProposed: (_, { data, actor }) => ({
    description: data.description,
    justification: data.justification,
    implementationPlan: data.implementationPlan,
    testPlan: data.testPlan,
    backOutPlan: data.backOutPlan,
    authors: [actor],
  }),
  ChangeTemplatePublished: (_, { data }) => ({
    content: data.content as ChangeTemplateContent,
    authors: [],
    isEdited: false,
  }),
};

const edits = [
  'TitleChanged',
  'DescriptionChanged',
  'JustificationChanged',
  'ImplementationPlanChanged',
  'TestPlanChanged',
  'BackOutPlanChanged',
  'AudienceChanged',
  'VariablesSet',
  'ImpactSet',
];

function edited(
  { authors }: ChangeTemplateRecord,
  { actor }: { readonly actor: string },
): Partial<ChangeTemplateRecord> {
  return { isEdited: true, authors: authors.includes(actor) ? authors : [...authors, actor] };
}

/** What some events change beyond the facts. */
export const changeTemplateRecordFolds: FoldTable = {
  ...records,
  ...Object.fromEntries(edits.map((edit) => [`ChangeTemplate${edit}`, edited])),
};
