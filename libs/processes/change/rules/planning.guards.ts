import { refuse, type Refusal } from '@ledgerdesk/kernel';
import { isLive } from '../../shared/approval-round';
import { isThere, utc } from '../../shared/fields';
import { modelledCommands } from '../change.lifecycle';
import type { ChangeState } from '../change.state';
import type {
  DraftChange,
  PlanChangeWindow,
  RegisterUnauthorisedChange,
} from '../commands/planning.commands';
import { notInModel, stepOf } from '../policies/change-models';
import { changePolicies } from '../policies/change-policies';
import { changeGuard, type ChangeContext, type ChangeGuards } from './change-command';
import { templateOf } from './related-views';

const HOUR_MS = 3_600_000;

/** What a template decides, so that a standard change sets it only where the template lets it. */
const templateFields = [
  'description',
  'justification',
  'implementationPlan',
  'testPlan',
  'backOutPlan',
  'impact',
  'configurationItems',
  'affectedItems',
] as const;

/** Questions about drafts and plans. */
export const planningGuards: ChangeGuards = {
  hasPublishedTemplate: changeGuard<DraftChange>({
    unless: 'it is not standard, or comes from a published template',
    check: (_, { type, template }, context) => {
      if (type !== 'standard') {
        return (
          !isThere(template) ||
          refuse('template-of-standard', 'only a standard change comes from a template')
        );
      }
      return checkPublished(template ?? '', context);
    },
  }),
  isWithinTemplate: changeGuard<Partial<DraftChange>>({
    unless: 'a standard change sets nothing but the variables of its template',
    check: checkVariables,
  }),
  isTemplateStillPublished: changeGuard({
    unless: 'the template of a standard change is still published',
    check: ({ template }, _, context) => template === null || checkPublished(template, context),
  }),
  isUnexplained: changeGuard<RegisterUnauthorisedChange>({
    unless: 'no change of the item is in implementation or review',
    check: (_, { configurationItem, consideredChanges }, { tickets }) => {
      const explaining = (consideredChanges ?? [])
        .flatMap((reference) => tickets.get(reference)?.state ?? [])
        .find(
          ({ state, configurationItems, affectedItems }) =>
            (state === 'implement' || state === 'review') &&
            (configurationItems.includes(configurationItem) ||
              affectedItems.includes(configurationItem)),
        );
      return (
        explaining === undefined ||
        refuse('authorised', `${explaining.number ?? 'a change'} explains it`, {
          change: explaining.number,
        })
      );
    },
  }),
  isPastQuietPeriod: changeGuard<RegisterUnauthorisedChange>({
    unless: 'the last detection on the item is longer ago than the quiet period',
    check: (_, { previousDetection, detectedAt, configurationItem }, { tickets, policies }) => {
      if (!isThere(previousDetection)) return true;
      const before = tickets.get(previousDetection)?.state;
      const isSameItem = before?.configurationItems.includes(configurationItem) === true;
      if (!isSameItem || before.detectedAt === null) return true;
      const { quietPeriodHours } = changePolicies(policies).changeModels.value;
      const quietUntilMs = Date.parse(before.detectedAt) + quietPeriodHours * HOUR_MS;
      const quietUntil = new Date(quietUntilMs).toISOString();
      return (
        Date.parse(detectedAt) >= quietUntilMs ||
        refuse(
          'quiet-period',
          `${before.number ?? 'it'} was found already; quiet till ${quietUntil}`,
          {
            quietUntil,
          },
        )
      );
    },
  }),
  isSoundWindow: changeGuard<PlanChangeWindow>({
    unless: 'the window ends after it begins, and not in the past',
    check: (_, { plannedStart, plannedEnd }, { now }) => {
      if (Date.parse(plannedEnd) <= Date.parse(plannedStart)) {
        return refuse('window', 'the window must end after it begins');
      }
      return utc(plannedEnd) > now || refuse('window', 'the window lies in the past', { now });
    },
  }),
  hasNoApproval: changeGuard({
    unless: 'no approval is asked or given',
    stateOnly: true,
    check: ({ approvalRounds }) =>
      !approvalRounds.some(isLive) ||
      refuse('has-approvals', 'approvals exist, so its type stays; revert the change first'),
  }),
  isNotStandard: changeGuard({
    unless: 'it is no standard change: that one stays with its template',
    stateOnly: true,
    check: ({ type }) =>
      type !== 'standard' || refuse('standard', 'a standard change stays one; draft another'),
  }),
  isComplete: changeGuard<{ retrospective?: boolean | null }>({
    unless: 'all that its model asks for is there',
    check: checkComplete,
  }),
  isPrimary: changeGuard({
    unless: 'it is no child of a scaled change itself',
    stateOnly: true,
    check: ({ primary }) =>
      primary === null || refuse('child-change', 'a child of a scaled change has no children'),
  }),
  hasRequestedChildren: changeGuard({
    unless: 'children were asked for and are being drafted',
    stateOnly: true,
    check: ({ isGeneratingChildren }) =>
      isGeneratingChildren || refuse('no-children', 'no children were asked for'),
  }),
};

function checkPublished(reference: string, context: ChangeContext): true | Refusal {
  const template = templateOf(context, reference);
  if (template === undefined) {
    return refuse('related-missing', `there is no template ${reference}; name one that is there`, {
      reference,
    });
  }
  const { state, number } = template.state;
  return (
    state === 'published' ||
    refuse('template-not-published', `${number ?? reference} is ${state ?? 'not there'}`, {
      template: number,
      state,
    })
  );
}

function checkVariables(
  state: ChangeState,
  command: Partial<DraftChange>,
  context: ChangeContext,
): true | Refusal {
  const isDraft = state.state === null;
  if ((isDraft ? command.type : state.type) !== 'standard') return true;
  const variables = isDraft
    ? (templateOf(context, command.template ?? '')?.state.content?.variables ?? [])
    : state.templateVariables;
  const outside = templateFields.filter(
    (field) => isThere(command[field]) && !variables.includes(field),
  );
  return (
    outside.length === 0 ||
    refuse('outside-template', `the template does not leave open: ${outside.join(', ')}`, {
      outside,
      variables,
    })
  );
}

function checkComplete(
  state: ChangeState,
  { retrospective }: { retrospective?: boolean | null },
): true | Refusal {
  const missing = (state.model?.mandatory ?? []).filter((field) => {
    const value: unknown = Reflect.get(state, field);
    return !isThere(value) || (Array.isArray(value) && value.length === 0);
  });
  // The template of a standard change was judged once for all.
  const asked = state.type === 'standard' ? missing.filter((field) => field !== 'risk') : missing;
  if (asked.length > 0) {
    return refuse('incomplete', `still missing: ${asked.join(', ')}`, { missing: asked });
  }
  if (retrospective !== true) return true;
  const allowed = stepOf(state.model, 'StartChange', 'authorise') !== undefined;
  return (
    allowed || refuse('model', `the model ${state.modelName ?? ''} is authorised before it begins`)
  );
}

/** One question for each command that not every model has. */
export const modelGuards: ChangeGuards = Object.fromEntries(
  modelledCommands.map((command) => [
    `hasModelStep${command}`,
    changeGuard({
      unless: `the model of the change has ${command} in this state`,
      stateOnly: true,
      check: ({ model, state }) =>
        stepOf(model, command, state) !== undefined || notInModel(model, command, state),
    }),
  ]),
);
