import { refuse, type Refusal } from '@ledgerdesk/kernel';
import {
  AssignAsset,
  DisposeAsset,
  MoveAsset,
  ReturnAsset,
  TransferAsset,
} from '../commands/asset.commands';
import type { CIState } from '../configuration-item.state';
import { assetStates, type AssetState } from '../configuration-item.vocabulary';
import { ciCommand, emit, type CICommands } from './ci-command';

const CUSTODY_MAX = 1_000;

/** Where an asset is, in whose custody, and how it ends. */
export const assetCommands: CICommands = {
  AssignAsset: ciCommand<AssignAsset>({
    type: AssignAsset,
    summary: 'Give the asset out of the stock into the custody of somebody.',
    route: 'assign-asset',
    permission: 'configuration-item:custody',
    emits: ['AssetAssigned'],
    example: { custodian: 'nadia.k', comment: 'New employee.' },
    decide: ({ custodian, comment }, state) =>
      fullChain(state) ?? [
        emit('AssetAssigned', { custodian, ...placeBefore(state), comment: comment ?? null }),
      ],
  }),
  ReturnAsset: ciCommand<ReturnAsset>({
    type: ReturnAsset,
    summary: 'Take the asset back into the stock, which ends the custody.',
    route: 'return-asset',
    permission: 'configuration-item:custody',
    emits: ['AssetReturned'],
    example: { substate: 'available' },
    decide: ({ substate, comment }, state) => [
      emit('AssetReturned', {
        previousCustodian: state.custodian ?? '',
        fromState: placeBefore(state).fromState,
        substate: substate ?? 'pending-evaluation',
        comment: comment ?? null,
      }),
    ],
  }),
  TransferAsset: ciCommand<TransferAsset>({
    type: TransferAsset,
    summary: 'Give the asset from its custodian to the next.',
    route: 'transfer-asset',
    permission: 'configuration-item:custody',
    emits: ['AssetTransferred'],
    example: { custodian: 'tomas.b', comment: 'Took over the post.' },
    decide: ({ custodian, comment }, state) =>
      fullChain(state) ?? [
        emit('AssetTransferred', {
          custodian,
          previousCustodian: state.custodian ?? '',
          comment: comment ?? null,
        }),
      ],
  }),
  MoveAsset: ciCommand<MoveAsset>({
    type: MoveAsset,
    summary: 'Say where the asset is, or in what condition; custody stays as it is.',
    route: 'move-asset',
    permission: 'configuration-item:custody',
    emits: ['AssetMoved'],
    example: { state: 'in-maintenance', reason: 'The screen flickers.' },
    decide: ({ state: to, substate, reason }, state) => [
      emit('AssetMoved', {
        ...placeBefore(state),
        state: to,
        substate: substate ?? null,
        reason: reason ?? null,
      }),
    ],
  }),
  DisposeAsset: ciCommand<DisposeAsset>({
    type: DisposeAsset,
    summary: 'Dispose of the retired asset, with the certificate that proves it.',
    route: 'dispose-asset',
    permission: 'configuration-item:dispose',
    emits: ['AssetDisposed'],
    example: { method: 'disposed', certificate: 'WEEE-2026-0815', recipient: 'Recycling Ltd' },
    decide: ({ method, certificate, recipient }, state) => [
      emit('AssetDisposed', {
        method,
        certificate,
        recipient: recipient ?? null,
        ...placeBefore(state),
      }),
    ],
  }),
};

function placeBefore({ assetState, assetSubstate }: CIState): {
  fromState: AssetState;
  fromSubstate: string | null;
} {
  const fromState = assetStates.find((state) => state === assetState) ?? 'in-stock';
  return { fromState, fromSubstate: assetSubstate };
}

function fullChain({ custody }: CIState): Refusal | undefined {
  return custody.length >= CUSTODY_MAX
    ? refuse('too-many', `an asset has at most ${CUSTODY_MAX} custodians in its life`)
    : undefined;
}
