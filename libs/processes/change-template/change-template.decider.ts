import { refuse, type CommandDefinition, type Guard } from '@ledgerdesk/kernel';
import {
  defineCommand,
  defineGuard,
  type TypedCommandDefinition,
} from '../shared/command-definition';
import { emitterOf } from '../shared/folding';
import {
  ApproveChangeTemplate,
  ConfirmChangeTemplate,
  DemoteChangeTemplate,
  ProposeChangeTemplate,
  PublishChangeTemplate,
  RejectChangeTemplate,
  RetireChangeTemplate,
  ReviewChangeTemplate,
  SetChangeTemplateImpact,
  SetChangeTemplateVariables,
  templateVariables,
} from './change-template.commands';
import type { changeTemplateEvents } from './change-template.events';
import type { ChangeTemplateContent, ChangeTemplateState } from './change-template.state';

const emit = emitterOf<typeof changeTemplateEvents>();

const SUCCESS_RATE_MIN_DEFAULT = 90;

type Commands = Readonly<Record<string, CommandDefinition<ChangeTemplateState>>>;

function command<Command extends object>(
  definition: TypedCommandDefinition<ChangeTemplateState, Command>,
): CommandDefinition<ChangeTemplateState> {
  return defineCommand(definition);
}

const drafting: Commands = {
  ProposeChangeTemplate: command<ProposeChangeTemplate>({
    type: ProposeChangeTemplate,
    summary: 'Propose a template for changes that need no approval of their own.',
    route: null,
    permission: 'change-template:propose',
    emits: ['ChangeTemplateProposed'],
    example: {
      title: 'Restart a mail relay',
      description: 'Restart after the queue was drained.',
      justification: 'Restarts free memory.',
      implementationPlan: 'Drain, restart, watch for ten minutes.',
      testPlan: 'Send a message through it.',
      backOutPlan: 'Point the alias to the other relay.',
      impact: 3,
      variables: ['configurationItems'],
    },
    decide: (asked, _, { number }) => [
      emit('ChangeTemplateProposed', {
        number,
        title: asked.title,
        description: asked.description,
        justification: asked.justification ?? null,
        implementationPlan: asked.implementationPlan ?? null,
        testPlan: asked.testPlan ?? null,
        backOutPlan: asked.backOutPlan ?? null,
        impact: asked.impact ?? null,
        variables: asked.variables ?? [],
        audience: asked.audience ?? [],
        successRateMin: asked.successRateMin ?? SUCCESS_RATE_MIN_DEFAULT,
      }),
    ],
  }),
  SetChangeTemplateVariables: command<SetChangeTemplateVariables>({
    type: SetChangeTemplateVariables,
    summary: 'Say which fields its changes may set for themselves.',
    route: 'set-variables',
    permission: 'change-template:edit',
    emits: ['ChangeTemplateVariablesSet'],
    example: { variables: ['configurationItems', 'affectedItems'] },
    decide: ({ variables: to }, { variables: from }) => [
      emit('ChangeTemplateVariablesSet', { from, to }),
    ],
  }),
  SetChangeTemplateImpact: command<SetChangeTemplateImpact>({
    type: SetChangeTemplateImpact,
    summary: 'Say how much its changes would hurt if they went wrong.',
    route: 'set-impact',
    permission: 'change-template:edit',
    emits: ['ChangeTemplateImpactSet'],
    example: { impact: 3 },
    decide: ({ impact: to }, { impact: from }) =>
      from === to
        ? refuse('no-change', `the impact is ${to} already`)
        : [emit('ChangeTemplateImpactSet', { from, to })],
  }),
  ApproveChangeTemplate: command<ApproveChangeTemplate>({
    type: ApproveChangeTemplate,
    summary: 'Find it fit for changes without approval of their own.',
    route: 'approve',
    permission: 'change-template:approve',
    emits: ['ChangeTemplateApproved'],
    example: { comment: 'Twelve changes without an incident.' },
    decide: ({ comment }) => [emit('ChangeTemplateApproved', { comment: comment ?? null })],
  }),
  RejectChangeTemplate: command<RejectChangeTemplate>({
    type: RejectChangeTemplate,
    summary: 'Find it unfit; it is to be worked on.',
    route: 'reject',
    permission: 'change-template:approve',
    emits: ['ChangeTemplateRejected'],
    example: { reason: 'The back-out plan was never tried.' },
    decide: ({ reason }, { publishedVersion }) => [
      emit('ChangeTemplateRejected', {
        reason,
        state: publishedVersion === 0 ? 'proposed' : 'under-review',
      }),
    ],
  }),
};

