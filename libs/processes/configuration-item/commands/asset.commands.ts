import { Line, OneOf, Optional, Prose, textLimits } from '../../shared/fields';
import {
  allAssetSubstates,
  assetStates,
  assetSubstates,
  disposalMethods,
  type AssetState,
  type AssetSubstate,
  type DisposalMethod,
} from '../configuration-item.vocabulary';

/** Gives the asset into the custody of somebody. */
export class AssignAsset {
  @Line(textLimits.name)
  custodian!: string;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Takes the asset back into the stock. */
export class ReturnAsset {
  /** In what condition it came back; default: pending-evaluation. */
  @Optional()
  @OneOf(assetSubstates['in-stock'])
  substate?: AssetSubstate | null;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Gives the asset from its custodian to the next. */
export class TransferAsset {
  @Line(textLimits.name)
  custodian!: string;

  @Optional()
  @Prose(textLimits.reason)
  comment?: string | null;
}

/** Says where the asset is, or in what condition. */
export class MoveAsset {
  @OneOf(assetStates)
  state!: AssetState;

  /** Needed for states that have substates. */
  @Optional()
  @OneOf(allAssetSubstates)
  substate?: AssetSubstate | null;

  @Optional()
  @Prose(textLimits.reason)
  reason?: string | null;
}

/** Disposes of the asset, which ends the item. */
export class DisposeAsset {
  @OneOf(disposalMethods)
  method!: DisposalMethod;

  /** Reference of the certificate that proves it. */
  @Line(textLimits.reference)
  certificate!: string;

  /** Who got it. */
  @Optional()
  @Line(textLimits.name)
  recipient?: string | null;
}
