import { ticketKey } from '@ledgerdesk/kernel';
import { assigned } from '../../shared/blocks/assignment.block';
import { linksAdded } from '../../shared/blocks/links.block';
import { priorityDerived } from '../../shared/blocks/priority.block';
import { titleOf } from '../../shared/excerpt';
import { isThere } from '../../shared/fields';
import { AssessProblem, ConfirmProblem, RegisterProblem } from '../commands/registration.commands';
import {
  emit,
  patternsTaken,
  problemCommand,
  TITLE,
  type ProblemCommands,
} from './problem-command';

/** How problems come to be, and are taken up. */
export const registrationCommands: ProblemCommands = {
  RegisterProblem: problemCommand<RegisterProblem>({
    type: RegisterProblem,
    summary: 'Register a problem: from incidents, from a trend, or from a notice of a vendor.',
    route: null,
    permission: 'problem:register',
    emits: ['ProblemRegistered', 'ProblemPriorityDerived', 'ProblemLinked', 'ProblemPatternTaken'],
    example: {
      origin: 'reactive',
      title: 'Mail relay stops every Monday',
      statement: 'The relay takes no connections on Monday mornings until it is restarted.',
      impact: 2,
      urgency: 2,
      organisation: 'head-office',
      incidents: ['INC-000042', 'INC-000057'],
      service: 'mail',
    },
    needs: ({ incidents }) => ({
      related: (incidents ?? []).map((ticket) => ({ process: 'incident', ticket })),
    }),
    decide: (command, state, context) => {
      // By its id, so that the same incident is linked once, whatever name it was given.
      const incidents = (command.incidents ?? []).map(
        (ticket) => context.related.get(ticketKey({ process: 'incident', ticket }))?.id ?? ticket,
      );
      const unique = [...new Set(incidents)];
      return [
        emit('ProblemRegistered', {
          number: context.number,
          origin: command.origin,
          title: command.title ?? titleOf(command.statement),
          statement: command.statement,
          organisation: command.organisation,
          incidents: unique,
          trend: command.trend ?? null,
          vendor: command.vendor ?? null,
          vendorReference: command.vendorReference ?? null,
          category: command.category ?? null,
          subcategory: command.subcategory ?? null,
          service: command.service ?? null,
          configurationItem: command.configurationItem ?? null,
          openedBy: context.actor,
        }),
        ...priorityDerived(TITLE, state, command, context),
        ...linksAdded(
          TITLE,
          state,
          unique.map((target) => ({ type: 'investigates', targetKind: 'incident', target })),
        ),
        ...(isThere(command.pattern) ? patternsTaken([command.pattern]) : []),
      ];
    },
  }),
  AssessProblem: problemCommand<AssessProblem>({
    type: AssessProblem,
    summary: 'Say what the problem is about, before it is decided whether it is one.',
    route: 'assess',
    permission: 'problem:assess',
    emits: ['ProblemAssessed'],
    example: { category: 'email', configurationItem: 'relay-1' },
    decide: ({ category, subcategory, service, configurationItem }, state) => [
      emit('ProblemAssessed', {
        category: category ?? state.category ?? '',
        subcategory: subcategory ?? state.subcategory,
        service: service ?? state.service,
        configurationItem: configurationItem ?? state.configurationItem,
      }),
    ],
  }),
  ConfirmProblem: problemCommand<ConfirmProblem>({
    type: ConfirmProblem,
    summary: 'Accept it as a problem, with a team and a coordinator for the root cause analysis.',
    route: 'confirm',
    permission: 'problem:confirm',
    emits: ['ProblemAssigned', 'ProblemConfirmed'],
    example: { group: 'messaging', coordinator: 'li.w' },
    decide: (command, state) => {
      const group = command.group ?? state.assignmentGroup ?? '';
      const coordinator = command.coordinator ?? state.assignee ?? '';
      return [
        ...assigned(TITLE, state, group, coordinator),
        emit('ProblemConfirmed', { group, coordinator }),
      ];
    },
  }),
};
