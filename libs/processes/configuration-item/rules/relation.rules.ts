import { policyReference, type CompanionCommand, type NewEvent } from '@ledgerdesk/kernel';
import { makeCommand } from '../../shared/command-definition';
import {
  ClearCIRedundancy,
  CorrectCIRelation,
  RecordCIRelation,
  RecordCIRelationRemoval,
  RelateCI,
  SetCIRedundancy,
  UnrelateCI,
} from '../commands/relation.commands';
import type { CIState } from '../configuration-item.state';
import { relationTo } from '../guards/relation.guards';
import { ciPolicies } from '../policies/ci-policies';
import { relationTypeOf } from '../policies/relation-types';
import {
  authorityOf,
  changeOf,
  ciCommand,
  emit,
  type CICommands,
  type CIContext,
} from './ci-command';

/** How items stand to each other, on both of them, and how many may fail before it matters. */
export const relationCommands: CICommands = {
  RelateCI: ciCommand<RelateCI>({
    type: RelateCI,
    summary: 'Relate the item to another, under a change or as a discovery run found it.',
    route: 'relate',
    permission: 'configuration-item:relate',
    emits: ['CIRelated'],
    example: { type: 'runs-on', target: 'CI-000042', change: 'CHG-000017' },
    needs: (command) => ({ tickets: [command.target], related: changeOf(command) }),
    companions: (command, state, context) => [noteOf(command, state, context)],
    decide: (command, state, context) => [added(command, state, context)],
  }),
  UnrelateCI: ciCommand<UnrelateCI>({
    type: UnrelateCI,
    summary: 'Take a relation away, under a change or as a discovery run found it.',
    route: 'unrelate',
    permission: 'configuration-item:relate',
    emits: ['CIUnrelated'],
    example: { type: 'runs-on', target: 'CI-000042', change: 'CHG-000017' },
    needs: (command) => ({ tickets: [command.target], related: changeOf(command) }),
    companions: (command, state, context) => [removalNoteOf(command, state, context)],
    decide: (command, state, context) => [removed(command, state, context)],
  }),
  CorrectCIRelation: ciCommand<CorrectCIRelation>({
    type: CorrectCIRelation,
    summary: 'Put the record of a relation right, with the reason; nothing changed in reality.',
    route: 'correct-relation',
    permission: 'configuration-item:correct',
    emits: ['CIRelated', 'CIUnrelated'],
    example: {
      correction: 'add',
      type: 'runs-on',
      target: 'CI-000042',
      reason: 'Left out when it was registered.',
    },
    needs: ({ target }) => ({ tickets: [target] }),
    companions: (command, state, context) => [
      command.correction === 'add'
        ? noteOf(command, state, context)
        : removalNoteOf(command, state, context),
    ],
    decide: (command, state, context) => [
      command.correction === 'add'
        ? added(command, state, context)
        : removed(command, state, context),
    ],
  }),
  RecordCIRelation: ciCommand<RecordCIRelation>({
    type: RecordCIRelation,
    summary: 'Note on the item that another one is about to be related to it.',
    route: null,
    internal: true,
    permission: 'configuration-item:relate',
    emits: ['CIRelationRecorded'],
    example: {
      type: 'hosts',
      source: '0197c6a2-6a4e-7c1e-8f00-000000000043',
      sourceNumber: 'CI-000043',
    },
    decide: (command, state, context) => {
      const { type, source: target, sourceNumber: targetNumber, reason } = command;
      return [
        related(
          'CIRelationRecorded',
          { type, target, targetNumber, reason, ...authorityOf(command, context) },
          state,
          context,
        ),
      ];
    },
  }),
  RecordCIRelationRemoval: ciCommand<RecordCIRelationRemoval>({
    type: RecordCIRelationRemoval,
    summary: 'Note on the item that another one is related to it no longer.',
    route: null,
    internal: true,
    permission: 'configuration-item:relate',
    emits: ['CIRelationRemovalRecorded'],
    example: {
      type: 'hosts',
      source: '0197c6a2-6a4e-7c1e-8f00-000000000043',
      sourceNumber: 'CI-000043',
    },
    decide: (command, state, context) => {
      const { type, source: target, sourceNumber: targetNumber } = command;
      return [
        emit('CIRelationRemovalRecorded', {
          type,
          inverse: inverseOf(type, context),
          target,
          targetNumber,
          ...authorityOf(command, context),
          reason: command.reason ?? null,
          relationCount: othersThan(state, type, target),
        }),
      ];
    },
  }),
  SetCIRedundancy: ciCommand<SetCIRedundancy>({
    type: SetCIRedundancy,
    summary: 'Say how many of its impactors must work for the item to work.',
    route: 'set-redundancy',
    permission: 'configuration-item:relate',
    emits: ['CIRedundancySet'],
    example: { relation: 'has-member', kind: 'count', minimum: 2, change: 'CHG-000017' },
    needs: (command) => ({ related: changeOf(command) }),
    decide: (command, state, context) => {
      const { relation = null, kind, minimum } = command;
      const before = state.redundancy.find((rule) => rule.relation === relation);
      return [
        emit(
          'CIRedundancySet',
          {
            relation,
            kind,
            minimum,
            previousKind: before?.kind ?? null,
            previousMinimum: before?.minimum ?? null,
            ...authorityOf(command, context),
          },
          [policyReference(ciPolicies(context.policies).relationTypes)],
        ),
      ];
    },
  }),
  ClearCIRedundancy: ciCommand<ClearCIRedundancy>({
    type: ClearCIRedundancy,
    summary: 'End a redundancy rule: again any failing impactor reaches the item.',
    route: 'clear-redundancy',
    permission: 'configuration-item:relate',
    emits: ['CIRedundancyCleared'],
    example: { relation: 'has-member', change: 'CHG-000017' },
    needs: (command) => ({ related: changeOf(command) }),
    decide: (command, { redundancy }, context) => {
      const { relation = null } = command;
      const before = redundancy.find((rule) => rule.relation === relation);
      return [
        emit('CIRedundancyCleared', {
          relation,
          previousKind: before?.kind ?? 'count',
          previousMinimum: before?.minimum ?? 0,
          ...authorityOf(command, context),
        }),
      ];
    },
  }),
};

