import { refuse } from '@ledgerdesk/kernel';
import { makeCommand } from '../../shared/command-definition';
import {
  ClearIncidentParent,
  MarkIncidentDuplicate,
  MergeIncident,
  RecordIncidentChild,
  RecordIncidentFollowUp,
  RecordIncidentMerge,
  RecordIncidentSplit,
  RemoveIncidentChild,
  SetIncidentParent,
} from '../commands/relation.commands';
import { emit, incidentCommand, type IncidentCommands } from './incident-command';

/** All are looked at when the parent is resolved. */
const CHILDREN_MAX = 200;

/** How incidents stand to each other. Where two are concerned, both streams say so. */
export const relationCommands: IncidentCommands = {
  MarkIncidentDuplicate: incidentCommand<MarkIncidentDuplicate>({
    type: MarkIncidentDuplicate,
    summary: 'Say that another incident is about the same; this one ends.',
    route: 'mark-duplicate',
    permission: 'incident:cancel',
    emits: ['IncidentMarkedDuplicate'],
    example: { original: 'INC-000042' },
    needs: ({ original }) => ({ tickets: [original] }),
    decide: ({ original: reference }, _, { tickets }) => {
      const original = tickets.get(reference);
      return [
        emit('IncidentMarkedDuplicate', {
          original: original?.id ?? reference,
          originalNumber: original?.state.number ?? reference,
        }),
      ];
    },
  }),
  MergeIncident: incidentCommand<MergeIncident>({
    type: MergeIncident,
    summary: 'Make this incident a part of another, with its bookings and watchers; this one ends.',
    route: 'merge',
    permission: 'incident:merge',
    emits: ['IncidentMergedInto'],
    example: { target: 'INC-000042' },
    needs: ({ target }) => ({ tickets: [target] }),
    companions: ({ target }, state, { tickets }) => [
      {
        ticket: tickets.get(target)?.id ?? target,
        command: makeCommand(RecordIncidentMerge, {
          incident: state.id ?? '',
          incidentNumber: state.number ?? '',
        }),
      },
    ],
    decide: ({ target: reference }, _, { tickets }) => {
      const target = tickets.get(reference);
      return [
        emit('IncidentMergedInto', {
          target: target?.id ?? reference,
          targetNumber: target?.state.number ?? reference,
        }),
      ];
    },
  }),
  SetIncidentParent: incidentCommand<SetIncidentParent>({
    type: SetIncidentParent,
    summary: 'Handle the incident under another one, which is then resolved with its children.',
    route: 'set-parent',
    permission: 'incident:relate',
    emits: ['IncidentParentSet'],
    example: { parent: 'INC-000042' },
    needs: ({ parent }) => ({ tickets: [parent] }),
    companions: ({ parent }, state, { tickets }) => [
      {
        ticket: tickets.get(parent)?.id ?? parent,
        command: makeCommand(RecordIncidentChild, {
          child: state.id ?? '',
          childNumber: state.number ?? '',
        }),
      },
      ...(state.parent === null
        ? []
        : [
            {
              ticket: state.parent,
              command: makeCommand(RemoveIncidentChild, { child: state.id ?? '' }),
            },
          ]),
    ],
    decide: ({ parent: reference }, state, { tickets }) => {
      const parent = tickets.get(reference);
      return [
        emit('IncidentParentSet', {
          parent: parent?.id ?? reference,
          parentNumber: parent?.state.number ?? reference,
          previousParent: state.parent,
        }),
      ];
    },
  }),
  ClearIncidentParent: incidentCommand<ClearIncidentParent>({
    type: ClearIncidentParent,
    summary: 'Handle the incident on its own again.',
    route: 'clear-parent',
    permission: 'incident:relate',
    emits: ['IncidentParentCleared'],
    example: { reason: 'Another fault after all.' },
    companions: (_, { parent, id }) => [
      { ticket: parent ?? '', command: makeCommand(RemoveIncidentChild, { child: id ?? '' }) },
    ],
    decide: ({ reason }, { parent }) => [
      emit('IncidentParentCleared', { previousParent: parent ?? '', reason: reason ?? null }),
    ],
  }),
  RecordIncidentChild: incidentCommand<RecordIncidentChild>({
    type: RecordIncidentChild,
    summary: 'Note on the parent that another incident is about to be handled under it.',
    route: null,
    internal: true,
    permission: 'incident:relate',
    emits: ['IncidentChildRecorded'],
    example: { child: '0197c6a2-6a4e-7c1e-8f00-000000000001', childNumber: 'INC-000043' },
    // Recorded again after a lost race: no harm, the child is in the list once.
    decide: ({ child, childNumber }, { children }) =>
      children.length >= CHILDREN_MAX
        ? refuse('too-many', `an incident has at most ${CHILDREN_MAX} children`)
        : [emit('IncidentChildRecorded', { child, childNumber })],
  }),
  RemoveIncidentChild: incidentCommand<RemoveIncidentChild>({
    type: RemoveIncidentChild,
    summary: 'Note on the former parent that another incident is handled under it no longer.',
    route: null,
    internal: true,
    permission: 'incident:relate',
    emits: ['IncidentChildRemoved'],
    example: { child: '0197c6a2-6a4e-7c1e-8f00-000000000001' },
    decide: ({ child }) => [emit('IncidentChildRemoved', { child })],
  }),
  RecordIncidentMerge: incidentCommand<RecordIncidentMerge>({
    type: RecordIncidentMerge,
    summary: 'Note on the incident that goes on what the merged one brings along.',
    route: null,
    internal: true,
    permission: 'incident:merge',
    emits: ['IncidentMergedFrom'],
    example: {
      incident: '0197c6a2-6a4e-7c1e-8f00-000000000002',
      incidentNumber: 'INC-000044',
    },
    // Looked up, not sent along: a companion says the same each time that it is sent.
    needs: ({ incident }) => ({ tickets: [incident] }),
    decide: ({ incident, incidentNumber }, _, { tickets }) => {
      const merged = tickets.get(incident)?.state;
      return [
        emit('IncidentMergedFrom', {
          incident,
          incidentNumber,
          minutesLogged: merged?.minutesLogged ?? 0,
          costMinorByCurrency: merged?.costMinorByCurrency ?? {},
          watchers: merged?.watchers ?? [],
        }),
      ];
    },
  }),
  RecordIncidentSplit: incidentCommand<RecordIncidentSplit>({
    type: RecordIncidentSplit,
    summary: 'Note on the incident that a part of it becomes one of its own.',
    route: null,
    internal: true,
    permission: 'incident:split',
    emits: ['IncidentSplitOff'],
    example: {
      incident: '0197c6a2-6a4e-7c1e-8f00-000000000003',
    },
    decide: ({ incident }) => [emit('IncidentSplitOff', { incident })],
  }),
  RecordIncidentFollowUp: incidentCommand<RecordIncidentFollowUp>({
    type: RecordIncidentFollowUp,
    summary: 'Note on the closed incident that a new one follows it up.',
    route: null,
    internal: true,
    permission: 'incident:follow-up',
    emits: ['IncidentFollowedUp'],
    example: {
      incident: '0197c6a2-6a4e-7c1e-8f00-000000000004',
    },
    decide: ({ incident }) => [emit('IncidentFollowedUp', { incident })],
  }),
};
