import { refuse } from '@ledgerdesk/kernel';
import { isThere, utc } from '../../shared/fields';
import type { ChangeState } from '../change.state';
import { AnnounceChange, RequestChangeReview } from '../commands/notice.commands';
import { changeCommand, changeGuard, emit } from './change-command';
import type { ChangeCommands, ChangeGuards } from './change-command';

const AUDIENCE_MAX = 500;

/** What others are told of a change, and asked about it. */
export const noticeCommands: ChangeCommands = {
  AnnounceChange: changeCommand<AnnounceChange>({
    type: AnnounceChange,
    summary: 'Tell those concerned when the change is to happen, or that it is not.',
    route: 'announce',
    permission: 'change:announce',
    emits: ['ChangeAnnounced'],
    example: { kind: 'scheduled' },
    decide: ({ kind, reason }, state) => [
      emit('ChangeAnnounced', {
        kind,
        audience: audienceOf(state),
        service: state.service,
        configurationItems: state.configurationItems,
        plannedStart: state.plannedStart,
        plannedEnd: state.plannedEnd,
        reason: reason ?? null,
      }),
    ],
  }),
  RequestChangeReview: changeCommand<RequestChangeReview>({
    type: RequestChangeReview,
    summary: 'Ask somebody to look back at the change by a time.',
    route: 'request-review',
    permission: 'change:review',
    emits: ['ChangeReviewRequested'],
    example: { dueAt: '2026-03-12T16:00:00Z', reviewer: 'mara.v' },
    decide: ({ dueAt, reviewer }, state) => [
      emit('ChangeReviewRequested', {
        reviewer: reviewer ?? state.reviewer ?? state.changeManager,
        dueAt: utc(dueAt),
        previousDueAt: state.reviewDueAt,
      }),
    ],
  }),
};

/** Questions about what others are told and asked. */
export const noticeGuards: ChangeGuards = {
  isNews: changeGuard<AnnounceChange>({
    unless: 'it differs from what was announced last, and fits the state of the change',
    check: ({ announcement, isAuthorised, plannedStart, plannedEnd, state }, { kind }) => {
      if (kind === 'withdrawn') {
        const isAnnounced = announcement !== null && announcement.kind !== 'withdrawn';
        return (
          isAnnounced || refuse('not-announced', 'nothing is announced that could be taken back')
        );
      }
      const isAhead = state === 'scheduled' || state === 'implement';
      if (!isAhead || !isAuthorised) {
        return refuse(
          'not-scheduled',
          'only a change that is authorised and scheduled is announced',
        );
      }
      const isSame =
        announcement?.kind !== 'withdrawn' &&
        announcement?.plannedStart === plannedStart &&
        announcement.plannedEnd === plannedEnd;
      return !isSame || refuse('no-change', 'this window is announced already');
    },
  }),
  isReviewTimeAhead: changeGuard<RequestChangeReview>({
    unless: 'the time is not over yet, and is another one than before',
    check: ({ reviewDueAt, reviewer }, { dueAt, reviewer: asked }, { now }) => {
      if (utc(dueAt) <= now) return refuse('past-time', `the time is over: ${dueAt}`, { now });
      const isSame = utc(dueAt) === reviewDueAt && (!isThere(asked) || asked === reviewer);
      return !isSame || refuse('no-change', 'the review is asked for by then already');
    },
  }),
};

function audienceOf(state: ChangeState): readonly string[] {
  const { requester, changeManager, assignee, watchers } = state;
  const people = [requester, changeManager, assignee, ...watchers].filter(isThere);
  return [...new Set(people)].slice(0, AUDIENCE_MAX);
}