const inUse: Commands = {
  PublishChangeTemplate: command<PublishChangeTemplate>({
    type: PublishChangeTemplate,
    summary: 'Let it be used, in a new version.',
    route: 'publish',
    permission: 'change-template:publish',
    emits: ['ChangeTemplatePublished'],
    example: {},
    decide: (_, state) => [
      emit('ChangeTemplatePublished', {
        templateVersion: state.publishedVersion + 1,
        content: contentOf(state),
      }),
    ],
  }),
  ReviewChangeTemplate: command<ReviewChangeTemplate>({
    type: ReviewChangeTemplate,
    summary: 'Review it; it may not be used meanwhile.',
    route: 'review',
    permission: 'change-template:review',
    emits: ['ChangeTemplateReviewBegun'],
    example: { reason: 'Yearly review.' },
    decide: ({ reason }) => [emit('ChangeTemplateReviewBegun', { reason })],
  }),
  DemoteChangeTemplate: command<DemoteChangeTemplate>({
    type: DemoteChangeTemplate,
    summary: 'Take it out of use as too many of its changes failed.',
    route: 'demote',
    permission: 'change-template:review',
    emits: ['ChangeTemplateDemoted'],
    example: { successful: 7, total: 10 },
    decide: ({ successful, total }, { successRateMin }) => [
      emit('ChangeTemplateDemoted', { successful, total, successRateMin }),
    ],
  }),
  ConfirmChangeTemplate: command<ConfirmChangeTemplate>({
    type: ConfirmChangeTemplate,
    summary: 'End a review that found nothing to change.',
    route: 'confirm',
    permission: 'change-template:review',
    emits: ['ChangeTemplateConfirmed'],
    example: { finding: 'All failures had another cause.' },
    decide: ({ finding }, { publishedVersion: templateVersion }) => [
      emit('ChangeTemplateConfirmed', { finding, templateVersion }),
    ],
  }),
  RetireChangeTemplate: command<RetireChangeTemplate>({
    type: RetireChangeTemplate,
    summary: 'Take it out of use for good.',
    route: 'retire',
    permission: 'change-template:publish',
    emits: ['ChangeTemplateRetired'],
    example: { reason: 'The relays are gone.' },
    decide: ({ reason }) => [emit('ChangeTemplateRetired', { reason })],
  }),
};

/** What the commands on a template lead to. */
export const changeTemplateCommands: Commands = { ...drafting, ...inUse };

/** The questions that the lifecycle of a template asks. */
export const changeTemplateGuards: Readonly<Record<string, Guard<ChangeTemplateState>>> = {
  areVariablesKnown: defineGuard<ChangeTemplateState, { variables?: readonly string[] | null }>({
    unless: `its variables are among ${templateVariables.join(', ')}`,
    check: (_, { variables }) => {
      const known: readonly string[] = templateVariables;
      const unknown = (variables ?? []).filter((variable) => !known.includes(variable));
      return (
        unknown.length === 0 ||
        refuse(
          'unknown-variable',
          `a change has no variable ${unknown.join(', ')}; it has ${known.join(', ')}`,
          { known },
        )
      );
    },
  }),
  isComplete: defineGuard<ChangeTemplateState>({
    unless: 'every plan and the impact are there, or left open',
    stateOnly: true,
    check: (state) => {
      const asked = templateVariables.filter(
        (field) => field !== 'configurationItems' && field !== 'affectedItems',
      );
      const missing = asked.filter(
        (field) => state[field] === null && !state.variables.includes(field),
      );
      return (
        missing.length === 0 ||
        refuse('incomplete', `still missing: ${missing.join(', ')}`, { missing })
      );
    },
  }),
  isApproverApart: defineGuard<ChangeTemplateState>({
    unless: 'the actor has not worked on it',
    stateOnly: true,
    check: ({ authors }, _, { actor, onBehalfOf }) => {
      const both = [actor, ...(onBehalfOf === null ? [] : [onBehalfOf])].find((person) =>
        authors.includes(person),
      );
      return (
        both === undefined ||
        refuse('separation-of-duties', `${both} worked on it, so somebody else has to approve`, {
          authors,
        })
      );
    },
  }),
  isBelowLimit: defineGuard<ChangeTemplateState, DemoteChangeTemplate>({
    unless: 'the share of successful changes is below its limit',
    check: ({ successRateMin }, { successful, total }) =>
      (successful <= total && successful * 100 < successRateMin * total) ||
      refuse('above-limit', `${successful} of ${total} is not below ${successRateMin} percent`, {
        successRateMin,
      }),
  }),
  isUnedited: defineGuard<ChangeTemplateState>({
    unless: 'it was not edited since it was published: else it has to be approved again',
    stateOnly: true,
    check: ({ isEdited }) =>
      !isEdited || refuse('edited', 'it was edited; approve and publish it as a new version'),
  }),
};

function contentOf(state: ChangeTemplateState): ChangeTemplateContent {
  const { description, justification, implementationPlan, testPlan, backOutPlan } = state;
  const { impact, variables, audience } = state;
  return {
    title: state.title ?? '',
    ...{ description, justification, implementationPlan, testPlan, backOutPlan },
    ...{ impact, variables, audience },
  };
}
