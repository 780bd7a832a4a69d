import { refuse, ticketKey } from '@ledgerdesk/kernel';
import { linksAdded } from '../../shared/blocks/links.block';
import { utc } from '../../shared/fields';
import {
  AbandonProblemFix,
  CommunicateProblemFix,
  CommunicateProblemWorkaround,
  FixProblem,
  RecordProblemCause,
  RecordProblemFixProgress,
  RecordProblemKnownError,
  RecordProblemTask,
  RecordProblemWorkaround,
} from '../commands/analysis.commands';
import { changeAddress, fixChangesOf, incidentsOf, standingsOf } from '../problem.relations';
import type { FixChangeStanding } from '../problem.state';
import { emit, problemCommand, TITLE, type ProblemCommands } from './problem-command';

/** All are looked at when the problem ends: together within what one command may look at. */
const TASKS_MAX = 100;
const KNOWN_ERRORS_MAX = 50;

/** Why the problem happens, how to live with it, and how it is taken away. */
export const analysisCommands: ProblemCommands = {
  RecordProblemCause: problemCommand<RecordProblemCause>({
    type: RecordProblemCause,
    summary: 'Record the root cause, how it was found, and what proves it.',
    route: 'record-cause',
    permission: 'problem:analyse',
    emits: ['RootCauseRecorded'],
    example: {
      method: 'five-whys',
      notes: 'A job of Sunday night leaves 4,000 connections half open.',
      evidence: ['INC-000042', 'https://logs.example.org/relay-1/2026-03-01'],
    },
    decide: ({ method, notes, evidence }) => [
      emit('RootCauseRecorded', { method, notes, evidence }),
    ],
  }),
  RecordProblemWorkaround: problemCommand<RecordProblemWorkaround>({
    type: RecordProblemWorkaround,
    summary: 'Record how to live with the problem; a later workaround takes the place of this one.',
    route: 'record-workaround',
    permission: 'problem:analyse',
    emits: ['WorkaroundRecorded'],
    example: {
      steps: 'Restart the relay before 7 on Monday.',
      effectiveness: 'temporary',
      validity: 'until-fixed',
    },
    decide: ({ steps, effectiveness, validity, validUntil }) => [
      emit('WorkaroundRecorded', {
        steps,
        effectiveness,
        validUntil: validity === 'until-date' ? utc(validUntil ?? '') : null,
      }),
    ],
  }),
  FixProblem: problemCommand<FixProblem>({
    type: FixProblem,
    summary: 'Begin to take the cause away, by linked changes, changes to be drafted, or none.',
    route: 'fix',
    permission: 'problem:fix',
    emits: ['ProblemLinked', 'FixStarted'],
    example: {
      notes: 'The job closes its connections.',
      changeNeed: 'linked',
      changes: ['CHG-000007'],
    },
    needs: ({ changes }) => ({ related: (changes ?? []).map(changeAddress) }),
    decide: ({ notes, changeNeed, changes }, state, { related }) => {
      const named = (changes ?? []).map(
        (change) => related.get(ticketKey(changeAddress(change)))?.id ?? change,
      );
      const all = [...new Set([...fixChangesOf(state), ...named])];
      return [
        ...linksAdded(
          TITLE,
          state,
          [...new Set(named)].map((target) => ({ type: 'fixed-by', targetKind: 'change', target })),
        ),
        emit('FixStarted', {
          notes,
          changeNeed,
          changes: all,
          number: state.number ?? '',
          title: state.title ?? '',
          service: state.service,
          configurationItem: state.configurationItem,
        }),
      ];
    },
  }),
  RecordProblemFixProgress: problemCommand<RecordProblemFixProgress>({
    type: RecordProblemFixProgress,
    summary: 'Look at the changes of the fix again, and note how they stand.',
    route: null,
    internal: true,
    permission: 'problem:fix',
    emits: ['FixProgressRecorded'],
    example: {},
    needs: (_, state) => ({ related: fixChangesOf(state).map(changeAddress) }),
    decide: (_, state, context) => {
      const standings = standingsOf(state, context);
      return areSameStandings(standings, state.fixProgress)
        ? refuse('no-change', 'the changes of the fix stand as they stood')
        : [
            emit('FixProgressRecorded', {
              changes: standings.map((standing) => ({ ...standing })),
              coordinator: state.assignee,
            }),
          ];
    },
  }),
  AbandonProblemFix: problemCommand<AbandonProblemFix>({
    type: AbandonProblemFix,
    summary:
      'Go back to the analysis, as the fix does not come about; its changes count no longer.',
    route: 'abandon-fix',
    permission: 'problem:fix',
    emits: ['FixAbandoned'],
    example: { reason: 'All changes were cancelled.' },
    decide: ({ reason }, state) => [emit('FixAbandoned', { reason, changes: fixChangesOf(state) })],
  }),
  CommunicateProblemWorkaround: problemCommand<CommunicateProblemWorkaround>({
    type: CommunicateProblemWorkaround,
    summary: 'Tell the workaround to the open incidents of the problem.',
    route: 'communicate-workaround',
    permission: 'problem:communicate',
    emits: ['WorkaroundCommunicated'],
    example: { text: 'Until Thursday: restart the relay before 7 on Monday.' },
    decide: ({ text }, state) => [
      emit('WorkaroundCommunicated', {
        text: text ?? state.workaround?.steps ?? '',
        incidents: incidentsOf(state),
      }),
    ],
  }),
  CommunicateProblemFix: problemCommand<CommunicateProblemFix>({
    type: CommunicateProblemFix,
    summary: 'Tell the fix to the open incidents of the problem.',
    route: 'communicate-fix',
    permission: 'problem:communicate',
    emits: ['FixCommunicated'],
    example: { text: 'Fixed on Thursday night.' },
    decide: ({ text }, state) => [
      emit('FixCommunicated', {
        text: text ?? state.fix?.notes ?? '',
        incidents: incidentsOf(state),
      }),
    ],
  }),
  RecordProblemTask: problemCommand<RecordProblemTask>({
    type: RecordProblemTask,
    summary: 'Note on the problem that one of its tasks is about to be registered.',
    route: null,
    internal: true,
    permission: 'problem:analyse',
    emits: ['ProblemTaskRecorded'],
    example: { task: '0197c6a2-6a4e-7c1e-8f00-000000000001', taskNumber: 'PTASK-000001' },
    decide: ({ task, taskNumber }, { tasks }) =>
      tasks.length >= TASKS_MAX && !tasks.includes(task)
        ? refuse('too-many', `a problem has at most ${TASKS_MAX} tasks`)
        : [emit('ProblemTaskRecorded', { task, taskNumber })],
  }),
  RecordProblemKnownError: problemCommand<RecordProblemKnownError>({
    type: RecordProblemKnownError,
    summary: 'Note on the problem that one of its known errors is about to be drafted.',
    route: null,
    internal: true,
    permission: 'problem:analyse',
    emits: ['ProblemKnownErrorRecorded'],
    example: { knownError: '0197c6a2-6a4e-7c1e-8f00-000000000002', knownErrorNumber: 'KE-000001' },
    decide: ({ knownError, knownErrorNumber }, { knownErrors }) =>
      knownErrors.length >= KNOWN_ERRORS_MAX && !knownErrors.includes(knownError)
        ? refuse('too-many', `a problem has at most ${KNOWN_ERRORS_MAX} known errors`)
        : [emit('ProblemKnownErrorRecorded', { knownError, knownErrorNumber })],
  }),
};

function areSameStandings(
  standings: readonly FixChangeStanding[],
  before: readonly FixChangeStanding[],
): boolean {
  return (
    standings.length === before.length &&
    standings.every(({ change, standing }, index) => {
      const other = before[index];
      return other?.change === change && other.standing === standing;
    })
  );
}
