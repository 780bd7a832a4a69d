import { policyReference, refuse, type Decision } from '@ledgerdesk/kernel';
import { isThere, utc } from '../../shared/fields';
import {
  ChangeCIAttribute,
  CorrectCIAttribute,
  MoveCILifecycle,
  ReconcileCI,
  RecordCIChangeClosed,
  RecordCIChangeOpened,
} from '../commands/configuration.commands';
import type { CIState } from '../configuration-item.state';
import { contractsToLookAt } from '../guards/life.guards';
import type { AttributeValue } from '../policies/ci-classes';
import { ciPolicies } from '../policies/ci-policies';
import { sourceRank } from '../policies/source-priorities';
import {
  authorityOf,
  changeOf,
  ciCommand,
  emit,
  type CICommands,
  type CIContext,
} from './ci-command';

const OPEN_CHANGES_MAX = 200;

/** What the record says of an item, by what right it changes, and where the item is in its life. */
export const configurationCommands: CICommands = {
  ChangeCIAttribute: ciCommand<ChangeCIAttribute>({
    type: ChangeCIAttribute,
    summary: 'Give an attribute another value, under a change or as a discovery run found it.',
    route: 'change-attribute',
    permission: 'configuration-item:change',
    emits: ['CIAttributeChanged'],
    example: { attribute: 'memoryGigabytes', value: 128, change: 'CHG-000017' },
    needs: (command) => ({ related: changeOf(command) }),
    decide: (command, state, context) => {
      const { attribute, value: to = null } = command;
      const from = valueOf(state, attribute);
      if (from === to) return noChange(attribute);
      const isVerified = isThere(command.change);
      return [
        emit(
          'CIAttributeChanged',
          {
            attribute,
            from,
            to,
            source: isVerified ? 'change' : (command.source ?? 'discovery'),
            ...authorityOf(command, context),
            isVerified,
            unverifiedCount: unverifiedWith(state, attribute, isVerified || to === null),
          },
          [policyReference(ciPolicies(context.policies).ciClasses)],
        ),
      ];
    },
  }),
  CorrectCIAttribute: ciCommand<CorrectCIAttribute>({
    type: CorrectCIAttribute,
    summary: 'Put the record of an attribute right, with the reason; nothing changed in reality.',
    route: 'correct-attribute',
    permission: 'configuration-item:correct',
    emits: ['CIAttributeCorrected'],
    example: { attribute: 'brand', value: 'Acme', reason: 'Mistyped when it was registered.' },
    decide: ({ attribute, value: to = null, reason }, state, { policies }) => {
      const from = valueOf(state, attribute);
      if (from === to) return noChange(attribute);
      const unverifiedCount = unverifiedWith(state, attribute, true);
      return [
        emit('CIAttributeCorrected', { attribute, from, to, reason, unverifiedCount }, [
          policyReference(ciPolicies(policies).ciClasses),
        ]),
      ];
    },
  }),
  ReconcileCI: ciCommand<ReconcileCI>({
    type: ReconcileCI,
    summary: 'Have the priority of sources decide between several values of an attribute.',
    route: 'reconcile',
    permission: 'configuration-item:reconcile',
    emits: ['CIReconciled', 'CIAttributeChanged'],
    example: {
      attribute: 'operatingSystem',
      candidates: [
        { source: 'agent', value: 'Debian 12.6' },
        { source: 'network-scan', value: 'Debian' },
      ],
      discoveryRun: 'scan-2026-03-02',
    },
    decide: reconciled,
  }),
  MoveCILifecycle: ciCommand<MoveCILifecycle>({
    type: MoveCILifecycle,
    summary: 'Have the item go on in its life.',
    route: 'move',
    permission: 'configuration-item:move',
    emits: ['CILifecycleMoved'],
    example: { to: 'in-maintenance', reason: 'The fan is being replaced.' },
    needs: (command, state) => ({
      related: changeOf(command),
      tickets: command.to === 'retired' ? contractsToLookAt(state) : [],
    }),
    decide: (command, state, context) =>
      state.state === null
        ? []
        : [
            emit('CILifecycleMoved', {
              from: state.state,
              to: command.to,
              reason: command.reason ?? null,
              change: authorityOf(command, context).change,
            }),
          ],
  }),
  RecordCIChangeOpened: ciCommand<RecordCIChangeOpened>({
    type: RecordCIChangeOpened,
    summary: 'Note that a change is to touch the item; it cannot retire before that is over.',
    route: null,
    internal: true,
    permission: 'configuration-item:record-change',
    emits: ['CIChangeOpened'],
    example: {
      change: '0197c6a2-6a4e-7c1e-8f00-000000000017',
      plannedStart: '2026-03-07T20:00:00Z',
      plannedEnd: '2026-03-07T22:00:00Z',
    },
    // Noted again after a lost race: no harm, the change is in the list once.
    decide: ({ change, plannedStart, plannedEnd }, { openChanges }) => {
      const others = openChanges.filter((each) => each !== change);
      return others.length >= OPEN_CHANGES_MAX
        ? refuse('too-many', `an item has at most ${OPEN_CHANGES_MAX} open changes`)
        : [
            emit('CIChangeOpened', {
              change,
              plannedStart: isThere(plannedStart) ? utc(plannedStart) : null,
              plannedEnd: isThere(plannedEnd) ? utc(plannedEnd) : null,
              openChanges: others.length + 1,
            }),
          ];
    },
  }),
  RecordCIChangeClosed: ciCommand<RecordCIChangeClosed>({
    type: RecordCIChangeClosed,
    summary: 'Note that a change that was to touch the item is over.',
    route: null,
    internal: true,
    permission: 'configuration-item:record-change',
    emits: ['CIChangeClosed'],
    example: { change: '0197c6a2-6a4e-7c1e-8f00-000000000017' },
    decide: ({ change }, { openChanges }) => [
      emit('CIChangeClosed', {
        change,
        openChanges: openChanges.filter((each) => each !== change).length,
      }),
    ],
  }),
};

