import { defineEvents } from '@ledgerdesk/kernel';

/** The facts of a template beside those of the blocks. */
export const changeTemplateEvents = defineEvents({
  ChangeTemplateProposed: {
    version: 1,
    summary: 'A template for standard changes was proposed.',
    fields: {
      number: 'text',
      title: 'text',
      description: 'text',
      justification: 'text|null',
      implementationPlan: 'text|null',
      testPlan: 'text|null',
      backOutPlan: 'text|null',
      impact: 'integer|null',
      variables: 'text[]',
      audience: 'text[]',
      successRateMin: 'integer',
    },
  },
  ChangeTemplateVariablesSet: {
    version: 1,
    summary: 'Other fields are left open to its changes.',
    fields: { from: 'text[]', to: 'text[]' },
  },
  ChangeTemplateImpactSet: {
    version: 1,
    summary: 'The impact of its changes was set.',
    fields: { from: 'integer|null', to: 'integer' },
  },
  ChangeTemplateApproved: {
    version: 1,
    summary: 'It was found fit for changes without approval of their own.',
    fields: { comment: 'text|null' },
  },
  ChangeTemplateRejected: {
    version: 1,
    summary: 'It was found unfit, and is to be worked on.',
    fields: { reason: 'text', state: ['proposed', 'under-review'] },
  },
  ChangeTemplatePublished: {
    version: 1,
    summary: 'It may be used from now on, in this version and with this content.',
    fields: { templateVersion: 'integer', content: 'object' },
  },
  ChangeTemplateReviewBegun: {
    version: 1,
    summary: 'It may not be used while it is reviewed.',
    fields: { reason: 'text' },
  },
  ChangeTemplateDemoted: {
    version: 1,
    summary: 'It may not be used any more: too many of its changes failed.',
    fields: { successful: 'integer', total: 'integer', successRateMin: 'integer' },
  },
  ChangeTemplateConfirmed: {
    version: 1,
    summary: 'The review found nothing to change; the version in use stays.',
    fields: { finding: 'text', templateVersion: 'integer' },
  },
  ChangeTemplateRetired: {
    version: 1,
    summary: 'It is not used any more.',
    fields: { reason: 'text' },
  },
});
