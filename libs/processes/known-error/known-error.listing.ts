import type { ListingDefinition } from '@ledgerdesk/kernel';
import { knownErrorStates } from './known-error.lifecycle';
import type { KnownErrorState } from './known-error.state';
import { errorDomains } from './known-error.vocabulary';

/** How known errors stand in their list, and by what the service desk finds them there. */
export const knownErrorListing: ListingDefinition<KnownErrorState> = {
  version: 1,
  collection: {
    fields: {
      number: 'text',
      state: 'text',
      stateCategory: 'text',
      problem: 'text',
      domain: 'text',
      errorCode: 'text',
      vendor: 'text',
      model: 'text',
      version: 'text',
      openedAt: 'text',
      updatedAt: 'text',
      publishedAt: 'text',
      closedAt: 'text',
    },
    compoundIndexes: [
      ['state', 'publishedAt'],
      ['vendor', 'model'],
    ],
    wordFields: { domain: errorDomains },
    timeFields: ['publishedAt', 'closedAt'],
    textFields: ['number', 'title', 'excerpt', 'errorCode', 'configurationItems'],
  },
  references: [
    { fact: 'problem', type: 'known-error-of', inverse: 'has-known-error', targetKind: 'problem' },
    {
      fact: 'supersededBy',
      type: 'superseded-by',
      inverse: 'supersedes',
      targetKind: 'known-error',
    },
    {
      fact: 'configurationItems',
      type: 'affects',
      inverse: 'affected-by',
      targetKind: 'configuration-item',
    },
  ],
  summarise: (facts) => ({
    number: facts.number,
    title: facts.title,
    excerpt: facts.excerpt,
    workaroundExcerpt: facts.workaroundExcerpt,
    state: facts.state,
    stateCategory: facts.state === null ? null : knownErrorStates[facts.state].category,
    isEscalated: facts.isEscalated,
    problem: facts.problem,
    problemNumber: facts.problemNumber,
    errorCode: facts.errorCode,
    domain: facts.domain,
    vendor: facts.vendor,
    model: facts.model,
    version: facts.version,
    configurationItems: facts.configurationItems,
    openedAt: facts.openedAt,
    publishedAt: facts.publishedAt,
    closedAt: facts.closedAt,
    retirementReason: facts.retirementReason,
    supersededBy: facts.supersededBy,
  }),
};