interface Candidate {
  readonly source: string;
  readonly value: AttributeValue;
}

function reconciled(
  { attribute, candidates, discoveryRun }: ReconcileCI,
  state: CIState,
  { policies }: CIContext,
): Decision {
  const { sourcePriorities, ciClasses } = ciPolicies(policies);
  const from = valueOf(state, attribute);
  const onRecord: Candidate[] =
    from === null
      ? []
      : [{ source: state.provenance[attribute]?.source ?? 'registration', value: from }];
  const rank = ({ source }: Candidate): number =>
    sourceRank(sourcePriorities.value, attribute, source);
  // The sort is stable: of two sources of one rank, what a tool saw now is newer than the record.
  const [winner, ...losers] = [...candidates.map(plain), ...onRecord].sort(
    (one, other) => rank(one) - rank(other),
  );
  if (winner === undefined || candidates.length === 0) {
    return refuse('no-candidates', 'name at least one source and the value that it has');
  }
  const reconciliation = emit(
    'CIReconciled',
    {
      attribute,
      winner: { ...winner },
      losers: losers.map((loser) => ({ ...loser })),
      discoveryRun,
    },
    [policyReference(sourcePriorities)],
  );
  if (winner.value === from) return [reconciliation];
  return [
    reconciliation,
    emit(
      'CIAttributeChanged',
      {
        attribute,
        from,
        to: winner.value,
        source: winner.source,
        change: null,
        discoveryRun,
        isVerified: false,
        unverifiedCount: unverifiedWith(state, attribute, false),
      },
      [policyReference(ciClasses)],
    ),
  ];
}

function plain({ source, value }: Candidate): Candidate {
  return { source, value };
}

function valueOf({ attributes }: CIState, name: string): AttributeValue | null {
  return attributes[name] ?? null;
}

/** How many attributes are unverified once this one is verified, or is not. */
function unverifiedWith({ provenance }: CIState, name: string, isVerified: boolean): number {
  const others = Object.entries(provenance).filter(
    ([other, from]) => other !== name && !from.isVerified,
  );
  return others.length + (isVerified ? 0 : 1);
}

function noChange(attribute: string): ReturnType<typeof refuse> {
  return refuse('no-change', `${attribute} has this very value already`);
}
