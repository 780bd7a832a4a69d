import { policyReference, refuse, type NewEvent } from '@ledgerdesk/kernel';
import { makeCommand } from '../../shared/command-definition';
import { utc } from '../../shared/fields';
import type { ChangeState } from '../change.state';
import { conflictKinds } from '../change.vocabulary';
import {
  AnswerChangeRisk,
  ConflictFinding,
  OverrideChangeFreeze,
  RecordChangeConflicts,
  RecordChangeRisk,
  ResolveChangeConflict,
} from '../commands/assessment.commands';
import { changePolicies } from '../policies/change-policies';
import { deriveRisk } from '../policies/change-risk';
import { changeCommand, emit, type ChangeCommands, type ChangeContext } from './change-command';
import { freezeOf } from './related-views';

/** Risk, conflicts and freezes: what is known of a change before it is authorised. */
export const assessmentCommands: ChangeCommands = {
  AnswerChangeRisk: changeCommand<AnswerChangeRisk>({
    type: AnswerChangeRisk,
    summary: 'Answer the risk questionnaire; the graver of it and the calculator is the risk.',
    route: 'answer-risk',
    permission: 'change:assess',
    emits: ['ChangeRiskAnswered', 'ChangeRiskDerived'],
    example: {
      answers: {
        'outage-needed': 'yes',
        'tested-before': 'partly',
        'back-out-tried': 'no',
        'first-of-its-kind': 'no',
      },
    },
    decide: ({ answers }, state, context) => [
      emit('ChangeRiskAnswered', { answers, previousAnswers: state.riskAnswers }, [
        policyReference(changePolicies(context.policies).changeRisk),
      ]),
      riskDerived(state, state.riskFacts, answers, context),
    ],
  }),
  RecordChangeRisk: changeCommand<RecordChangeRisk>({
    type: RecordChangeRisk,
    summary: 'Have the risk calculator look at the change again, with facts from elsewhere.',
    route: 'record-risk',
    permission: 'change:assess',
    emits: ['ChangeRiskDerived'],
    example: { facts: { serviceCriticality: 2, successScore: 12 } },
    decide: ({ facts }, state, context) => {
      const wrong = Object.entries(facts).filter(([, value]) => !Number.isFinite(value));
      if (wrong.length > 0 || Object.keys(facts).length > RISK_FACTS_MAX) {
        return refuse('risk-facts', `facts are at most ${RISK_FACTS_MAX} numbers by name`, {
          wrong: wrong.map(([name]) => name),
        });
      }
      return [riskDerived(state, facts, state.riskAnswers, context)];
    },
  }),
  RecordChangeConflicts: changeCommand<RecordChangeConflicts>({
    type: RecordChangeConflicts,
    summary: 'Record what a conflict scan found for the plan as it stands.',
    route: 'record-conflicts',
    permission: 'change:scan',
    emits: ['ChangeConflictsRecorded'],
    example: {
      mode: 'advanced',
      kinds: conflictKinds,
      position: '184467',
      plannedStart: '2026-03-07T20:00:00Z',
      plannedEnd: '2026-03-07T22:00:00Z',
      configurationItems: ['relay-1'],
      conflicts: [
        makeCommand(ConflictFinding, {
          key: 'same-item-scheduled/CHG-000007/relay-1',
          kind: 'same-item-scheduled',
          configurationItem: 'relay-1',
          with: 'CHG-000007',
        }),
      ],
    },
    decide: (command, _, { policies }) => {
      const { changeConflicts } = changePolicies(policies);
      return [
        emit(
          'ChangeConflictsRecorded',
          {
            mode: command.mode,
            kinds: command.kinds,
            position: command.position,
            plannedStart: utc(command.plannedStart),
            plannedEnd: utc(command.plannedEnd),
            configurationItems: command.configurationItems,
            conflicts: command.conflicts.map((found) => ({
              key: found.key,
              kind: found.kind,
              with: found.with,
              configurationItem: found.configurationItem ?? null,
              severity: severityOf(found, changeConflicts.value),
            })),
          },
          [policyReference(changeConflicts)],
        ),
      ];
    },
  }),
  ...settlingCommands(),
};

const RISK_FACTS_MAX = 50;

function settlingCommands(): ChangeCommands {
  return {
    ResolveChangeConflict: changeCommand<ResolveChangeConflict>({
      type: ResolveChangeConflict,
      summary: 'Let the change go ahead in spite of a conflict, in the name of the actor.',
      route: 'resolve-conflict',
      permission: 'change:override-conflict',
      emits: ['ChangeConflictResolved'],
      example: {
        conflict: 'same-item-scheduled/CHG-000007/relay-1',
        reason: 'CHG-000007 is over before this one begins.',
      },
      decide: ({ conflict: key, reason }, { scan }, { actor, onBehalfOf }) => {
        const found = scan?.conflicts.find((conflict) => conflict.key === key);
        return found === undefined
          ? refuse('no-such-conflict', `the last scan found no conflict ${key}`)
          : [
              emit('ChangeConflictResolved', {
                conflict: key,
                kind: found.kind,
                authority: onBehalfOf ?? actor,
                reason,
              }),
            ];
      },
    }),
    OverrideChangeFreeze: changeCommand<OverrideChangeFreeze>({
      type: OverrideChangeFreeze,
      summary: 'Let the change happen within a freeze, as the authority that the freeze names.',
      route: 'override-freeze',
      permission: 'change:override-freeze',
      emits: ['ChangeFreezeOverridden'],
      example: { freezeWindow: 'FRZ-000003', reason: 'Without it the shops stay closed.' },
      needs: ({ freezeWindow }) => ({
        related: [{ process: 'freeze-window', ticket: freezeWindow }],
      }),
      decide: ({ freezeWindow, reason }, _, context) => {
        const freeze = freezeOf(context, freezeWindow);
        return [
          emit('ChangeFreezeOverridden', {
            freezeWindow: freeze?.id ?? freezeWindow,
            freezeNumber: freeze?.state.number ?? freezeWindow,
            authority: context.onBehalfOf ?? context.actor,
            reason,
          }),
        ];
      },
    }),
  };
}

function riskDerived(
  state: ChangeState,
  facts: Readonly<Record<string, number>>,
  answers: Readonly<Record<string, string>> | null,
  { policies }: ChangeContext,
): NewEvent {
  const { changeRisk } = changePolicies(policies);
  const known = {
    ...facts,
    configurationItems: state.configurationItems.length,
    affectedItems: state.affectedItems.length,
    ...(state.impact !== null && { impact: state.impact }),
  };
  const verdict = deriveRisk(changeRisk, known, answers);
  return emit('ChangeRiskDerived', { facts, ...verdict, previousRisk: state.risk }, [
    policyReference(changeRisk),
  ]);
}

function severityOf(
  { kind, severity }: ConflictFinding,
  severities: Readonly<Record<string, 'hard' | 'soft'>>,
): 'hard' | 'soft' {
  return severity ?? severities[kind] ?? 'hard';
}
