import {
  refuse,
  ticketKey,
  type DecisionContext,
  type Guard,
  type Refusal,
} from '@ledgerdesk/kernel';
import { defineGuard } from '../shared/command-definition';
import { isThere } from '../shared/fields';
import type { FixProblem, RecordProblemWorkaround } from './commands/analysis.commands';
import type { AcceptProblemRisk, MarkProblemDuplicate } from './commands/outcome.commands';
import type {
  AssessProblem,
  ConfirmProblem,
  RegisterProblem,
} from './commands/registration.commands';
import { fixChangesOf, publishedKnownErrors, unsuccessfulChanges } from './problem.relations';
import type { ProblemState } from './problem.state';
import { isVerificationOver, verificationPeriodOf } from './verification-period';

type Context = DecisionContext<ProblemState>;

/** The questions that the lifecycle of the problem asks, by name. */
export const problemGuards: Readonly<Record<string, Guard<ProblemState>>> = {
  areIncidentsKnown: defineGuard<ProblemState, RegisterProblem>({
    unless: 'a reactive problem names incidents, and each incident is known',
    check: (_, { origin, incidents }, context) => {
      if (origin === 'reactive' && (incidents ?? []).length === 0) {
        return refuse('no-incident', 'a reactive problem explains incidents; name at least one');
      }
      return areKnown('incident', incidents ?? [], context);
    },
  }),
  hasSubject: defineGuard<ProblemState, AssessProblem>({
    unless: 'category and service or configuration item are known, or the command names them',
    check: (state, command) => {
      if (!isThere(command.category ?? state.category)) {
        return refuse('no-category', 'the category is not known yet; name it');
      }
      const { service, configurationItem } = command;
      const isSubjectKnown =
        isThere(service ?? state.service) || isThere(configurationItem ?? state.configurationItem);
      return (
        isSubjectKnown ||
        refuse('no-subject', 'neither service nor configuration item is known yet; name one')
      );
    },
  }),
  hasTeamAndCoordinator: defineGuard<ProblemState, ConfirmProblem>({
    unless: 'a group and a person of it have the problem, or the command names them',
    check: (state, command) => {
      const group = command.group ?? state.assignmentGroup;
      if (group === null) return refuse('no-group', 'no group has it yet; name the team');
      const isSameGroup = group === state.assignmentGroup;
      const coordinator = command.coordinator ?? (isSameGroup ? state.assignee : null);
      return (
        coordinator !== null ||
        refuse('no-assignee', 'nobody of the group has it yet; name the coordinator')
      );
    },
  }),
  hasOriginal: defineGuard<ProblemState, MarkProblemDuplicate>({
    unless: 'the original is another problem, neither a duplicate itself nor cancelled',
    check: checkOriginal,
  }),
  isValidityAhead: defineGuard<ProblemState, RecordProblemWorkaround>({
    unless: 'the workaround is valid for some time to come',
    check: (_, { validity, validUntil }, { now }) =>
      validity !== 'until-date' || isAhead('validUntil', validUntil, now),
  }),
  hasRootCause: defineGuard<ProblemState>({
    unless: 'the root cause is recorded',
    stateOnly: true,
    check: ({ rootCause }) =>
      rootCause !== null || refuse('no-cause', 'the root cause is not known yet; record it first'),
  }),
  areChangesKnown: defineGuard<ProblemState, FixProblem>({
    unless: 'each change that the command names is known',
    check: (_, { changes }, context) => areKnown('change', changes ?? [], context),
  }),
  hasChangeIfLinked: defineGuard<ProblemState, FixProblem>({
    unless: 'a change is linked or named, or said to be drafted, or none is needed',
    check: (state, { changeNeed, changes }) => {
      const count = fixChangesOf(state).length + (changes ?? []).length;
      if (changeNeed === 'linked' && count === 0) {
        return refuse('no-fix-change', 'no change is linked; name one, or say that none is needed');
      }
      return (
        changeNeed !== 'not-needed' ||
        count === 0 ||
        refuse('fix-change-linked', 'a change is linked, so one is needed; say so, or unlink it')
      );
    },
  }),
  isReviewAhead: defineGuard<ProblemState, AcceptProblemRisk>({
    unless: 'the review lies ahead',
    check: (_, { reviewAt }, { now }) => isAhead('reviewAt', reviewAt, now),
  }),
  hasPublishedKnownError: defineGuard<ProblemState>({
    unless: 'a known error of the problem is published',
    check: (state, _, context) =>
      publishedKnownErrors(state, context).length > 0 ||
      refuse(
        'no-known-error',
        'a problem that is not solved for good needs a known error; publish one first',
        { knownErrors: state.knownErrors },
      ),
  }),
  hasFixChange: defineGuard<ProblemState>({
    unless: 'a change is linked, or none is needed',
    stateOnly: true,
    check: (state) =>
      state.fix?.changeNeed === 'not-needed' ||
      fixChangesOf(state).length > 0 ||
      refuse('no-fix-change', 'the fix needs a change and none is linked; link it first'),
  }),
  areChangesSuccessful: defineGuard<ProblemState>({
    unless: 'every linked change of the fix is closed with success',
    check: (state, _, context) => {
      const changes = unsuccessfulChanges(fixChangesOf(state), context);
      return (
        changes.length === 0 ||
        refuse(
          'changes-not-successful',
          `changes are not closed with success: ${changes.join(', ')}`,
          {
            changes,
          },
        )
      );
    },
  }),
  isVerified: defineGuard<ProblemState>({
    unless: 'the verification period since the resolution is over',
    stateOnly: true,
    check: ({ resolvedAt }, _, { policies, now }) =>
      isVerificationOver(verificationPeriodOf(policies), resolvedAt, now),
  }),
  wasAnalysed: defineGuard<ProblemState>({
    unless: 'it ended after an analysis, neither as a duplicate nor cancelled',
    stateOnly: true,
    check: ({ closeCode, duplicateOf }) => {
      if (closeCode === 'duplicate') {
        return refuse('is-duplicate', 'it is a duplicate; analyse the original again instead', {
          original: duplicateOf,
        });
      }
      return (
        closeCode !== 'cancelled' ||
        refuse('never-analysed', 'it was cancelled before any analysis; register a new one')
      );
    },
  }),
  hasWorkaround: defineGuard<ProblemState>({
    unless: 'a workaround is recorded',
    stateOnly: true,
    check: ({ workaround }) =>
      workaround !== null || refuse('no-workaround', 'no workaround is known yet; record it first'),
  }),
  isWorkaroundValid: defineGuard<ProblemState>({
    unless: 'the workaround is still valid',
    stateOnly: true,
    check: ({ workaround }, _, { now }) => {
      const until = workaround?.validUntil ?? null;
      return (
        until === null ||
        Date.parse(until) > Date.parse(now) ||
        refuse('workaround-expired', `the workaround was valid until ${until}; record a new one`)
      );
    },
  }),
  hasFix: defineGuard<ProblemState>({
    unless: 'the notes of a fix are there',
    stateOnly: true,
    check: ({ fix }) => fix !== null || refuse('no-fix', 'there is no fix that could be told'),
  }),
};

