import { policyReference, refuse, type NewEvent } from '@ledgerdesk/kernel';
import { isThere, utc } from '../../shared/fields';
import type { ChangeState } from '../change.state';
import type { ChangeType } from '../change.vocabulary';
import {
  CompleteChildGeneration,
  DraftChange,
  PlanChangeWindow,
  ReclassifyChange,
  RegisterUnauthorisedChange,
  RequestChildChanges,
  RescheduleChange,
  SetChangeImpact,
} from '../commands/planning.commands';
import { modelFor } from '../policies/change-models';
import { changePolicies } from '../policies/change-policies';
import { changeCommand, emit, type ChangeCommands, type ChangeContext } from './change-command';
import { templateOf, type TemplateContentView } from './related-views';
import { authorisationRevoked } from './revocation';

/** How changes come to be and get their plan. */
export const draftingCommands: ChangeCommands = {
  DraftChange: changeCommand<DraftChange>({
    type: DraftChange,
    summary: 'Draft a change; a standard one comes from a published template.',
    route: null,
    permission: 'change:draft',
    emits: ['ChangeDrafted'],
    example: {
      title: 'Replace the mail relay',
      requester: 'nadia.k',
      type: 'normal',
      service: 'mail',
      configurationItems: ['relay-1'],
    },
    needs: ({ template }) =>
      isThere(template) ? { related: [{ process: 'change-template', ticket: template }] } : {},
    decide: (command, _, context) => [drafted(command, context)],
  }),
  RegisterUnauthorisedChange: changeCommand<RegisterUnauthorisedChange>({
    type: RegisterUnauthorisedChange,
    summary: 'Record that an item was changed without any change that would explain it.',
    // `POST /changes` drafts one: what discovery finds comes in by a flow.
    route: null,
    internal: true,
    permission: 'change:register-unauthorised',
    emits: ['UnauthorisedChangeDetected'],
    example: {
      configurationItem: 'relay-1',
      finding: 'The version of the mail server differs from the baseline.',
      detectedAt: '2026-03-02T07:30:00Z',
      detectedBy: 'discovery',
    },
    needs: ({ consideredChanges, previousDetection }) => ({
      tickets: [
        ...(consideredChanges ?? []),
        ...(isThere(previousDetection) ? [previousDetection] : []),
      ],
    }),
    decide: (command, _, { number, policies }) => {
      const { changeModels } = changePolicies(policies);
      return [
        emit(
          'UnauthorisedChangeDetected',
          {
            number,
            title: `Unauthorised change of ${command.configurationItem}`.slice(0, 200),
            model: { ...modelFor(changeModels, 'unauthorised') },
            configurationItem: command.configurationItem,
            finding: command.finding,
            detectedAt: utc(command.detectedAt),
            detectedBy: command.detectedBy,
            consideredChanges: command.consideredChanges ?? [],
          },
          [policyReference(changeModels)],
        ),
      ];
    },
  }),
  ReclassifyChange: changeCommand<ReclassifyChange>({
    type: ReclassifyChange,
    summary: 'Make the draft a change of another type; it gets the model of that type.',
    route: 'reclassify',
    permission: 'change:edit',
    emits: ['ChangeTypeChanged'],
    example: { type: 'normal' },
    decide: (command, state, context) =>
      command.type === state.type
        ? refuse('no-change', `it is of type ${command.type} already`)
        : [retyped(command, state, context)],
  }),
  SetChangeImpact: changeCommand<SetChangeImpact>({
    type: SetChangeImpact,
    summary: 'Say how much the change would hurt if it went wrong.',
    route: 'set-impact',
    permission: 'change:edit',
    emits: ['ChangeImpactSet'],
    example: { impact: 2 },
    decide: ({ impact: to }, { impact: from }) =>
      from === to
        ? refuse('no-change', `the impact is ${to} already`)
        : [emit('ChangeImpactSet', { from, to })],
  }),
  ...windowCommands(),
  RequestChildChanges: changeCommand<RequestChildChanges>({
    type: RequestChildChanges,
    summary: 'Ask for one change for each of many items, all under this one.',
    route: 'request-children',
    permission: 'change:scale',
    emits: ['ChildChangesRequested'],
    example: { configurationItems: ['switch-1', 'switch-2'] },
    decide: ({ configurationItems }, { isGeneratingChildren }) =>
      isGeneratingChildren
        ? refuse('children-pending', 'the children that were asked for are still being drafted')
        : [emit('ChildChangesRequested', { configurationItems })],
  }),
  CompleteChildGeneration: changeCommand<CompleteChildGeneration>({
    type: CompleteChildGeneration,
    summary: 'Say how many of the children were drafted, and for which items that failed.',
    route: null,
    internal: true,
    permission: 'change:scale',
    emits: ['ChildGenerationCompleted'],
    example: { drafted: 2, failed: [] },
    decide: ({ drafted: count, failed }) => [
      emit('ChildGenerationCompleted', { drafted: count, failed }),
    ],
  }),
};

