import type { NewEvent } from '@ledgerdesk/kernel';
import { makeCommand } from '../../shared/command-definition';
import { isThere, textLimits, utc } from '../../shared/fields';
import {
  FollowUpIncident,
  RegisterIncident,
  SplitIncident,
} from '../commands/registration.commands';
import { RecordIncidentFollowUp, RecordIncidentSplit } from '../commands/relation.commands';
import type { IncidentState } from '../incident.state';
import { isWorkedOnAtBirth } from '../incident.teams';
import {
  emit,
  incidentCommand,
  type IncidentCommands,
  type IncidentContext,
} from './incident-command';
import { deriveFrom } from './triage.rules';
import { assigned, awaitedBy, needsAwaited, workStarted } from './work.rules';

/** What a new incident takes over from the one that it follows up or was split off. */
const inheritedFacts = [
  'channel',
  'caller',
  'source',
  'service',
  'configurationItem',
  'location',
] as const satisfies readonly (keyof IncidentState)[];

/** How incidents come to be: reported, split off another, or as the follow-up of a closed one. */
export const registrationCommands: IncidentCommands = {
  RegisterIncident: incidentCommand<RegisterIncident>({
    type: RegisterIncident,
    summary:
      'Report an incident; it may be assigned, worked on, waiting or resolved from the beginning.',
    route: null,
    permission: 'incident:register',
    naturalKey: ({ source, sourceKey }) =>
      isThere(source) && isThere(sourceKey) ? JSON.stringify([source, sourceKey]) : undefined,
    emits: [
      'IncidentRegistered',
      'IncidentClassified',
      'IncidentPriorityDerived',
      'IncidentAssigned',
      'IncidentWorkStarted',
      'IncidentHeld',
      'IncidentResolved',
    ],
    example: {
      title: 'Mail does not send',
      description: 'Outlook keeps messages in the outbox since this morning.',
      channel: 'phone',
      caller: 'nadia.k',
      service: 'mail',
      category: 'email',
      impact: 2,
      urgency: 2,
    },
    needs: ({ holdReason, holdReference }) =>
      isThere(holdReason) ? needsAwaited(holdReason, holdReference) : {},
    decide: (command, state, context) => [
      registered(command, context),
      ...classifiedAtBirth(command),
      ...prioritisedAtBirth(command, state, context),
      ...assignedAtBirth(command, state, context),
      ...endedOrHeldAtBirth(command, context),
    ],
  }),
  SplitIncident: incidentCommand<SplitIncident>({
    type: SplitIncident,
    summary: 'Make an incident of its own out of a part of this one; both know of each other.',
    route: 'split',
    permission: 'incident:split',
    emits: ['IncidentRegistered', 'IncidentClassified', 'IncidentPriorityDerived'],
    example: { title: 'Calendar does not sync', description: 'Reported with the mail trouble.' },
    spawns: true,
    companions: (_, { id }, context) => [
      {
        ticket: id ?? '',
        command: makeCommand(RecordIncidentSplit, {
          incident: context.id,
        }),
      },
    ],
    decide: ({ title, description }, state, context) =>
      inherited(state, context, { title, description, splitFrom: state.id }),
  }),
  FollowUpIncident: incidentCommand<FollowUpIncident>({
    type: FollowUpIncident,
    summary:
      `Open a new incident where this closed one comes back. It takes over ` +
      `${inheritedFacts.join(', ')}, classification, impact and urgency.`,
    route: 'follow-up',
    permission: 'incident:follow-up',
    emits: ['IncidentRegistered', 'IncidentClassified', 'IncidentPriorityDerived'],
    example: { description: 'It happens again since the last update.' },
    spawns: true,
    companions: (_, { id }, context) => [
      {
        ticket: id ?? '',
        command: makeCommand(RecordIncidentFollowUp, {
          incident: context.id,
        }),
      },
    ],
    decide: ({ title, description }, state, context) =>
      inherited(state, context, {
        title: title ?? state.title ?? firstLine(description),
        description,
        followsUp: state.id,
      }),
  }),
};