function areKnown(
  process: string,
  tickets: readonly string[],
  { related }: Context,
): true | Refusal {
  const missing = tickets.filter((ticket) => !related.has(ticketKey({ process, ticket })));
  if (missing.length === 0) return true;
  const names = missing.join(', ');
  return refuse('related-missing', `there is no ${process} ${names}; name one that is there`, {
    references: missing,
  });
}

function isAhead(field: string, at: string | null | undefined, now: string): true | Refusal {
  return (
    (isThere(at) && Date.parse(at) > Date.parse(now)) ||
    refuse('not-ahead', `${field} has to lie in the future; it is ${now}`, { field, now })
  );
}

function checkOriginal(
  state: ProblemState,
  { original: reference }: MarkProblemDuplicate,
  { tickets }: Context,
): true | Refusal {
  const original = tickets.get(reference)?.state;
  if (original === undefined) {
    return refuse('related-missing', `there is no problem ${reference}; name one that is there`, {
      reference,
    });
  }
  if (original.id === state.id) {
    return refuse('self-reference', 'a problem is no duplicate of itself');
  }
  if (original.duplicateOf !== null) {
    return refuse(
      'duplicate-of-duplicate',
      `${reference} is a duplicate itself; name its original`,
      {
        original: original.duplicateOf,
      },
    );
  }
  return (
    original.closeCode !== 'cancelled' ||
    refuse('original-cancelled', `${reference} was cancelled; name a problem that is one`)
  );
}
