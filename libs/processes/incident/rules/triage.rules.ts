import { policyReference, refuse, type NewEvent } from '@ledgerdesk/kernel';
import { isThere } from '../../shared/fields';
import { ticketPolicies } from '../../policies/policy-set';
import { derivePriority } from '../../policies/priority-matrix';
import {
  ChangeIncidentCaller,
  ClassifyIncident,
  EditIncidentDescription,
  EditIncidentTitle,
  OverrideIncidentPriority,
  PrioritiseIncident,
  ReclassifyIncident,
} from '../commands/triage.commands';
import type { IncidentState } from '../incident.state';
import {
  emit,
  incidentCommand,
  type IncidentCommands,
  type IncidentContext,
} from './incident-command';

const classificationEvents = [
  'IncidentServiceChanged',
  'IncidentConfigurationItemChanged',
  'IncidentLocationChanged',
] as const;

/** What kind of incident it is, how grave, and what is said of it. */
export const triageCommands: IncidentCommands = {
  ClassifyIncident: incidentCommand<ClassifyIncident>({
    type: ClassifyIncident,
    summary: 'Say for the first time what kind of incident it is, and what it affects.',
    route: 'classify',
    permission: 'incident:classify',
    emits: ['IncidentClassified', ...classificationEvents],
    example: { category: 'email', subcategory: 'client', configurationItem: 'laptop-0815' },
    decide: (command, state) => [
      emit('IncidentClassified', {
        category: command.category,
        subcategory: command.subcategory ?? null,
        symptom: command.symptom ?? state.symptom,
      }),
      ...affectedChanges(command, state),
    ],
  }),
  ReclassifyIncident: incidentCommand<ReclassifyIncident>({
    type: ReclassifyIncident,
    summary: 'Replace the classification, or what the incident affects.',
    route: 'reclassify',
    permission: 'incident:classify',
    emits: ['IncidentReclassified', ...classificationEvents],
    example: { category: 'network', subcategory: 'wi-fi' },
    decide: (command, state) => {
      const events = [...reclassified(command, state), ...affectedChanges(command, state)];
      return events.length === 0 ? noChange('nothing differs from the classification') : events;
    },
  }),
  PrioritiseIncident: incidentCommand<PrioritiseIncident>({
    type: PrioritiseIncident,
    summary: 'Set impact and urgency; the matrix in force gives the priority.',
    route: 'prioritise',
    permission: 'incident:prioritise',
    emits: ['IncidentPriorityDerived'],
    example: { impact: 1, urgency: 2 },
    decide: ({ impact, urgency }, state, context) => {
      const isSame =
        impact === state.impact &&
        urgency === state.urgency &&
        !state.isPriorityOverridden &&
        state.priorityMatrix?.name === ticketPolicies(context.policies).priorityMatrix.name &&
        state.priorityMatrix.version === ticketPolicies(context.policies).priorityMatrix.version;
      return isSame
        ? noChange(`impact is ${impact} and urgency is ${urgency} already`)
        : deriveFrom(state, impact, urgency, context);
    },
  }),
  OverrideIncidentPriority: incidentCommand<OverrideIncidentPriority>({
    type: OverrideIncidentPriority,
    summary: 'Set a priority against the matrix, with the reason. The next prioritisation ends it.',
    route: 'override-priority',
    permission: 'incident:override-priority',
    emits: ['IncidentPriorityOverridden'],
    example: { priority: 1, reason: 'The board meets in an hour.' },
    decide: ({ priority, reason }, state) =>
      priority === state.priority
        ? noChange(`the priority is ${priority} already`)
        : [
            emit('IncidentPriorityOverridden', {
              priority,
              previousPriority: state.priority,
              reason,
            }),
          ],
  }),
  EditIncidentTitle: incidentCommand<EditIncidentTitle>({
    type: EditIncidentTitle,
    summary: 'Edit the title.',
    route: 'edit-title',
    permission: 'incident:edit',
    emits: ['IncidentTitleChanged'],
    example: { title: 'Mail stays in the outbox' },
    decide: ({ title: to }, { title: from }) =>
      from === to ? noChange('this is the title') : [emit('IncidentTitleChanged', { from, to })],
  }),
  EditIncidentDescription: incidentCommand<EditIncidentDescription>({
    type: EditIncidentDescription,
    summary: 'Edit the description.',
    route: 'edit-description',
    permission: 'incident:edit',
    emits: ['IncidentDescriptionChanged'],
    example: { description: 'Outlook keeps messages in the outbox since 8 o’clock.' },
    decide: ({ description: to }, { description: from }) =>
      from === to
        ? noChange('this is the description')
        : [emit('IncidentDescriptionChanged', { from, to })],
  }),
  ChangeIncidentCaller: incidentCommand<ChangeIncidentCaller>({
    type: ChangeIncidentCaller,
    summary: 'Name another caller.',
    route: 'change-caller',
    permission: 'incident:edit',
    emits: ['IncidentCallerChanged'],
    example: { caller: 'tomas.b' },
    decide: ({ caller: to }, { caller: from }) =>
      from === to ? noChange(`${to} is the caller`) : [emit('IncidentCallerChanged', { from, to })],
  }),
};

/** The event of a priority by the matrix in force; the guard has found its cell. */
export function deriveFrom(
  state: Pick<IncidentState, 'impact' | 'urgency' | 'priority'>,
  impact: number,
  urgency: number,
  { policies }: Pick<IncidentContext, 'policies'>,
): readonly NewEvent[] {
  const { priorityMatrix } = ticketPolicies(policies);
  const priority = derivePriority(priorityMatrix, impact, urgency);
  // A follow-up may carry levels over from the time of a larger matrix: it begins without.
  if (typeof priority !== 'number') return [];
  return [
    emit(
      'IncidentPriorityDerived',
      {
        impact,
        urgency,
        priority,
        previousImpact: state.impact,
        previousUrgency: state.urgency,
        previousPriority: state.priority,
      },
      [policyReference(priorityMatrix)],
    ),
  ];
}

/** The event for another service, where there is one; also a resolution may name it. */
export function serviceChange(to: string | null | undefined, from: string | null): NewEvent[] {
  return !isThere(to) || to === from ? [] : [emit('IncidentServiceChanged', { from, to })];
}

function reclassified(command: ReclassifyIncident, state: IncidentState): readonly NewEvent[] {
  const category = command.category ?? state.category;
  const subcategory =
    command.subcategory ?? (category === state.category ? state.subcategory : null);
  const symptom = command.symptom ?? state.symptom;
  const isSame =
    category === state.category && subcategory === state.subcategory && symptom === state.symptom;
  if (isSame) return [];
  return [
    emit('IncidentReclassified', {
      category,
      subcategory,
      symptom,
      previousCategory: state.category,
      previousSubcategory: state.subcategory,
      previousSymptom: state.symptom,
    }),
  ];
}

function affectedChanges(
  command: ClassifyIncident | ReclassifyIncident,
  state: IncidentState,
): readonly NewEvent[] {
  const { configurationItem, location } = command;
  const events = serviceChange(command.service, state.service);
  if (isThere(configurationItem) && configurationItem !== state.configurationItem) {
    const change = { from: state.configurationItem, to: configurationItem };
    events.push(emit('IncidentConfigurationItemChanged', change));
  }
  if (isThere(location) && location !== state.location) {
    events.push(emit('IncidentLocationChanged', { from: state.location, to: location }));
  }
  return events;
}

function noChange(what: string): ReturnType<typeof refuse> {
  return refuse('no-change', what);
}