function registered(command: RegisterIncident, { number, actor }: IncidentContext): NewEvent {
  const { impactBeganAt } = command;
  return emit('IncidentRegistered', {
    number,
    title: command.title ?? firstLine(command.description),
    description: command.description,
    channel: command.channel,
    caller: command.caller ?? null,
    source: command.source ?? null,
    sourceKey: command.sourceKey ?? null,
    openedBy: actor,
    service: command.service ?? null,
    configurationItem: command.configurationItem ?? null,
    location: command.location ?? null,
    impactBeganAt: !isThere(impactBeganAt) ? null : utc(impactBeganAt),
    followsUp: null,
    splitFrom: null,
  });
}

function classifiedAtBirth(command: RegisterIncident): readonly NewEvent[] {
  const { category = null, subcategory = null, symptom = null } = command;
  return category === null && symptom === null
    ? []
    : [emit('IncidentClassified', { category, subcategory, symptom })];
}

function prioritisedAtBirth(
  { impact, urgency }: RegisterIncident,
  state: IncidentState,
  context: IncidentContext,
): readonly NewEvent[] {
  return !isThere(impact) || !isThere(urgency) ? [] : deriveFrom(state, impact, urgency, context);
}

function assignedAtBirth(
  command: RegisterIncident,
  state: IncidentState,
  context: IncidentContext,
): readonly NewEvent[] {
  const group = command.assignmentGroup ?? null;
  if (group === null) return [];
  const isWorkedOn = isWorkedOnAtBirth(command);
  const assignee = command.assignee ?? (isWorkedOn ? context.actor : null);
  const target = { group, assignee };
  return [assigned(state, target, context), ...(isWorkedOn ? [workStarted(target, context)] : [])];
}

function endedOrHeldAtBirth(
  command: RegisterIncident,
  context: IncidentContext,
): readonly NewEvent[] {
  if (isThere(command.resolutionCode)) {
    return [
      emit('IncidentResolved', {
        code: command.resolutionCode,
        notes: command.resolutionNotes ?? null,
        resolvedBy: context.actor,
        impactEndedAt: null,
        excludedChildren: [],
      }),
    ];
  }
  if (!isThere(command.holdReason)) return [];
  const { holdReference: reference, caller = null } = command;
  return [
    emit('IncidentHeld', {
      reason: command.holdReason,
      previousReason: null,
      reference: reference ?? null,
      awaited: awaitedBy(command.holdReason, { reference, caller }, context),
      service: command.service ?? null,
      configurationItem: command.configurationItem ?? null,
      comment: command.holdComment ?? null,
    }),
  ];
}

/** The events of a new incident that takes facts over from another. */
function inherited(
  from: IncidentState,
  context: IncidentContext,
  own: { title: string; description: string; followsUp?: string | null; splitFrom?: string | null },
): readonly NewEvent[] {
  const { channel, caller, source, service, configurationItem, location } = from;
  const { category, subcategory, symptom, impact, urgency } = from;
  const facts = { channel, caller, source, service, configurationItem, location };
  const unprioritised = { ...from, impact: null, urgency: null, priority: null };
  return [
    emit('IncidentRegistered', {
      number: context.number,
      ...facts,
      sourceKey: null,
      openedBy: context.actor,
      impactBeganAt: null,
      followsUp: null,
      splitFrom: null,
      ...own,
    }),
    ...(category === null && symptom === null
      ? []
      : [emit('IncidentClassified', { category, subcategory, symptom })]),
    ...(impact === null || urgency === null
      ? []
      : deriveFrom(unprioritised, impact, urgency, context)),
  ];
}

/** The first line of a text as a title. */
function firstLine(text: string): string {
  const line = text.trim().split(/[\r\n\t]/, 1)[0] ?? '';
  if (line.length <= textLimits.title) return line;
  const cut = line.slice(0, textLimits.title);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
