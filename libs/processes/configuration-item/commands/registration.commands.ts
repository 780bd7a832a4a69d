import { IsObject } from 'class-validator';
import { Line, LinesInOrder, OneOf, Optional, textLimits } from '../../shared/fields';
import { livingCIStates, type CILifecycleState } from '../configuration-item.lifecycle';
import { initialAssetStates, type AssetState } from '../configuration-item.vocabulary';

/** How many attributes may identify an item of a class. */
const IDENTIFICATION_MAX = 4;

/** Puts an item under control. */
export class RegisterCI {
  /** Name of a class of the schema in force: `server`. */
  @Line(textLimits.name)
  ciClass!: string;

  /** The values of the attributes that identify an item of the class, in the order of the class. */
  @LinesInOrder(IDENTIFICATION_MAX)
  identification!: string[];

  /** Further attributes by name, as the class declares them. */
  @Optional()
  @IsObject()
  attributes?: Readonly<Record<string, unknown>> | null;

  /** Default: planned. */
  @Optional()
  @OneOf(livingCIStates)
  state?: CILifecycleState | null;

  /** The run of a discovery tool that found it; all its attributes count as unverified. */
  @Optional()
  @Line(textLimits.reference)
  discoveryRun?: string | null;

  /** The name of the discovery tool, as the priority of sources knows it. */
  @Optional()
  @Line(textLimits.name)
  source?: string | null;

  @Optional()
  @Line(textLimits.reference)
  assetTag?: string | null;

  /** Of an asset; default: on-order where the item is planned or ordered, else in-stock. */
  @Optional()
  @OneOf(initialAssetStates)
  assetState?: AssetState | null;
}
