import { refuse, type DecisionContext, type Guard, type Refusal } from '@ledgerdesk/kernel';
import { defineGuard } from '../../shared/command-definition';
import type { TransferAsset } from '../commands/asset.commands';
import type { MoveAsset } from '../commands/asset.commands';
import type { MoveCILifecycle } from '../commands/configuration.commands';
import { movesFrom } from '../configuration-item.lifecycle';
import type { CIRelation, CIState } from '../configuration-item.state';
import {
  assetMoves,
  assetSubstates,
  assignableSubstates,
  type AssetState,
} from '../configuration-item.vocabulary';

/** How many contracts are looked at when an item retires; those beyond count as active. */
const CONTRACTS_MAX = 100;

const inForce: readonly (string | null)[] = ['in-production', 'in-maintenance'];

type Context = DecisionContext<CIState>;

/** The guards of the life of an item, of its checks, and of its custody as an asset. */
export const lifeGuards: Readonly<Record<string, Guard<CIState>>> = {
  isAllowedMove: defineGuard<CIState, MoveCILifecycle>({
    unless: 'the state leads there',
    check: ({ state }, { to }) => {
      const moves = movesFrom(state);
      return (
        moves.includes(to) ||
        refuse('move', `${String(state)} does not lead to ${to}; it leads to ${moves.join(', ')}`, {
          moves,
        })
      );
    },
  }),
  isFreeToRetire: defineGuard<CIState, MoveCILifecycle>({
    unless: 'an item that retires has neither an open change nor a contract in force',
    check: checkRetirement,
  }),
  isDisposableByMove: defineGuard<CIState, MoveCILifecycle>({
    unless: 'an item that ends so is no asset, and not on legal hold',
    check: ({ assetState, legalHold }, { to }) => {
      if (to !== 'disposed') return true;
      if (assetState !== null) {
        return refuse('asset-disposal', 'it is an asset; dispose of it, with its certificate');
      }
      return legalHold === null || refuse('legal-hold', 'it is on legal hold; release it first');
    },
  }),
  isOwnedByActor: defineGuard<CIState>({
    unless: 'the actor is the owner of the item, or stands in for the owner',
    stateOnly: true,
    check: ({ owner }, _, { actor, onBehalfOf }) => {
      if (owner === null) return refuse('no-owner', 'the item has no owner yet; give it one');
      return (
        owner === actor ||
        owner === onBehalfOf ||
        refuse('other-owner', `${owner} owns it; only the owner attests it`, { owner })
      );
    },
  }),
  isOpenDiscrepancy: defineGuard<CIState, { discrepancy: number }>({
    unless: 'the discrepancy is there and not resolved yet',
    check: ({ discrepancies }, { discrepancy: id }) =>
      discrepancies.some((each) => each.id === id && each.resolution === null) ||
      refuse('no-such-discrepancy', `there is no open discrepancy ${id}`, {
        open: discrepancies.filter((each) => each.resolution === null).map((each) => each.id),
      }),
  }),
  isAsset: defineGuard<CIState>({
    unless: 'its class is one of assets',
    stateOnly: true,
    check: ({ assetState, ciClass }) =>
      assetState !== null ||
      refuse('no-asset', `an item of the class ${String(ciClass)} is no asset`),
  }),
  isAssignable: defineGuard<CIState>({
    unless: 'it is in stock, and available, reserved or pre-allocated',
    stateOnly: true,
    check: ({ assetState, assetSubstate, custodian }) => {
      if (custodian !== null) {
        return refuse('already-assigned', `${custodian} has it; transfer it instead`);
      }
      return (
        (assetState === 'in-stock' && assignableSubstates.includes(assetSubstate ?? '')) ||
        refuse('not-in-stock', `it is ${placeOf(assetState, assetSubstate)}; bring it into stock`)
      );
    },
  }),
  hasCustodian: defineGuard<CIState>({
    unless: 'somebody has it',
    stateOnly: true,
    check: ({ custodian }) =>
      custodian !== null || refuse('no-custodian', 'nobody has it; assign it first'),
  }),
  isOtherCustodian: defineGuard<CIState, TransferAsset>({
    unless: 'the custodian is another one',
    check: (state, { custodian }) =>
      custodian !== state.custodian || refuse('no-change', `${custodian} has it already`),
  }),
  isAllowedAssetMove: defineGuard<CIState, MoveAsset>({
    unless: 'the state of the asset leads there, and the substate is one of that state',
    check: checkAssetMove,
  }),
  isWithoutCustodian: defineGuard<CIState>({
    unless: 'nobody has it, and its substate is not legal-hold',
    stateOnly: true,
    check: ({ custodian, assetSubstate }) => {
      if (custodian !== null) {
        return refuse('still-assigned', `${custodian} has it; have it returned first`);
      }
      return (
        assetSubstate !== 'legal-hold' ||
        refuse('legal-hold', 'it is kept as evidence; move it out of legal hold first')
      );
    },
  }),
};

/** The contracts that cover an item, of which a retirement looks at the first ones. */
function contractsOf({ relations }: Pick<CIState, 'relations'>): readonly CIRelation[] {
  return relations.filter(({ type }) => type === 'covered-by');
}

/** Ids of the contracts that a retirement looks at. */
export function contractsToLookAt(state: Pick<CIState, 'relations'>): readonly string[] {
  return contractsOf(state)
    .slice(0, CONTRACTS_MAX)
    .map(({ target }) => target);
}

function checkRetirement(
  state: CIState,
  { to }: MoveCILifecycle,
  { tickets }: Context,
): true | Refusal {
  if (to !== 'retired') return true;
  if (state.openChanges.length > 0) {
    const changes = state.openChanges;
    return refuse('open-changes', `changes are open: ${changes.join(', ')}; close them first`, {
      changes,
    });
  }
  const active = contractsOf(state).filter(({ target }) => {
    const contract = tickets.get(target)?.state;
    return contract === undefined || inForce.includes(contract.state);
  });
  if (active.length === 0) return true;
  const contracts = active.map(({ targetNumber }) => targetNumber);
  return refuse('active-contract', `contracts cover it: ${contracts.join(', ')}; end them first`, {
    contracts,
  });
}

function checkAssetMove(state: CIState, { state: to, substate }: MoveAsset): true | Refusal {
  const from = state.assetState as AssetState;
  const moves = assetMoves[from];
  if (!moves.includes(to)) {
    return refuse('asset-move', `${from} does not lead to ${to}`, { moves });
  }
  const substates: readonly string[] = assetSubstates[to];
  const isFitting = substates.length === 0 ? substate == null : substates.includes(substate ?? '');
  if (!isFitting) {
    const right = substates.length === 0 ? 'has none' : `is one of ${substates.join(', ')}`;
    return refuse('asset-substate', `the substate of ${to} ${right}`, { substates });
  }
  if (to === 'in-stock' && state.custodian !== null) {
    return refuse('still-assigned', `${state.custodian} has it; have it returned instead`);
  }
  if (to === 'in-use' && state.custodian === null) {
    return refuse('no-custodian', 'nobody has it; assign it instead');
  }
  return (
    to !== from ||
    substate !== state.assetSubstate ||
    refuse('no-change', `it is ${placeOf(from, state.assetSubstate)} already`)
  );
}

function placeOf(state: string | null, substate: string | null): string {
  return substate === null ? String(state) : `${String(state)} (${substate})`;
}
