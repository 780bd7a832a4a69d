import type { StateDefinition, Transition } from '@ledgerdesk/kernel';

/** The states of a configuration item, in the order in which a board shows them. */
export const ciStates = {
  planned: { title: 'Planned', category: 'open' },
  ordered: { title: 'Ordered', category: 'open' },
  'in-stock': { title: 'In stock', category: 'waiting' },
  'in-implementation': { title: 'In implementation', category: 'open' },
  'in-production': { title: 'In production', category: 'open' },
  'in-maintenance': { title: 'In maintenance', category: 'open' },
  'out-of-service': { title: 'Out of service', category: 'waiting' },
  retired: { title: 'Retired', category: 'done' },
  disposed: { title: 'Disposed', category: 'done', final: true },
} as const satisfies Readonly<Record<string, StateDefinition>>;

/** Name of a state of a configuration item. */
export type CILifecycleState = keyof typeof ciStates;

export const allCIStates = Object.keys(ciStates) as readonly CILifecycleState[];

/** Of use, or to be: it may be changed, related and assigned. */
export const livingCIStates = [
  'planned',
  'ordered',
  'in-stock',
  'in-implementation',
  'in-production',
  'in-maintenance',
  'out-of-service',
] as const satisfies readonly CILifecycleState[];

/** There, if only in a store room. */
export const keptCIStates = [
  ...livingCIStates,
  'retired',
] as const satisfies readonly CILifecycleState[];

/** Where each state may lead by a move; an asset is disposed of by a command of its own. */
const lifecycleMoves = {
  planned: ['ordered', 'in-stock', 'in-implementation', 'retired'],
  ordered: ['planned', 'in-stock', 'in-implementation', 'retired'],
  'in-stock': ['in-implementation', 'in-production', 'in-maintenance', 'retired'],
  'in-implementation': ['in-stock', 'in-production', 'out-of-service'],
  'in-production': ['in-maintenance', 'out-of-service'],
  'in-maintenance': ['in-stock', 'in-production', 'out-of-service'],
  'out-of-service': ['in-stock', 'in-implementation', 'in-production', 'in-maintenance', 'retired'],
  retired: ['in-stock', 'disposed'],
} as const satisfies Readonly<Record<(typeof keptCIStates)[number], readonly CILifecycleState[]>>;

const authorised = ['hasOneAuthority', 'isChangeUnderWay'] as const;

/**
 * What each command may do to the state of a configuration item. Those of the shared blocks are
 * added where the process is put together.
 */
export const ciTransitions = {
  // Discovery finds what has long been in production.
  RegisterCI: { from: [null], to: livingCIStates, guards: ['isOfKnownClass', 'fitsClass'] },
  ChangeCIAttribute: {
    from: keptCIStates,
    guards: [...authorised, 'isChangeableAttribute', 'fitsAttribute'],
  },
  CorrectCIAttribute: { from: allCIStates, guards: ['isChangeableAttribute', 'fitsAttribute'] },
  ReconcileCI: {
    from: keptCIStates,
    guards: ['isChangeableAttribute', 'fitsAttribute'],
  },
  RelateCI: { from: keptCIStates, guards: [...authorised, 'hasRelationType', 'hasFittingTarget'] },
  UnrelateCI: { from: allCIStates, guards: [...authorised, 'isRelated'] },
  CorrectCIRelation: {
    from: keptCIStates,
    guards: ['hasRelationType', 'hasCorrectableRelation'],
  },
  RecordCIRelation: { from: keptCIStates, guards: ['hasRelationType'] },
  RecordCIRelationRemoval: { from: allCIStates },
  SetCIRedundancy: { from: keptCIStates, guards: [...authorised, 'hasImpactingRelation'] },
  ClearCIRedundancy: { from: keptCIStates, guards: [...authorised, 'hasRedundancy'] },
  MoveCILifecycle: {
    from: keptCIStates,
    to: allCIStates,
    targets: lifecycleMoves,
    guards: ['isAllowedMove', 'isChangeUnderWay', 'isFreeToRetire', 'isDisposableByMove'],
  },
  VerifyCI: { from: keptCIStates, guards: ['hasNamedAttributes'] },
  AttestCI: { from: keptCIStates, guards: ['isOwnedByActor'] },
  RecordCIDiscrepancy: { from: keptCIStates, guards: ['isAttributeOfClass'] },
  ResolveCIDiscrepancy: { from: allCIStates, guards: ['isOpenDiscrepancy'] },
  RecordCIChangeOpened: { from: keptCIStates },
  RecordCIChangeClosed: { from: allCIStates },
  AssignAsset: { from: livingCIStates, guards: ['isAsset', 'isAssignable'] },
  ReturnAsset: { from: keptCIStates, guards: ['isAsset', 'hasCustodian'] },
  TransferAsset: {
    from: livingCIStates,
    guards: ['isAsset', 'hasCustodian', 'isOtherCustodian'],
  },
  MoveAsset: { from: keptCIStates, guards: ['isAsset', 'isAllowedAssetMove'] },
  DisposeAsset: {
    from: ['retired'],
    to: ['disposed'],
    guards: ['isAsset', 'isWithoutCustodian', 'isFreeOfLegalHold'],
  },
} as const satisfies Readonly<Record<string, Transition<CILifecycleState>>>;

/** The states that a move may lead to from this one; none from outside of the table. */
export function movesFrom(state: string | null): readonly CILifecycleState[] {
  const moves: Readonly<Record<string, readonly CILifecycleState[]>> = lifecycleMoves;
  return state === null || !Object.hasOwn(moves, state) ? [] : (moves[state] ?? []);
}
