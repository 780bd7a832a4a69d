import type { NewEvent } from '@ledgerdesk/kernel';
import { voidApprovals } from '../../shared/blocks/approvals.block';
import type { ChangeState } from '../change.state';
import { emit } from './change-command';

/** What approvals are about: a change of it makes them void. */
const substance: readonly string[] = [
  'description',
  'implementationPlan',
  'testPlan',
  'backOutPlan',
  'service',
  'configurationItems',
  'affectedItems',
  'plannedStart',
  'plannedEnd',
];

/**
 * What follows when facts of a change differ: approvals that were about them are void, and a change
 * that was scheduled by them must be authorised again. A template approves what it leaves open.
 */
export function authorisationRevoked(
  changed: readonly string[],
  state: ChangeState,
): readonly NewEvent[] {
  const concerned = changed.filter((fact) => substance.includes(fact));
  if (concerned.length === 0 || state.type === 'standard') return [];
  return [
    ...voidApprovals('Change', state, 'what was asked about has changed', concerned),
    ...(state.state === 'scheduled'
      ? [emit('ChangeAuthorisationRevoked', { changed: concerned, state: 'authorise' })]
      : []),
  ];
}