interface Relating {
  readonly type: string;
  readonly target: string;
  readonly change?: string | null;
  readonly discoveryRun?: string | null;
  readonly reason?: string | null;
}

interface Related {
  readonly type: string;
  readonly target: string;
  readonly targetNumber: string;
  readonly change: string | null;
  readonly discoveryRun: string | null;
  readonly reason?: string | null | undefined;
}

function added(command: Relating, state: CIState, context: CIContext): NewEvent {
  const { type, target: reference, reason } = command;
  const found = context.tickets.get(reference);
  return related(
    'CIRelated',
    {
      type,
      target: found?.id ?? reference,
      targetNumber: found?.state.number ?? reference,
      reason,
      ...authorityOf(command, context),
    },
    state,
    context,
  );
}

function related(
  event: 'CIRelated' | 'CIRelationRecorded',
  { type, target, targetNumber, change, discoveryRun, reason }: Related,
  state: CIState,
  { policies }: CIContext,
): NewEvent {
  const { relationTypes } = ciPolicies(policies);
  const { inverse = type, impact = 'none' } = relationTypeOf(relationTypes.value, type) ?? {};
  return emit(
    event,
    {
      type,
      inverse,
      impact,
      target,
      targetNumber,
      change,
      discoveryRun,
      reason: reason ?? null,
      isVerified: discoveryRun === null,
      relationCount: othersThan(state, type, target) + 1,
    },
    [policyReference(relationTypes)],
  );
}

function removed(command: Relating, state: CIState, context: CIContext): NewEvent {
  const { type, target: reference, reason } = command;
  const relation = relationTo(state, command, context);
  const target = relation?.target ?? reference;
  return emit('CIUnrelated', {
    type,
    inverse: relation?.inverse ?? inverseOf(type, context),
    target,
    targetNumber: relation?.targetNumber ?? reference,
    ...authorityOf(command, context),
    reason: reason ?? null,
    relationCount: othersThan(state, type, target),
  });
}

function noteOf(command: Relating, state: CIState, context: CIContext): CompanionCommand {
  const { tickets } = context;
  return {
    ticket: tickets.get(command.target)?.id ?? command.target,
    command: makeCommand(RecordCIRelation, onTheOther(command, state, context)),
  };
}

function removalNoteOf(command: Relating, state: CIState, context: CIContext): CompanionCommand {
  return {
    ticket: relationTo(state, command, context)?.target ?? command.target,
    command: makeCommand(RecordCIRelationRemoval, onTheOther(command, state, context)),
  };
}

function onTheOther(
  command: Relating,
  state: CIState,
  context: CIContext,
): Partial<RecordCIRelation> {
  const { reason = null } = command;
  return {
    type: inverseOf(command.type, context),
    source: state.id ?? '',
    sourceNumber: state.number ?? '',
    ...authorityOf(command, context),
    reason,
  };
}

function inverseOf(type: string, { policies }: CIContext): string {
  return relationTypeOf(ciPolicies(policies).relationTypes.value, type)?.inverse ?? type;
}

function othersThan({ relations }: CIState, type: string, target: string): number {
  return relations.filter((each) => each.type !== type || each.target !== target).length;
}
