import {
  policyReference,
  refuse,
  ticketKey,
  type Decision,
  type DecisionNeeds,
  type TicketListing,
} from '@ledgerdesk/kernel';
import { isThere } from '../../shared/fields';
import type { ChangeState } from '../change.state';
import { ScanChange } from '../commands/notice.commands';
import { changePolicies } from '../policies/change-policies';
import { detectConflicts, type PlannedChange } from '../scheduling/conflicts';
import {
  scannedKinds,
  surroundingsOf,
  type CalendarWindow,
  type KnownItem,
} from '../scheduling/surroundings';
import {
  changeCommand,
  changeGuard,
  emit,
  type ChangeCommands,
  type ChangeContext,
  type ChangeGuards,
} from './change-command';
import { implementersOf } from './progress.guards';
import type { FreezeView, ItemView, LockdownView } from './related-views';

/** The most changes in one window, and the most windows in force, that a scan looks at. */
const LISTED_MAX = 500;
/** The most items whose relations a scan looks at. */
const ITEMS_LOOKED_AT_MAX = 150;

/** The scan for whatever stands in the way of a plan. */
export const scanCommands: ChangeCommands = {
  ScanChange: changeCommand<ScanChange>({
    type: ScanChange,
    summary: 'Look for conflicts with other changes, freezes, lockdowns and maintenance windows.',
    route: 'scan',
    permission: 'change:scan',
    emits: ['ChangeConflictsRecorded'],
    example: {},
    needs: (_, state) => searchesOf(state),
    decide: (_, state, context) => scanned(state, context),
  }),
};

/** What a scan asks. */
export const scanGuards: ChangeGuards = {
  hasWindow: changeGuard({
    unless: 'it has a window',
    stateOnly: true,
    check: ({ plannedStart, plannedEnd }) =>
      (plannedStart !== null && plannedEnd !== null) ||
      refuse('no-window', 'the change has no window yet; plan one, then scan'),
  }),
};

function searchesOf({ plannedStart, plannedEnd, ...state }: ChangeState): DecisionNeeds {
  if (plannedStart === null || plannedEnd === null) return {};
  const max = LISTED_MAX;
  return {
    related: lookedAt(state).map((ticket) => ({ process: 'configuration-item', ticket })),
    listed: {
      changes: {
        process: 'change',
        filter: {
          state: { $in: ['scheduled', 'implement'] },
          plannedStart: { $lt: plannedEnd },
          plannedEnd: { $gt: plannedStart },
        },
        max,
      },
      freezes: {
        process: 'freeze-window',
        filter: { state: 'in-force', endsAt: { $gt: plannedStart } },
        max,
      },
      lockdowns: { process: 'change-lockdown', filter: { state: 'enforced' }, max },
    },
  };
}

function lookedAt({
  configurationItems,
  affectedItems,
}: Pick<ChangeState, 'configurationItems' | 'affectedItems'>): readonly string[] {
  return [...new Set([...configurationItems, ...affectedItems])].slice(0, ITEMS_LOOKED_AT_MAX);
}

function scanned(state: ChangeState, context: ChangeContext): Decision {
  const { changes, freezes, lockdowns } = context.listed ?? {};
  if (changes === undefined || freezes === undefined || lockdowns === undefined) {
    return refuse('no-calendar', 'the calendar could not be looked at; scan again');
  }
  if ([changes, freezes, lockdowns].some(({ isCut }) => isCut)) {
    return refuse('scan-too-wide', `more than ${LISTED_MAX} stand in the way; shorten the window`);
  }
  const plan = planOf(state);
  const around = surroundingsOf(plan, {
    scheduled: scheduledOf(changes, context.id),
    windows: [...freezes.tickets.map(freezeWindowOf), ...lockdowns.tickets.map(lockdownOf)],
    items: lookedAt(state).flatMap((reference) => itemOf(reference, context)),
  });
  const { changeConflicts } = changePolicies(context.policies);
  const severities = changeConflicts.value;
  return [
    emit(
      'ChangeConflictsRecorded',
      {
        mode: 'advanced',
        kinds: scannedKinds,
        // As of the oldest of the three lists.
        position:
          [changes, freezes, lockdowns].map(({ position }) => position).sort(byPosition)[0] ?? '0',
        plannedStart: plan.start,
        plannedEnd: plan.end,
        configurationItems: state.configurationItems,
        conflicts: detectConflicts(plan, around, 'advanced').map((conflict) => ({
          ...conflict,
          severity: conflict.severity ?? severities[conflict.kind],
        })),
      },
      [policyReference(changeConflicts)],
    ),
  ];
}

function byPosition(one: string, other: string): number {
  return BigInt(one) < BigInt(other) ? -1 : 1;
}

function planOf(state: ChangeState): PlannedChange {
  return {
    change: state.number ?? '',
    start: state.plannedStart ?? '',
    end: state.plannedEnd ?? '',
    configurationItems: state.configurationItems,
    affectedItems: state.affectedItems,
    service: state.service,
    assignees: [...new Set(implementersOf(state).filter(isThere))],
  };
}

function scheduledOf({ tickets }: TicketListing, own: string): readonly PlannedChange[] {
  return tickets
    .filter(({ id }) => id !== own)
    .map(({ state }) => state as unknown as ChangeState)
    .filter(({ state }) => state === 'scheduled' || state === 'implement')
    .map(planOf);
}

function freezeWindowOf({ state }: TicketListing['tickets'][number]): CalendarWindow {
  const { number, kind, entries, scope } = state as unknown as FreezeView;
  return {
    name: number ?? '',
    kind: kind === 'soft' || kind === 'maintenance' ? kind : 'hard',
    entries,
    configurationItems: scope.configurationItems,
    classes: scope.classes,
    services: scope.services,
  };
}

function lockdownOf({ state }: TicketListing['tickets'][number]): CalendarWindow {
  const { number, entries, configurationItems, services } = state as unknown as LockdownView;
  return {
    ...{ name: number ?? '', kind: 'lockdown', classes: [] },
    ...{ entries, configurationItems, services },
  };
}

function itemOf(reference: string, { related }: ChangeContext): readonly KnownItem[] {
  const found = related.get(ticketKey({ process: 'configuration-item', ticket: reference }));
  if (found === undefined) return [];
  const { number, name, ciClass, relations } = found.state as unknown as ItemView;
  return [{ reference, id: found.id, ...{ number, name, ciClass, relations } }];
}
