import type { ProcessState } from '@ledgerdesk/kernel';
import type { PartsOf } from '../shared/block';
import type { Stamp } from '../shared/ticket-log';
import type { ciBlocks } from './configuration-item.blocks';
import type { CILifecycleState } from './configuration-item.lifecycle';
import type { AttributeValue } from './policies/ci-classes';
import type { RedundancyRule } from './impact-graph';

/** What lists, counters and rules know of an item: nothing of it grows with its history. */
export interface CIFacts extends ProcessState {
  readonly state: CILifecycleState | null;
  /** The UUID behind the first dash of the stream's name. */
  readonly id: string | null;
  readonly number: string | null;
  readonly name: string | null;
  readonly ciClass: string | null;
  /** The values of the identifying attributes, in the order of the class. */
  readonly identification: readonly string[];
  readonly owner: string | null;
  readonly location: string | null;
  readonly environment: string | null;
  readonly criticality: string | null;
  readonly openedBy: string | null;
  readonly openedAt: string | null;
  readonly stateMovedAt: string | null;
  readonly relationCount: number;
  /** Attributes that discovery found and nobody has verified. */
  readonly unverifiedCount: number;
  readonly openDiscrepancyCount: number;
  readonly openChangeCount: number;
  readonly verifiedAt: string | null;
  readonly verifiedBy: string | null;
  readonly nextVerificationDueAt: string | null;
  readonly attestedAt: string | null;
  readonly attestedBy: string | null;
  /** Null where its class is none of assets. */
  readonly assetState: string | null;
  readonly assetSubstate: string | null;
  readonly assetTag: string | null;
  readonly custodian: string | null;
  readonly disposalCertificate: string | null;
}

/** Where the value of an attribute comes from. */
export interface Provenance extends Stamp {
  /** `registration`, `change`, `correction`, or the name of a discovery source. */
  readonly source: string;
  readonly change: string | null;
  readonly discoveryRun: string | null;
  readonly isVerified: boolean;
}

/** How the item stands to another. */
export interface CIRelation {
  readonly type: string;
  readonly inverse: string;
  readonly impact: string;
  /** Id of the other item. */
  readonly target: string;
  readonly targetNumber: string;
  /** False where the relation was made on the other item, and only noted here. */
  readonly isMadeHere: boolean;
  readonly isVerified: boolean;
  readonly change: string | null;
  readonly related: Stamp;
}

/** A difference between the record and reality. */
export interface Discrepancy {
  readonly id: number;
  readonly attribute: string;
  readonly recorded: AttributeValue | null;
  readonly found: AttributeValue | null;
  readonly method: string;
  readonly reported: Stamp;
  readonly resolution: (Stamp & { readonly kind: string; readonly comment: string | null }) | null;
}

/** One link of the chain of custody. */
export interface Custody {
  readonly custodian: string;
  readonly began: Stamp;
  readonly ended: Stamp | null;
}

/** A change in the calendar of an item. */
interface ScheduledChange {
  readonly change: string;
  readonly plannedStart: string | null;
  readonly plannedEnd: string | null;
}

/** What grows with the history of an item, or is looked at only on the item itself. */
export interface CIRecord {
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly provenance: Readonly<Record<string, Provenance>>;
  readonly relations: readonly CIRelation[];
  readonly redundancy: readonly RedundancyRule[];
  readonly discrepancies: readonly Discrepancy[];
  /** Ids of the changes that are to touch the item and are not closed. */
  readonly openChanges: readonly string[];
  /** When each of them is to happen: the item's entries in the calendar of changes. */
  readonly schedule: readonly ScheduledChange[];
  readonly custody: readonly Custody[];
}

/** A configuration item as it is folded from its stream. */
export interface CIState extends CIFacts, CIRecord, CIParts {}

type CIParts = PartsOf<readonly [typeof ciBlocks]>;

/** Before anything happened. Every field is there, so that all states have one shape. */
export const initialCI: CIFacts & CIRecord = {
  state: null,
  id: null,
  number: null,
  name: null,
  ciClass: null,
  identification: [],
  owner: null,
  location: null,
  environment: null,
  criticality: null,
  openedBy: null,
  openedAt: null,
  stateMovedAt: null,
  relationCount: 0,
  unverifiedCount: 0,
  openDiscrepancyCount: 0,
  openChangeCount: 0,
  verifiedAt: null,
  verifiedBy: null,
  nextVerificationDueAt: null,
  attestedAt: null,
  attestedBy: null,
  assetState: null,
  assetSubstate: null,
  assetTag: null,
  custodian: null,
  disposalCertificate: null,
  attributes: {},
  provenance: {},
  relations: [],
  redundancy: [],
  discrepancies: [],
  openChanges: [],
  schedule: [],
  custody: [],
};