function windowCommands(): ChangeCommands {
  return {
    PlanChangeWindow: changeCommand<PlanChangeWindow>({
      type: PlanChangeWindow,
      summary: 'Set the window in which the change is to happen; what was approved is void.',
      route: 'plan-window',
      permission: 'change:schedule',
      emits: ['ChangeWindowPlanned', 'ChangeApprovalsVoided'],
      example: { plannedStart: '2026-03-07T20:00:00Z', plannedEnd: '2026-03-07T22:00:00Z' },
      decide: (command, state) => {
        const window = windowOf(command, state);
        const isSame =
          window.plannedStart === state.plannedStart && window.plannedEnd === state.plannedEnd;
        if (isSame) return refuse('no-change', 'this is the window already');
        return [
          emit('ChangeWindowPlanned', window),
          ...authorisationRevoked(['plannedStart', 'plannedEnd'], state),
        ];
      },
    }),
    RescheduleChange: changeCommand<RescheduleChange>({
      type: RescheduleChange,
      summary: 'Move a scheduled change; beyond the tolerance it must be authorised again.',
      route: 'reschedule',
      permission: 'change:schedule',
      emits: ['ChangeRescheduled', 'ChangeApprovalsVoided', 'ChangeAuthorisationRevoked'],
      example: {
        plannedStart: '2026-03-07T20:30:00Z',
        plannedEnd: '2026-03-07T22:30:00Z',
        reason: 'The vendor arrives later.',
      },
      decide: (command, state) => {
        const window = windowOf(command, state);
        const tolerance = (state.model?.rescheduleToleranceMinutes ?? 0) * 60_000;
        const moves = [
          distance(window.plannedStart, state.plannedStart),
          distance(window.plannedEnd, state.plannedEnd),
        ];
        if (moves.every((move) => move === 0)) {
          return refuse('no-change', 'this is the window already');
        }
        // The template of a standard change approves any window.
        const isBeyondTolerance =
          state.type !== 'standard' && moves.some((move) => move > tolerance);
        const { reason } = command;
        return [
          emit('ChangeRescheduled', { ...window, reason, isBeyondTolerance, state: 'scheduled' }),
          ...(isBeyondTolerance ? authorisationRevoked(['plannedStart', 'plannedEnd'], state) : []),
        ];
      },
    }),
  };
}

function drafted(command: DraftChange, context: ChangeContext): NewEvent {
  const { changeModels } = changePolicies(context.policies);
  const template = isThere(command.template) ? templateOf(context, command.template) : undefined;
  const content = template?.state.content;
  return emit(
    'ChangeDrafted',
    {
      number: context.number,
      title: command.title,
      requester: command.requester,
      type: command.type,
      model: { ...modelFor(changeModels, command.type) },
      configurationItems: command.configurationItems ?? [],
      affectedItems: command.affectedItems ?? [],
      ...plansOf(command, content),
      ...referencesOf(command),
      template: template?.id ?? null,
      templateVersion: template?.state.publishedVersion ?? null,
      templateVariables: content?.variables ?? [],
    },
    [policyReference(changeModels)],
  );
}

const planFields = [
  'description',
  'justification',
  'implementationPlan',
  'testPlan',
  'backOutPlan',
] as const;

type Plans = Readonly<Record<(typeof planFields)[number], string | null>> & {
  readonly impact: number | null;
};

/** The plans of the command, and those of the template where it says nothing. */
function plansOf(command: DraftChange, content: TemplateContentView | null | undefined): Plans {
  const plans = planFields.map((field) => [field, command[field] ?? content?.[field] ?? null]);
  return {
    ...Object.fromEntries(plans),
    impact: command.impact ?? content?.impact ?? null,
  } as Plans;
}

const referenceFields = [
  'service',
  'changeManager',
  'emergencyReason',
  'majorIncident',
  'securityIncident',
  'primary',
] as const;

type References = Readonly<Record<(typeof referenceFields)[number], string | null>>;

function referencesOf(command: DraftChange): References {
  const references = referenceFields.map((field) => [field, command[field] ?? null]);
  return Object.fromEntries(references) as References;
}

function retyped(command: ReclassifyChange, state: ChangeState, context: ChangeContext): NewEvent {
  const { changeModels } = changePolicies(context.policies);
  const from: ChangeType = state.type ?? 'normal';
  return emit(
    'ChangeTypeChanged',
    {
      from,
      to: command.type,
      model: { ...modelFor(changeModels, command.type) },
      previousModel: state.modelName ?? '',
      emergencyReason: command.emergencyReason ?? null,
      majorIncident: command.majorIncident ?? null,
      securityIncident: command.securityIncident ?? null,
    },
    [policyReference(changeModels)],
  );
}

interface PlannedWindow {
  readonly plannedStart: string;
  readonly plannedEnd: string;
  readonly previousStart: string | null;
  readonly previousEnd: string | null;
}

function windowOf(
  command: Pick<PlanChangeWindow, 'plannedStart' | 'plannedEnd'>,
  state: ChangeState,
): PlannedWindow {
  return {
    plannedStart: utc(command.plannedStart),
    plannedEnd: utc(command.plannedEnd),
    previousStart: state.plannedStart,
    previousEnd: state.plannedEnd,
  };
}

function distance(one: string, other: string | null): number {
  return other === null ? Infinity : Math.abs(Date.parse(one) - Date.parse(other));
}
