/** Where an asset is, and by substate in what condition. */
export const assetSubstates = {
  'on-order': [],
  'in-stock': [
    'available',
    'reserved',
    'defective',
    'pending-repair',
    'pending-install',
    'pending-disposal',
    'pending-transfer',
    'pending-return',
    'pending-certificate',
    'pending-evaluation',
    'pre-allocated',
    'on-hold',
    'legal-hold',
    'quarantine',
    'test',
  ],
  'in-transit': [],
  'in-use': [],
  consumed: [],
  'in-maintenance': [],
  retired: ['disposed', 'sold', 'donated', 'vendor-credit'],
  missing: ['lost', 'stolen'],
} as const;

/** Name of a state of an asset. */
export type AssetState = keyof typeof assetSubstates;

export const assetStates = Object.keys(assetSubstates) as readonly AssetState[];

export const allAssetSubstates = Object.values(assetSubstates).flat();

/** Name of a substate of an asset. */
export type AssetSubstate = (typeof allAssetSubstates)[number];

/** Where an asset without a custodian may be when it is registered. */
export const initialAssetStates = ['on-order', 'in-stock', 'in-transit', 'in-maintenance'] as const;

/** The conditions in which an asset in stock may be handed out. */
export const assignableSubstates: readonly string[] = ['available', 'reserved', 'pre-allocated'];

/** Where a move may bring an asset; to assign, return or dispose are commands of their own. */
export const assetMoves: Readonly<Record<AssetState, readonly AssetState[]>> = {
  'on-order': ['in-stock', 'in-transit'],
  'in-stock': ['in-stock', 'in-transit', 'in-maintenance', 'consumed', 'missing'],
  'in-transit': ['in-stock', 'in-maintenance', 'missing'],
  'in-use': ['in-maintenance', 'consumed', 'missing'],
  consumed: [],
  'in-maintenance': ['in-stock', 'in-use', 'in-transit', 'missing'],
  retired: [],
  missing: ['in-stock', 'in-use'],
};

/** What became of an asset that was disposed of. */
export const disposalMethods = assetSubstates.retired;

/** What became of an asset that was disposed of. */
export type DisposalMethod = (typeof disposalMethods)[number];

/** How an item was compared with reality. */
export const verificationMethods = [
  'inspection',
  'inventory-scan',
  'discovery',
  'document-review',
] as const;

/** How an item was compared with reality. */
export type VerificationMethod = (typeof verificationMethods)[number];

/** How a discrepancy came to its end. */
export const discrepancyResolutions = [
  'record-corrected',
  'reality-corrected',
  'accepted',
] as const;

/** How a discrepancy came to its end. */
export type DiscrepancyResolution = (typeof discrepancyResolutions)[number];

/** At least so many of the impactors, or at least such a share of them, must work. */
export const redundancyKinds = ['count', 'percentage'] as const;

/** Whether a redundancy rule counts impactors, or takes a share of them. */
export type RedundancyKind = (typeof redundancyKinds)[number];
